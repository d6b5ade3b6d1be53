# SPDX-License-Identifier: MIT
"""What is measured: the rows of the table, and the sides of each row.

A side is one program. The first side of a row is the one under test; the
others are what it is measured against, each with the ratio to reach.

In a command {port}, {url} and so on are filled in by measure.py; a word that
starts with "build:" is a program of the build, "bench:" a file beside this,
"tool:" the duet command.
"""

import dataclasses
from typing import Optional


@dataclasses.dataclass(frozen=True)
class Side:
    name: str
    command: str
    needs: tuple = ()          # programs to be installed
    modules: tuple = ()        # Python modules to be installed
    path: str = "/"            # what the load asks for
    aim: Optional[float] = None  # the side under test reaches this ratio
    share: float = 1.0         # part of the row's count: slow sides do less


@dataclasses.dataclass(frozen=True)
class Row:
    name: str
    title: str
    kind: str                  # a function of measure.py
    unit: str
    sides: tuple
    limit: Optional[float] = None  # the side under test stays below
    upstream: bool = False     # servers get the URL of an nginx origin
    count: int = 0
    once: bool = False         # one sample is enough
    minutes: int = 0           # so long that it runs only when it is named
    higher_is_better: bool = True
    quoted: str = ""           # what others publish, on machines of their own


GO = {"needs": ("go",)}
NODE = {"needs": ("node",)}
NGINX = {"needs": ("nginx",)}
MARIADB = {"needs": ("mariadb-install-db", "mariadb")}
AIOFILES = {"modules": ("aiofiles",)}
AIOHTTP = {"modules": ("aiohttp", "uvloop")}

DUET_SERVER = "build:duet_server {port} {upstream}"
GO_SERVER = "build:go_server {port} {upstream}"
NGINX_SERVER = "bench:peers/nginx.sh {port} {upstream}"
AIOHTTP_SERVER = "python bench:peers/aiohttp_server.py {port} {upstream}"
FETCH = "{url} {count} {at_once}"


def tick_row(work, words, **needs):
    """The worst of a second's ticks: a task that wakes each 10 ms."""
    return Row(f"tick_{work}", f"tick beside {words}: worst delay", "tick",
               "ms", (
                   Side("duet", f"build:duet_tick {work} {{seconds}}"),
                   Side("asyncio", "python bench:peers/asyncio_tick.py "
                        f"{work} {{seconds}}", **needs),
               ), higher_is_better=False)


def task_row(name, title, aim, count, **more):
    """Nanoseconds of processor time for each."""
    return Row(name, title, "program", "ns", (
        Side("duet", f"build:duet_tasks {name} {{count}}"),
        Side("Go", f"build:go_tasks {name} {{count}}", aim=aim, **GO),
    ), count=count, higher_is_better=False, **more)


