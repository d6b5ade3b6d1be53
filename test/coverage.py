# SPDX-License-Identifier: MIT
"""A table of the lines that tests entered, by room, from what gcov counted.

    coverage.py BUILD      writes the lines that no test entered to
                           BUILD/lines.txt, too
"""

import collections
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def counted(build):
    """Source (from ROOT) -> line -> how often it was entered."""
    lines = collections.defaultdict(collections.Counter)
    notes = sorted(build.glob("**/src/**/*.gcno"))
    for begin in range(0, len(notes), 50):
        said = subprocess.run(
            ["gcov", "--json-format", "--stdout",
             *map(str, notes[begin:begin + 50])], cwd=build, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
        for document in said.stdout.splitlines():
            for file in json.loads(document)["files"]:
                path = (build / file["file"]).resolve()
                if not path.is_relative_to(ROOT / "src"):
                    continue
                for line in file["lines"]:
                    name = str(path.relative_to(ROOT))
                    lines[name][line["line_number"]] += line["count"]
    return lines


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    rooms = collections.defaultdict(lambda: [0, 0])
    with open(build / "lines.txt", "w") as missed:
        for path, lines in sorted(counted(build).items()):
            text = (ROOT / path).read_text().split("\n")
            for room in (str(pathlib.Path(path).parent), "all"):
                rooms[room][0] += sum(count > 0 for count in lines.values())
                rooms[room][1] += len(lines)
            for number in sorted(lines):
                if lines[number] == 0:
                    missed.write(f"{path}:{number}: "
                                 f"{text[number - 1].strip()}\n")
    print(f"{'room':20} {'lines':>7} {'entered':>8}")
    for room in sorted(rooms, key=lambda room: (room == "all", room)):
        entered, lines = rooms[room]
        print(f"{room:20} {lines:7} {100 * entered / lines:7.1f} %")


if __name__ == "__main__":
    main()
