# SPDX-License-Identifier: MIT
"""Runs the rows and prints the table; run.sh builds, then starts this.

The side under test and each peer take turns, and every second round in the
opposite order: a processor that gets slower or faster meanwhile treats both
alike. A ratio is the median of the ratios of the rounds.
"""

import argparse
import json
import pathlib
import subprocess
import sys

import explain
import measure
import programs
import report
import rows


def arguments():
    parser = argparse.ArgumentParser(prog="run.sh", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="row")
    parser.add_argument("--build", type=pathlib.Path, required=True,
                        help=argparse.SUPPRESS)
    parser.add_argument("--list", action="store_true",
                        help="print the names of the rows")
    parser.add_argument("--quick", action="store_true",
                        help="one short round")
    parser.add_argument("--smoke", action="store_true",
                        help="each side that is there does next to nothing, "
                        "once: does everything run?")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.5,
                        help="of load in each sample of a server")
    parser.add_argument("--strace", action="store_true",
                        help="system calls per request instead of speed")
    parser.add_argument("--callgrind", action="store_true",
                        help="instructions per request instead of speed")
    return parser.parse_args()


def quiet_sample(measuring, row, side):
    """One sample; again, up to twice, if other work held the cores."""
    for _ in range(3):
        with report.pressure() as pressure:
            sample = measuring.sample(row, side)
        sample["pressure"] = pressure.share
        # Others take time, not memory, which the rows with a limit tell of.
        if row.limit or row.upstream or pressure.share <= report.CROWDED:
            break
    return sample


def take(measuring, row, side, pair, absent):
    """One sample of a side into its list; a failure ends the side's turns."""
    if side.name in absent:
        return
    try:
        sample = quiet_sample(measuring, row, side)
        pair.setdefault(side.name, []).append(sample)
        said = f"{report.number(sample['value'])} {row.unit}"
    except programs.Failed as failure:
        absent[side.name] = said = f"failed: {failure}"
    print(f"{row.name}: {side.name}: {said}", file=sys.stderr, flush=True)


def run_row(measuring, row, rounds):
    """The samples of each pair, by the name of the other side, and the names
    of the sides that could not be measured, with why."""
    first, *others = row.sides
    absent = {side.name: reason for side in row.sides
              if (reason := programs.missing(row, side, measuring.build))}
    pairs = {}
    for other in others or [first]:
        pair = pairs[other.name] = {}
        turn = [first, other] if others else [first]
        for number in range(1 if row.once else rounds):
            for side in turn[::-1] if number % 2 else turn:
                take(measuring, row, side, pair, absent)
    return pairs, absent


def runs(measuring, row, side):
    """Why it does not, or None."""
    try:
        measuring.sample(row, side)
    except (programs.Failed, RuntimeError, OSError,
            subprocess.CalledProcessError) as failure:
        return f"FAILED: {failure}"
    return None


def smoke(build, chosen):
    """Runs each side that is there; fails if one of them fails, twice, for a
    port that was free may be somebody else's a moment later."""
    measuring = measure.Measure(build, 0.1, 0.0005, few=True)
    failed = 0
    for row in chosen:
        for side in row.sides:
            said = programs.missing(row, side, build)
            if said is None:
                said = (runs(measuring, row, side) and
                        runs(measuring, row, side))
                failed += said is not None
            print(f"{row.name}: {side.name}: {said or 'runs'}", flush=True)
    sys.exit(failed > 0)


def main():
    options = arguments()
    if options.list:
        for row in rows.ROWS:
            long = f" ({row.minutes} min, by name)" if row.minutes else ""
            print(f"{row.name:18} {row.title}{long}")
        return
    if options.quick:
        options.rounds, options.seconds = 1, 0.5
    build = options.build.resolve()
    if options.smoke:
        smoke(build, measure.find(options.rows))
    measuring = measure.Measure(build, options.seconds,
                                0.05 if options.quick else 1.0)
    chosen = measure.find(options.rows)
    if options.strace or options.callgrind:
        explain.run(measuring, chosen, options)
        return
    lines, results = [], []
    for row in chosen:
        if row.minutes and not options.rows:
            pairs, absent = {}, {row.sides[0].name: f"takes {row.minutes} "
                                 f"minutes; run.sh {row.name} runs it"}
        else:
            pairs, absent = run_row(measuring, row, options.rounds)
        compared = report.compare(row, pairs, absent)
        lines += compared
        results.append({"name": row.name, "pairs": pairs,
                        "not_measured": absent, "compared": compared})
    print(report.table(lines))
    result = {"machine": report.machine(), "rounds": options.rounds,
              "seconds": options.seconds, "rows": results}
    (build / "bench.json").write_text(json.dumps(result, indent=1) + "\n")
    print(f"all samples: {options.build / 'bench.json'}")


if __name__ == "__main__":
    try:
        main()
    except programs.Failed as failure:
        sys.exit(f"bench: {failure}")