ROWS = (
    Row("small_reply", "small reply, keep-alive, 64 connections", "serve",
        "requests/s", (
            Side("duet", DUET_SERVER),
            Side("bare libmicrohttpd", "build:bare_microhttpd {port}",
                 aim=0.97),
            Side("nginx, one worker", NGINX_SERVER, aim=1.0, **NGINX),
            Side("Go net/http, one core", GO_SERVER, aim=2.4, **GO),
            Side("Node http", "node bench:peers/node_server.js {port}",
                 aim=4.0, **NODE),
            Side("aiohttp with uvloop", AIOHTTP_SERVER, aim=8.0, **AIOHTTP),
        )),
    Row("waiting_handler", "handler that waits once (yield)", "serve",
        "requests/s", (
            Side("duet", DUET_SERVER, path="/yield"),
            Side("duet without waiting", DUET_SERVER, aim=0.85),
        )),
    Row("proxy", "handler that fetches from an upstream on the same loop",
        "serve", "requests/s", (
            Side("duet", DUET_SERVER, path="/upstream"),
            Side("nginx proxy_pass, keep-alive", NGINX_SERVER, aim=0.6,
                 **NGINX),
            Side("Go net/http, one core", GO_SERVER, path="/upstream",
                 aim=1.5, **GO),
            Side("aiohttp with uvloop", AIOHTTP_SERVER, path="/upstream",
                 aim=10.0, **AIOHTTP),
        ), upstream=True),
    Row("fetch", "fetch 100,000 small URLs from one host, 64 at once",
        "fetch", "fetches/s", (
            Side("duet", "build:duet_fetch " + FETCH),
            Side("bare curl_multi", "build:bare_curl_multi " + FETCH,
                 aim=0.97),
            Side("curl -Z", "bench:peers/curl_fetch.sh " + FETCH, aim=2.0,
                 needs=("curl",)),
            Side("Go net/http, one core", "build:go_fetch " + FETCH, aim=1.1,
                 **GO),
            Side("aiohttp with uvloop",
                 "python bench:peers/aiohttp_fetch.py " + FETCH, aim=8.0,
                 share=0.1, **AIOHTTP),
        ), count=100_000),
    Row("context", "context: switch there and back", "program", "ns", (
        Side("duet", "build:duet_context {count}"),
        Side("Go, two goroutines", "build:go_tasks switch {count}", **GO),
    ), limit=10.0, count=20_000_000, higher_is_better=False,
        quoted="one switch: minicoro 9 cycles, Boost.Context 9 ns, libaco "
               "10 ns, neco 11 ns, libdill 13-16 ns, libmill 20 ns, ucontext "
               "547 ns"),
    task_row("switch", "task: switch round trip (two yields)", 20.0,
             10_000_000, quoted="goroutines: 425-1,047 ns a switch"),
    task_row("spawn_join", "task: spawn and join, one at a time", 4.0,
             5_000_000, limit=150.0,
             quoted="create alone: libdill 25-44 ns; create and end: libmill "
                    "50 ns, minicoro 45 cycles"),
    task_row("spawn_join_1000", "task: spawn and join, 1,000 together", 4.0,
             5_000_000),
    task_row("channel", "channel ping-pong, unbuffered, there and back", 4.0,
             5_000_000),
    task_row("lock", "lock and unlock, nobody else wants it", None,
             50_000_000),
    task_row("lock_contended", "lock, yield, unlock; 8 tasks want it", None,
             5_000_000),
    task_row("timers_cancelled", "1,000,000 timers armed, then cancelled",
             None, 1_000_000),
    task_row("timers_firing", "1,000,000 timers that fire", None, 1_000_000),
    task_row("gather_sleeping", "gather of 100,000 sleeping tasks, each", None,
             100_000),
    # More than once: the first to touch memory that a virtual machine's host
    # took back pays for getting it again.
    Row("parking", "1,000,000 sleeping tasks, to start each", "program", "ns", (
        Side("duet", "build:duet_sleepers {count}"),
        Side("Go", "build:go_sleepers {count}", **GO),
    ), count=1_000_000, higher_is_better=False),
    Row("sleepers", "1,000,000 sleeping tasks, resident", "memory", "GiB", (
        Side("duet", "build:duet_sleepers {count}"),
        Side("Go", "build:go_sleepers {count}", **GO),
    ), limit=4.3, count=1_000_000, once=True, higher_is_better=False,
        quoted="each: minicoro 8 KB; libaco with copied stacks 280 bytes; "
               "libdill ends at 32,700 for its guard pages"),
    Row("file_lines", "reading a file, each line", "program", "ns", (
        Side("duet", "build:duet_files lines {count}"),
        Side("stdio getline", "build:bare_files lines {count}", aim=0.67),
        Side("aiofiles", "python bench:peers/aiofiles_files.py lines {count}",
             aim=20.0, share=0.004, **AIOFILES),
    ), count=5_000_000, higher_is_better=False),
    Row("small_files", "reading small files whole, 64 at once, each",
        "program", "ns", (
            Side("duet", "build:duet_files small_files {count}"),
            Side("threads, open and read",
                 "build:bare_files small_files {count}"),
            Side("aiofiles",
                 "python bench:peers/aiofiles_files.py small_files {count}",
                 aim=10.0, share=0.02, **AIOFILES),
            Side("asyncio.to_thread",
                 "python bench:peers/aiofiles_files.py threads {count}",
                 share=0.02, modules=("asyncio",)),
        ), count=200_000, higher_is_better=False),
    Row("idle_connections", "10,000 idle keep-alive connections, each", "idle",
        "KiB", (
            Side("duet", DUET_SERVER),
            Side("bare libmicrohttpd", "build:bare_microhttpd {port}"),
            Side("nginx, one worker", NGINX_SERVER, **NGINX),
            Side("Go net/http", GO_SERVER, **GO),
        ), limit=12.0, count=10_000, once=True, higher_is_better=False),
    Row("database", "point selects through a pool of 10", "database",
        "selects/s", (
            Side("duet", "build:duet_database {port} {count}", **MARIADB),
            Side("aiomysql", "python bench:peers/aiomysql_select.py {port} "
                 "{count}", modules=("aiomysql",), share=0.2, **MARIADB),
            Side("PyMySQL in 10 threads", "python "
                 "bench:peers/pymysql_select.py {port} {count}",
                 modules=("pymysql",), share=0.2, **MARIADB),
        ), count=50_000),
    tick_row("idle", "nothing"),
    tick_row("threads", "a busy thread pool"),
    tick_row("processes", "a busy process pool"),
    tick_row("child", "a child that floods"),
    tick_row("files", "whole files written and read", **AIOFILES),
    tick_row("lines", "a large file read by lines", **AIOFILES),
    Row("fetch_memory", "10,000,000 URLs through duet fetch, resident",
        "stream", "MiB", (Side("duet", "tool:duet fetch -i - -n {at_once}"),),
        limit=64.0, count=10_000_000, once=True, minutes=6,
        higher_is_better=False),
)
