# SPDX-License-Identifier: MIT
"""Runs a client and a server over a network that loses packets.

    network.py LOSSY      LOSSY is the program of lossy.c

Each end has a network namespace with one TUN device; what one sends, this hands
to the other: late, so that some overtake others, sometimes twice, sometimes not
at all, and for a moment nothing at all. Seeded. All exchanges must be right,
and the server must end when it is told to.
"""

import ctypes
import fcntl
import heapq
import os
import random
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

EXCHANGES = 100
LOST, DOUBLED = 0.02, 0.01
LEAST_S, MOST_S = 0.0005, 0.006   # how long a packet is under way
SILENT = (1.0, 1.4)               # seconds from the begin
LIMIT_S = 200
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454ca, 1, 0x1000
SERVER, CLIENT, PORT = "10.99.0.2", "10.99.0.1", 8080


def skip(why):
    print(f"SKIPPED: no network namespace with a device here: {why}")
    sys.exit(77)


def open_tun():
    try:
        return os.open("/dev/net/tun", os.O_RDWR)
    except OSError:
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "tun")
            os.mknod(path, 0o20600, os.makedev(10, 200))
            return os.open(path, os.O_RDWR)


def enter_namespace(address, other):
    """This process gets a namespace of its own, with one device to `other`;
    returns the device's descriptor."""
    libc = ctypes.CDLL(None, use_errno=True)
    flags = CLONE_NEWNET | (0 if os.geteuid() == 0 else CLONE_NEWUSER)
    if libc.unshare(flags) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    tun = open_tun()
    fcntl.ioctl(tun, TUNSETIFF,
                struct.pack("16sH22x", b"lossy", IFF_TUN | IFF_NO_PI))
    for command in (f"addr add {address} peer {other} dev lossy",
                    "link set lossy up", "link set lo up"):
        subprocess.run(["ip", *command.split()], check=True,
                       stderr=subprocess.DEVNULL)
    return tun


def start_server(program, log):
    """A process in a namespace of its own, and its end of the network."""
    ours, its = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        try:
            tun = enter_namespace(SERVER, CLIENT)
            socket.send_fds(its, [b"."], [tun])
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
            libc = ctypes.CDLL(None)
            libc.prctl(1, signal.SIGKILL)  # ends with its parent
            os.execv(program, [program, "serve", SERVER, str(PORT)])
        except (OSError, subprocess.CalledProcessError) as failure:
            its.send(str(failure).encode())
        os._exit(1)
    its.close()
    said, descriptors, _, _ = socket.recv_fds(ours, 1000, 1)
    if not descriptors:
        skip(said.decode() or "the other end ended")
    return pid, descriptors[0]


class Network:
    def __init__(self, ends):
        self.ends = ends
        self.chance = random.Random(1)
        self.begin = time.monotonic()
        self.under_way = []   # (when it arrives, number, to, packet)
        self.number = self.sent = self.lost = 0

    def take(self, source):
        packet = os.read(source, 65536)
        to = self.ends[1 - self.ends.index(source)]
        age = time.monotonic() - self.begin
        self.sent += 1
        if (self.chance.random() < LOST or SILENT[0] < age < SILENT[1]):
            self.lost += 1
            return
        for _ in range(1 + (self.chance.random() < DOUBLED)):
            self.number += 1
            when = time.monotonic() + self.chance.uniform(LEAST_S, MOST_S)
            heapq.heappush(self.under_way, (when, self.number, to, packet))

    def turn(self):
        """Waits for a packet, or until one arrives; for 50 ms at most."""
        wait = 0.05
        if self.under_way:
            wait = min(wait, self.under_way[0][0] - time.monotonic())
        for source in select.select(self.ends, [], [], max(0, wait))[0]:
            self.take(source)
        while self.under_way and self.under_way[0][0] <= time.monotonic():
            _, _, to, packet = heapq.heappop(self.under_way)
            os.write(to, packet)


def fetch(network, program, server, log):
    """Status of the client; None if the server has ended."""
    while b"listening" not in open(log.name, "rb").read():
        if os.waitpid(server, os.WNOHANG)[0] != 0:
            return None
        time.sleep(0.02)
    network.begin = time.monotonic()
    client = subprocess.Popen(
        [program, "fetch", f"http://{SERVER}:{PORT}", str(EXCHANGES)])
    while client.poll() is None:
        network.turn()
        if time.monotonic() > network.begin + LIMIT_S:
            client.kill()
    return client.wait()


def end(network, server):
    """Status of the server when it was asked to end; None if it did not."""
    os.kill(server, signal.SIGTERM)
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        network.turn()
        pid, status = os.waitpid(server, os.WNOHANG)
        if pid != 0:
            return os.waitstatus_to_exitcode(status)
    os.kill(server, signal.SIGKILL)
    return None


def main():
    program = sys.argv[1]
    if os.environ.get("DUET_EMULATOR"):
        skip("the programs are emulated")
    with tempfile.NamedTemporaryFile() as log:
        server, far = start_server(program, log)
        try:
            near = enter_namespace(CLIENT, SERVER)
        except (OSError, subprocess.CalledProcessError) as failure:
            os.kill(server, signal.SIGKILL)
            skip(failure)
        network = Network([near, far])
        fetched = fetch(network, program, server, log)
        ended = None if fetched is None else end(network, server)
        said = open(log.name).read()
    seconds = time.monotonic() - network.begin
    print(f"{network.sent} packets, {network.lost} lost, {seconds:.1f} s")
    if fetched != 0 or ended != 0:
        print(said)
        sys.exit(f"client: {fetched}; server: {ended}")


main()
