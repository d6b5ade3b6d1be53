# SPDX-License-Identifier: MIT
"""Compares what duet and CPython's asyncio do in the same scenarios.

    python3 compare.py PROGRAM      PROGRAM prints duet's log
    python3 compare.py              prints asyncio's

A log is a line "== NAME" for each scenario, then what happened: milliseconds of
virtual time and a text. Both must have the same scenarios and the same lines,
but for deviations.txt: a "# reason" for each scenario that differs on purpose,
and what duet does. A deviation that no longer occurs is itself a difference.
Exit status 77: this Python's asyncio is older than 3.11.
"""

import io
import os
import subprocess
import sys
from contextlib import redirect_stdout

# asyncio.TaskGroup keeps its tasks in a set: what it does to all of them at
# once has no order.
UNORDERED = "group"


def parse(text):
    """Scenario -> (reasons, lines)."""
    logs, name = {}, None
    for line in text.splitlines():
        if line.startswith("== "):
            name = line[3:]
            logs[name] = ([], [])
        elif name is not None and line.startswith("# "):
            logs[name][0].append(line[2:])
        elif name is not None and line:
            logs[name][1].append(line)
    return logs


def is_same(name, first, second):
    if name.startswith(UNORDERED):
        return sorted(first) == sorted(second)
    return first == second


def side_by_side(asyncio_lines, duet_lines, expected=None):
    for title, lines in (("asyncio", asyncio_lines), ("duet", duet_lines),
                         ("expected of duet", expected)):
        if lines is not None:
            print(f"  {title}:")
            print("\n".join(f"    {line}" for line in lines))


def compare(theirs, ours, deviations):
    """How many scenarios differ."""
    differ = 0
    for name in {**theirs, **ours, **deviations}:
        if name not in theirs or name not in ours:
            print(f"{name}: not on both sides")
            differ += 1
            continue
        _, their_lines = theirs[name]
        _, our_lines = ours[name]
        reasons, expected = deviations.get(name, ([], their_lines))
        if not is_same(name, our_lines, expected):
            print(f"{name}: differs")
            side_by_side(their_lines, our_lines,
                         expected if name in deviations else None)
            differ += 1
        elif name in deviations and (not reasons or is_same(
                name, our_lines, their_lines)
                and not reasons[0].startswith("Since CPython")):
            print(f"{name}: a deviation without reason, or none at all")
            differ += 1
    return differ


def asyncio_log():
    import awaits  # noqa: F401  each adds its scenarios
    import primitives  # noqa: F401
    import tasks  # noqa: F401
    import waits  # noqa: F401
    from scenario import run_all
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
    program = subprocess.run(sys.argv[1:2], stdout=subprocess.PIPE, text=True,
                             timeout=120)
    if program.returncode != 0:
        print(program.stdout[-2000:])
        print(f"{sys.argv[1]} ends with {program.returncode}")
        return 1
    folder = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(folder, "deviations.txt"), encoding="utf-8") as file:
        deviations = parse(file.read())
    ours = parse(program.stdout)
    differ = compare(parse(asyncio_log()), ours, deviations)
    print(f"{len(ours)} scenarios, {len(deviations)} with a deviation, "
          f"{differ} with a difference")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
