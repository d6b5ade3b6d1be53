# SPDX-License-Identifier: MIT
"""Programs under measurement: found, pinned to a core, timed, weighed, ended.

Each runs in a session of its own, so that what it starts is counted and ended
with it.
"""

import collections
import functools
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent


class Failed(Exception):
    """A program did not do what is measured."""


def cores():
    """The cores for the side under test, the load, and an origin."""
    usable = sorted(os.sched_getaffinity(0))
    if len(usable) == 1:
        return [None] * 3
    return [usable[0], usable[1], usable[min(2, len(usable) - 1)]]


@functools.lru_cache(maxsize=None)
def python_with(modules):
    """An interpreter that has the modules, or None."""
    check = "import " + ", ".join(modules or ("sys",))
    for python in (sys.executable, "/usr/bin/python3"):
        run = subprocess.run([python, "-c", check], capture_output=True)
        if run.returncode == 0:
            return python
    return None


def missing(row, side, build):
    """Why the side cannot run here, or None."""
    origin = row.upstream or row.kind in ("fetch", "stream")
    for program in side.needs + (("nginx",) if origin else ()):
        if not shutil.which(program):
            return f"{program} is not installed"
    if side.modules and not python_with(side.modules):
        return f"python3 has no {' or no '.join(side.modules)}"
    program = pathlib.Path(words(side, build, collections.defaultdict(str))[0])
    if program.is_absolute() and not program.exists():
        return f"{program.name} is not built"
    return None


def words(side, build, values):
    """The side's command, ready to run."""
    folders = {"build": build / "test/bench", "tool": build, "bench": HERE}
    result = []
    for word in side.command.format_map(values).split():
        kind, _, name = word.partition(":")
        if word == "python":
            word = python_with(side.modules)
        elif kind in folders:
            word = str(folders[kind] / name)
        result.append(word)
    return result


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(command, core, **options):
    if core is not None:
        command = ["taskset", "-c", str(core)] + command
    environment = dict(os.environ, GOMAXPROCS="1")
    return subprocess.Popen(command, env=environment, start_new_session=True,
                            **options)


def status_bytes(pid, field):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(rf"^{field}:\s*(\d+) kB", status, re.M)[1]) * 1024


class Server:
    """A server from its start until it takes connections; a context."""

    def __init__(self, command, port, core):
        self.port = port
        self.process = start(command, core, stdout=subprocess.DEVNULL)

    def __enter__(self):
        end = time.monotonic() + 30
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise Failed(f"{self.process.args} ended at once")
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return self
            except ConnectionRefusedError:
                time.sleep(0.01)
        self.__exit__()
        raise Failed(f"{self.process.args} does not listen")

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def pids(self):
        """The processes of its session."""
        found = []
        for entry in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if os.getsid(int(entry.name)) == self.process.pid:
                    found.append(int(entry.name))
            except ProcessLookupError:
                pass
        return found

    def cpu_seconds(self):
        total = 0
        for pid in self.pids():
            for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
                total += int((task / "schedstat").read_text().split()[0])
        return total / 1e9

    def resident_bytes(self):
        return sum(status_bytes(pid, "VmRSS") for pid in self.pids())
