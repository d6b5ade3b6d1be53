# SPDX-License-Identifier: MIT
"""What came out: ratios, the table, the JSON, and the machine it ran on."""

import contextlib
import os
import pathlib
import platform
import re
import statistics
import subprocess
import time
import types

CROWDED = 0.3  # of a sample, somebody waited for a core


@contextlib.contextmanager
def pressure():
    """How much of the time some program was ready and had no core (.share);
    0 where the kernel does not tell."""
    def waited_us():
        try:
            text = pathlib.Path("/proc/pressure/cpu").read_text()
        except OSError:
            return 0
        return int(re.search(r"some .*total=(\d+)", text)[1])

    result = types.SimpleNamespace(share=0.0)
    before, begin = waited_us(), time.monotonic()
    yield result
    result.share = ((waited_us() - before) / 1e6 /
                    (time.monotonic() - begin))


def median(samples):
    values = [sample["value"] for sample in samples]
    return statistics.median(values) if values else None


def ratios(ours, theirs, key, higher_is_better):
    """How much better `ours` is, once for each round."""
    pairs = [(our[key], their[key]) for our, their in zip(ours, theirs)
             if key in our and key in their]
    if higher_is_better:
        return [our / their for our, their in pairs]
    return [their / our for our, their in pairs]


def compare_limit(row, pairs, absent):
    first = row.sides[0]
    value = median([sample for pair in pairs.values()
                    for sample in pair.get(first.name, [])])
    return {"row": row.title, "against": "limit", "unit": row.unit,
            "duet": value, "aim": row.limit,
            "met": None if value is None else value <= row.limit,
            "quoted": row.quoted, "note": absent.get(first.name)}


def compare_side(row, side, pair, absent):
    first = row.sides[0].name
    ours, theirs = pair.get(first, []), pair.get(side.name, [])
    each = ratios(ours, theirs, "value", row.higher_is_better)
    cpu = ratios(ours, theirs, "cpu_us", False)
    ratio = statistics.median(each) if each else None
    line = {
        "row": row.title, "against": side.name, "unit": row.unit,
        "duet": median(ours), "peer": median(theirs), "ratio": ratio,
        "cpu_ratio": statistics.median(cpu) if cpu else None,
        "low": min(each, default=None), "high": max(each, default=None),
        "aim": side.aim, "quoted": row.quoted, "note": "; ".join(dict.fromkeys(
            absent[name] for name in (first, side.name) if name in absent)),
        "met": None if None in (ratio, side.aim) else ratio >= side.aim}
    if any(s.get("busy", 1) < 0.9 < s.get("load_busy", 0) for s in ours):
        line["note"] = "the load was the limit, not duet"
    crowded = sum(s["pressure"] > CROWDED for s in ours + theirs)
    if crowded and not row.upstream and not line["note"]:
        line["note"] = (f"other work held the cores in {crowded} of "
                        f"{len(ours + theirs)} samples: trust \"by CPU\"")
    return line


def compare(row, pairs, absent):
    """One line for the limit, one for each side measured against."""
    lines = []
    if row.limit is not None:
        lines.append(compare_limit(row, pairs, absent))
    return lines + [compare_side(row, side, pairs[side.name], absent)
                    for side in row.sides[1:]]


def number(value, digits=3):
    if value is None:
        return "-"
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.{digits}g}"


COLUMNS = ("work", "duet", "against", "", "ratio", "(lowest-highest)",
           "by CPU", "aim", "met")


def cells(line):
    unit = " " + line["unit"]
    spread = "" if line.get("low") is None else \
        f"({number(line['low'])}-{number(line['high'])})"
    aim = number(line["aim"])
    if line["against"] == "limit":
        aim = "<= " + aim + unit
    duet, peer = line["duet"], line.get("peer")
    return (line["row"], number(duet) + (unit if duet else ""),
            line["against"], number(peer) + (unit if peer else ""),
            number(line.get("ratio")), spread,
            number(line.get("cpu_ratio")), aim,
            {True: "yes", False: "NO", None: "-"}[line["met"]])


def table(lines):
    """The lines as text; what was not measured stands below, with why."""
    body = [COLUMNS] + [cells(line) for line in lines]
    for above, row in zip(reversed(body[:-1]), reversed(range(1, len(body)))):
        if above[0] == body[row][0]:  # the same work, said once
            body[row] = ("",) + body[row][1:]
    widths = [max(map(len, column)) for column in zip(*body)]
    text = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in body]
    text.insert(1, "  ".join("-" * width for width in widths))
    said = {}  # one line for each reason, with all it is the reason for
    for line in lines:
        if line["note"]:
            unknown = line["against"] != "limit" and line["ratio"] is None
            what = "not measured" if unknown or line["duet"] is None else "note"
            said.setdefault((what, line["row"], line["note"]), []).append(
                line["against"])
    for (what, work, note), against in said.items():
        text.append(f"{what}: {work}, against {', '.join(against)}: {note}")
    quoted = dict.fromkeys((line["row"], line["quoted"]) for line in lines)
    text += [f"published elsewhere: {work}: {figures}"
             for work, figures in quoted if figures]
    return "\n".join(text)


def first_line(*command):
    try:
        run = subprocess.run(command, capture_output=True, text=True)
    except FileNotFoundError:
        return None
    return (run.stdout or run.stderr).splitlines()[0]


def machine():
    model = re.search(r"^model name\s*: (.*)$",
                      pathlib.Path("/proc/cpuinfo").read_text(), re.M)
    return {
        "kernel": platform.release(), "processor": platform.machine(),
        "model": model and model.group(1), "cores": os.cpu_count(),
        "load_average": os.getloadavg(),
        "versions": {
            "libcurl": first_line("pkg-config", "--modversion", "libcurl"),
            "libmicrohttpd": first_line("pkg-config", "--modversion",
                                        "libmicrohttpd"),
            "gcc": first_line("gcc", "--version"),
            "nginx": first_line("nginx", "-v"),
            "go": first_line("go", "version"),
            "node": first_line("node", "--version"),
            "curl": first_line("curl", "--version"),
        }}
