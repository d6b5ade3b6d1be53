# SPDX-License-Identifier: MIT
"""A MariaDB server for one test: data, socket and port of its own.

    with Mariadb("CREATE TABLE ...; INSERT ...") as database:
        database.port

User root has no password; the database is "test".
"""

import os
import shutil
import socket
import subprocess
import tempfile
import time

import mortal

SERVER = shutil.which("mariadbd") or shutil.which("mariadbd",
                                                  path="/usr/sbin")
PROGRAMS = (SERVER, shutil.which("mariadb-install-db"),
            shutil.which("mariadb"))


def is_installed():
    return None not in PROGRAMS


class Mariadb:
    def __init__(self, sql="", prefix=()):
        self.sql = sql
        self.prefix = list(prefix)  # before the server's command: taskset ...
        self.process = None
        self.held_port = None

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="duet-mariadb-")
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def start(self):
        places = [f"--datadir={self.folder}/data", f"--tmpdir={self.folder}"]
        user = ["--user=root"] if os.geteuid() == 0 else []
        # --force: also where not even "localhost" has an address.
        subprocess.run(["mariadb-install-db", "--no-defaults", "--force",
                        "--auth-root-authentication-method=normal",
                        *places, *user],
                       check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        # Nobody else is given the port as long as this socket is open.
        self.held_port = socket.socket()
        self.held_port.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.held_port.bind(("127.0.0.1", 0))
        self.port = self.held_port.getsockname()[1]
        with open(f"{self.folder}/log", "w") as log:
            self.process = mortal.start(
                [*self.prefix, SERVER, "--no-defaults", *places, *user,
                 f"--socket={self.folder}/socket", f"--port={self.port}",
                 "--bind-address=127.0.0.1", "--skip-name-resolve",
                 "--connect-timeout=600", "--net-read-timeout=600",
                 "--performance-schema=off"], stdout=log, stderr=log)
        self.wait_until_up()
        if self.sql:
            subprocess.run(["mariadb", "--no-defaults", "-uroot",
                            f"--socket={self.folder}/socket", "test"],
                           input=self.sql, text=True, check=True)

    def wait_until_up(self):
        end = time.monotonic() + 60
        while time.monotonic() < end and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except ConnectionRefusedError:
                time.sleep(0.02)
        with open(f"{self.folder}/log") as log:
            raise RuntimeError("mariadbd did not come up: " + log.read())

    def __exit__(self, *exception):
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.held_port is not None:
            self.held_port.close()
        shutil.rmtree(self.folder, ignore_errors=True)
