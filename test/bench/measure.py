# SPDX-License-Identifier: MIT
"""How each kind of row is measured: one function takes one sample.

Each returns a dictionary with "value" in the row's unit, and what else is worth
keeping. Seconds of processor time are kept beside the rate: they tell when the
load, and not the side under test, was the limit.
"""

import contextlib
import json
import resource
import subprocess
import sys

import programs
import rows
from programs import Failed, Server

sys.path.append(str(programs.HERE.parent / "support"))
import mariadb

AT_ONCE = 64
POINTS = """CREATE TABLE points (id INT PRIMARY KEY, value INT) ENGINE=InnoDB;
INSERT INTO points SELECT seq, seq * 7 FROM seq_0_to_9999;"""


class Measure:
    def __init__(self, build, seconds, scale, few=False):
        self.build = build        # folder of the programs
        self.seconds = seconds    # of load in one sample
        self.scale = scale        # of every count
        self.few = few            # also of what memory is measured with
        cores = [None] * 3 if few else programs.cores()
        self.core, self.load_core, self.origin_core = cores

    def sample(self, row, side):
        return getattr(self, row.kind)(row, side)

    def run(self, command, core):
        """Runs a program that prints one JSON object; adds its processor
        time, that of what it started included."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        process = programs.start(command, core, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, text=True)
        output, errors = process.communicate()
        try:
            result = json.loads(output)
        except ValueError:
            raise Failed(f"{' '.join(command)}: {errors.strip()[-300:]}")
        if process.returncode != 0 or result.get("errors"):
            raise Failed(f"{' '.join(command)}: {output.strip()}")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        result["cpu_seconds"] = (after.ru_utime - before.ru_utime +
                                 after.ru_stime - before.ru_stime)
        return result

    def load(self, url, *options):
        command = [str(self.build / "test/bench/load"), url, *options]
        return self.run(command, self.load_core)

    @contextlib.contextmanager
    def origin(self, core):
        """An nginx that answers "hello" to everything; its URL."""
        port = programs.free_port()
        command = [str(programs.HERE / "peers/nginx.sh"), str(port)]
        with Server(command, port, core):
            yield f"http://127.0.0.1:{port}"

    @contextlib.contextmanager
    def server(self, row, side, prefix=()):
        with contextlib.ExitStack() as stack:
            upstream = ""
            if row.upstream:
                upstream = stack.enter_context(self.origin(self.origin_core))
                upstream += "/"
            port = programs.free_port()
            command = programs.words(side, self.build,
                                     {"port": port, "upstream": upstream})
            server = Server([*prefix, *command], port, self.core)
            yield stack.enter_context(server)

    def serve(self, row, side):
        with self.server(row, side) as server:
            url = f"http://127.0.0.1:{server.port}{side.path}"
            self.load(url, "-c", str(AT_ONCE), "-s", "0.3")
            before = server.cpu_seconds()
            sample = self.load(url, "-c", str(AT_ONCE), "-s",
                               str(self.seconds))
            used = server.cpu_seconds() - before
        sample["value"] = sample["requests"] / sample["seconds"]
        sample["cpu_us"] = used * 1e6 / sample["requests"]
        sample["busy"] = used / sample["seconds"]
        sample["load_busy"] = sample["cpu_seconds"] / sample["seconds"]
        return sample

    def fetch(self, row, side):
        count = max(1000, int(row.count * side.share * self.scale))
        with self.origin(self.core) as url:
            command = programs.words(side, self.build, {
                "url": url, "count": count, "at_once": AT_ONCE})
            sample = self.run(command, self.load_core)
        if sample["requests"] != count:
            raise Failed(f"{side.name} fetched {sample['requests']}")
        sample["value"] = count / sample["seconds"]
        sample["cpu_us"] = sample["cpu_seconds"] * 1e6 / count
        return sample

    def program(self, row, side):
        count = max(1000, int(row.count * side.share * self.scale))
        command = programs.words(side, self.build, {"count": count})
        sample = self.run(command, self.core)
        sample["value"] = sample["ns"]
        sample["cpu_us"] = sample["cpu_seconds"] * 1e6 / count
        return sample

    def tick(self, row, side):
        """The worst lateness of a task that ticks beside work; on all cores,
        for the work takes what it gets."""
        command = programs.words(side, self.build, {"seconds": self.seconds})
        sample = self.run(command, None)
        sample["value"] = sample["worst_ms"]
        return sample

    def database(self, row, side):
        """Selects from a MariaDB server that shares the load's core."""
        count = max(1000, int(row.count * side.share * self.scale))
        pinned = ["taskset", "-c", str(self.load_core)]
        with mariadb.Mariadb(POINTS, pinned if self.load_core is not None
                             else ()) as server:
            command = programs.words(side, self.build, {
                "port": server.port, "count": count})
            sample = self.run(command, self.core)
        sample["value"] = count / sample["seconds"]
        sample["cpu_us"] = sample["cpu_seconds"] * 1e6 / count
        return sample

    def weighed(self, row):
        """How many of something are there while their memory is measured."""
        return min(row.count, 100) if self.few else row.count

    def memory(self, row, side):
        command = programs.words(side, self.build,
                                 {"count": self.weighed(row)})
        sample = self.run(command, self.core)
        sample["value"] = sample["bytes"] / 2**30
        return sample

    def stream(self, row, side):
        """Feeds URLs of one host to a fetcher; its largest resident size."""
        count = int(row.count * self.scale)
        with self.origin(self.core) as url:
            command = programs.words(side, self.build, {"at_once": AT_ONCE})
            with programs.start(command, self.load_core, text=True,
                                stdin=subprocess.PIPE,
                                stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL) as fetcher:
                for number in range(count):
                    fetcher.stdin.write(f"{url}/{number}\n")
                fetcher.stdin.flush()
                peak = programs.status_bytes(fetcher.pid, "VmHWM")
                fetcher.stdin.close()
        if fetcher.returncode != 0:
            raise Failed(f"{side.name} ended with {fetcher.returncode}")
        return {"value": peak / 2**20}

    def idle(self, row, side):
        with self.server(row, side) as server:
            url = f"http://127.0.0.1:{server.port}{side.path}"
            self.load(url, "-c", "1", "-n", "100")
            before = server.resident_bytes()
            with programs.start(
                    [str(self.build / "test/bench/load"), url, "-i", "-c",
                     str(self.weighed(row))], self.load_core,
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE) as load:
                sample = json.loads(load.stdout.readline() or "{}")
                after = server.resident_bytes()
                load.stdin.close()
        if sample.get("requests") != self.weighed(row):
            raise Failed(f"{side.name} answered {sample}")
        sample["value"] = (after - before) / self.weighed(row) / 1024
        return sample


def find(names):
    """The rows of these names; all rows if there are none."""
    unknown = set(names) - {row.name for row in rows.ROWS}
    if unknown:
        raise Failed(f"no row {', '.join(sorted(unknown))}; --list shows all")
    return [row for row in rows.ROWS if not names or row.name in names]
