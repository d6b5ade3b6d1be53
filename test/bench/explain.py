# SPDX-License-Identifier: MIT
"""Where the time goes: system calls and instructions for each request.

Not a measurement of speed: strace and callgrind slow the program down many
times, but what they count is exact.
"""

import pathlib
import re
import signal
import subprocess
import tempfile

import measure
import programs

FEW, MANY = "2000", "12000"  # requests; the difference leaves out the start


def count_calls(log, requests):
    """strace's summary as {call: calls per request}, the rare ones left out."""
    calls = {}
    for line in log.read_text().splitlines():
        match = re.match(r"(?:\s*[\d.]+){3}\s+(\d+)(?:\s+\d+)?\s+(\w+)$", line)
        if match and match[2] != "total":
            calls[match[2]] = int(match[1]) / requests
    return {name: each for name, each in
            sorted(calls.items(), key=lambda item: -item[1]) if each >= 0.005}


def strace_server(measuring, row, side, log):
    with measuring.server(row, side) as server:
        url = f"http://127.0.0.1:{server.port}{side.path}"
        options = ["-c", str(measure.AT_ONCE), "-n"]
        measuring.load(url, *options, FEW)
        attach = [word for pid in server.pids() for word in ("-p", str(pid))]
        tracer = subprocess.Popen(["strace", "-c", "-f", "-o", log, *attach],
                                  stderr=subprocess.PIPE, text=True)
        tracer.stderr.readline()  # "Process N attached"
        measuring.load(url, *options, MANY)
        tracer.send_signal(signal.SIGINT)
        tracer.communicate()
    return int(MANY)


def fetch_command(measuring, side, url, count):
    return programs.words(side, measuring.build, {
        "url": url, "count": count, "at_once": measure.AT_ONCE})


def strace_fetch(measuring, _row, side, log):
    with measuring.origin(measuring.core) as url:
        command = fetch_command(measuring, side, url, MANY)
        measuring.run(["strace", "-c", "-f", "-o", str(log), *command],
                      measuring.load_core)
    return int(MANY)


def instructions(log):
    total = re.search(r"^(?:totals|summary): (\d+)", log.read_text(), re.M)
    if not total:
        raise programs.Failed("callgrind wrote no total")
    return int(total[1])


def run_counted(measuring, row, side, prefix, count):
    """Runs the side under a tool, for so many requests."""
    if row.kind == "serve":
        with measuring.server(row, side, prefix) as server:
            measuring.load(f"http://127.0.0.1:{server.port}{side.path}",
                           "-c", str(measure.AT_ONCE), "-n", count)
    elif row.kind == "fetch":
        with measuring.origin(measuring.core) as url:
            command = fetch_command(measuring, side, url, count)
            measuring.run([*prefix, *command], measuring.load_core)
    else:
        command = programs.words(side, measuring.build, {"count": count})
        measuring.run([*prefix, *command], measuring.core)


def callgrind(measuring, row, side, folder):
    """Instructions per request, and the functions that cost most."""
    totals = []
    for count in (FEW, MANY):
        log = folder / f"callgrind.{count}"
        run_counted(measuring, row, side,
                    ["valgrind", "--tool=callgrind", "-q",
                     f"--callgrind-out-file={log}"], count)
        totals.append(instructions(log))
    print(f"{row.name}: {side.name}: "
          f"{(totals[1] - totals[0]) / (int(MANY) - int(FEW)):,.0f} "
          "instructions each")
    listing = subprocess.run(["callgrind_annotate", str(log)],
                             capture_output=True, text=True).stdout
    hot = [re.sub(r" \[.*]$|/\S*/(?=src/|test/)", "", line)
           for line in listing.splitlines()
           if re.match(r"\s*[\d,]+ \(", line) and "PROGRAM TOTALS" not in line]
    print("\n".join(hot[:25]))


def strace(measuring, row, side, folder):
    log = folder / "strace"
    trace = strace_fetch if row.kind == "fetch" else strace_server
    calls = count_calls(log, trace(measuring, row, side, log))
    listing = ", ".join(f"{name} {each:.2f}" for name, each in calls.items())
    print(f"{row.name}: {side.name}: {sum(calls.values()):.2f} "
          f"system calls a request: {listing}")


def run(measuring, rows, options):
    for row in rows:
        for side in row.sides:
            reason = programs.missing(row, side, measuring.build)
            if options.strace and row.kind not in ("serve", "fetch"):
                reason = "it has no requests"
            native = side.command.startswith("build:") and not side.needs
            if options.callgrind and not native:
                reason = "callgrind is for the C programs of the build"
            if reason:
                print(f"{row.name}: {side.name}: not measured: {reason}")
                continue
            with tempfile.TemporaryDirectory() as folder:
                tool = strace if options.strace else callgrind
                tool(measuring, row, side, pathlib.Path(folder))
