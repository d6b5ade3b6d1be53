# SPDX-License-Identifier: MIT
"""Compares what duet and CPython's asyncio do in the same scenarios.

    python3 compare.py PROGRAM      PROGRAM prints duet's log
    python3 compare.py              prints asyncio's

A log is a line "== NAME" for each scenario, then what happened: milliseconds of
virtual time and a text. Both must have the same scenarios and the same lines,
but for deviations.txt. That has a "# reason", then what duet does in each
scenario that differs for it; "(CPython until 3.12)" or "(CPython since 3.13)"
after the name if other versions of asyncio do as duet. A deviation that does
not occur is itself a difference.
Exit status 77: this Python's asyncio is older than 3.11.
"""

import io
import os
import re
import subprocess
import sys
from contextlib import redirect_stdout
from importlib import import_module

MODULES = ("awaits", "callbacks", "channels", "events", "futures", "groups",
           "local_values", "locks", "loops", "maps", "queues", "tasks",
           "threads", "timeouts", "waits")

# asyncio.TaskGroup keeps its tasks in a set: what it does to all of them at
# once has no order.
UNORDERED = "group"


def parse(text):
    """Scenario -> its lines."""
    logs, lines = {}, []
    for line in text.splitlines():
        if line.startswith("== "):
            if line[3:] in logs:
                raise ValueError(f"two scenarios {line[3:]}")
            lines = logs[line[3:]] = []
        elif line and not line.startswith("#"):
            lines.append(line)
    return logs


def is_for(python, name):
    """Whether a deviation's name is for that version; the bare name."""
    bare, _, limit = name.partition(" (CPython ")
    if not limit:
        return True, bare
    kind, major, minor = re.fullmatch(r"(since|until) (\d+)\.(\d+)\)",
                                      limit).groups()
    version = int(major), int(minor)
    return (python >= version if kind == "since" else python <= version), bare


def parse_deviations(text, python):
    """Scenario -> what duet does in it; names without a reason, too."""
    deviations, unreasoned, reason = {}, [], False
    for line in text.splitlines():
        reason = line.startswith("# ") or (reason and line[:1] != "#")
        if line.startswith("== ") and not reason:
            unreasoned.append(line[3:])
    for name, lines in parse(text).items():
        counts, bare = is_for(python, name)
        if counts:
            deviations[bare] = lines
    return deviations, unreasoned


def is_same(name, first, second):
    if name.startswith(UNORDERED):
        return sorted(first) == sorted(second)
    return first == second


def side_by_side(**logs):
    for title, lines in logs.items():
        print(f"  {title}:")
        print("\n".join(f"    {line}" for line in lines))


def compare(theirs, ours, deviations):
    """How many scenarios differ, and how many this Python cannot run."""
    differ = skipped = 0
    for name in {**theirs, **ours, **deviations}:
        if name not in theirs or name not in ours:
            print(f"{name}: not on both sides")
            differ += 1
        elif theirs[name][:1] and theirs[name][0].startswith("needs CPython"):
            skipped += 1
        elif name not in deviations:
            if not is_same(name, ours[name], theirs[name]):
                print(f"{name}: differs")
                side_by_side(asyncio=theirs[name], duet=ours[name])
                differ += 1
        elif not is_same(name, ours[name], deviations[name]):
            print(f"{name}: differs from its deviation")
            side_by_side(asyncio=theirs[name], duet=ours[name],
                         deviation=deviations[name])
            differ += 1
        elif is_same(name, ours[name], theirs[name]):
            print(f"{name}: no deviation")
            differ += 1
    return differ, skipped


def asyncio_log():
    from scenario import run_all
    for name in MODULES:
        import_module(name)
    output = io.StringIO()
    with redirect_stdout(output):
        run_all()
    return output.getvalue()


def main():
    if sys.version_info < (3, 11):
        print("SKIPPED: asyncio before CPython 3.11 lacks TaskGroup, timeout")
        return 77
    if len(sys.argv) == 1:
        print(asyncio_log(), end="")
        return 0
    program = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, text=True,
                             timeout=120)
    if program.returncode != 0:
        print(program.stdout[-2000:])
        print(f"{sys.argv[1]} ends with {program.returncode}")
        return 1
    folder = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(folder, "deviations.txt"), encoding="utf-8") as file:
        deviations, unreasoned = parse_deviations(file.read(),
                                                  sys.version_info[:2])
    for name in unreasoned:
        print(f"{name}: a deviation without reason")
    ours = parse(program.stdout)
    differ, skipped = compare(parse(asyncio_log()), ours, deviations)
    print(f"{len(ours)} scenarios, {len(deviations)} with a deviation, "
          f"{differ} with a difference, {skipped} not for this Python")
    return 1 if differ or unreasoned else 0


if __name__ == "__main__":
    sys.exit(main())
