# SPDX-License-Identifier: MIT
"""Which test programs a change touched, the most direct first.

    touched.py BUILD [--since REF]      prints one name of a program a line

What counts as changed are the files that differ from REF, those that are not
committed included; without REF: from where this branch left origin's, or, on
that branch itself, from COMMITS commits ago, as far as they are here. Where
there is no commit to compare with, as in a shallow clone, all tests come, in an
order that each commit has of its own.

A test is touched if it changed itself, if it is that of a changed source by its
name, or if its program refers to what a changed source defines. BUILD is a
folder where the tests are built.

Exit status: 0, also where nothing is touched; 77 where there is no history at
all, which is said on standard error.
"""

import argparse
import pathlib
import random
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
COMMITS = 10
KINDS = ("unit", "integration")


def git(*words):
    """What git says; None if it fails, or is missing."""
    try:
        run = subprocess.run(["git", "-C", str(ROOT), *words],
                             capture_output=True, text=True)
    except FileNotFoundError:
        return None
    return run.stdout.strip() if run.returncode == 0 else None


def base():
    """The commit to compare with, or None."""
    head = git("rev-parse", "HEAD")
    fork = git("merge-base", "HEAD", "origin/HEAD")
    if fork not in (None, "", head):
        return fork
    commits = (git("rev-list", "--first-parent", f"--max-count={COMMITS + 1}",
                   "HEAD") or "").split()
    return commits[-1] if len(commits) > 1 else None


def changed_files(reference):
    changed = git("diff", "--name-only", reference, "--")
    if changed is None:
        sys.exit(f"touched.py: git knows no {reference}")
    new = git("ls-files", "--others", "--exclude-standard") or ""
    return changed.split("\n") + new.split("\n")


def objects(build):
    """Source (from ROOT) -> object file, of all that is built."""
    found = {}
    for path in build.glob("**/*.c.o"):
        inner = re.search(r"/CMakeFiles/[^/]+\.dir/(.*)\.o$", str(path))
        folder = str(path.parent)[len(str(build)) + 1:].split("CMakeFiles")[0]
        found.setdefault(folder + inner[1], path)
    return found


def symbols(paths, kinds):
    """Path -> names of these kinds ("U", "T" ...) in it."""
    if not paths:
        return {}
    listed = subprocess.run(["nm", "-A", *map(str, paths)], text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    names = {}
    for line in listed.stdout.splitlines():
        path, _, rest = line.partition(":")
        words = rest.split()
        if len(words) >= 2 and words[-2] in kinds:
            names.setdefault(path, set()).add(words[-1])
    return names


def program(path):
    """The program of a test: unit_client_curl_driver."""
    return re.sub(r"^test/|\.c$", "", path).replace("/", "_")


def touched(changed, built):
    """Names of programs: by their own names first, then by what they use."""
    tests = {program(path): path for path in built
             for kind in KINDS if path.startswith(f"test/{kind}/")}
    nouns = {re.sub(r"\.[chS]$", "", path) for path in changed
             if re.search(r"\.[chS]$", path)}
    direct = [name for name, path in tests.items()
              if path in changed or
              re.sub(r"^test/unit/(.*)\.c$", r"src/\1", path) in nouns]
    sources = [built[path] for path in built
               if path.startswith(("src/", "test/support/")) and
               re.sub(r"\.[chS]$", "", path) in nouns]
    defined = set().union(*symbols(sources, "TDBR").values())
    used = symbols([built[path] for path in tests.values()], "U")
    uses = {name: len(defined & used.get(str(built[path]), set()))
            for name, path in tests.items()}
    others = [name for name in sorted(uses, key=lambda name: -uses[name])
              if uses[name] > 0 and name not in direct]
    return sorted(direct) + others


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--since", metavar="REF")
    options = parser.parse_args()
    reference = options.since or base()
    head = git("rev-parse", "HEAD")
    if head is None:
        print("no history here to tell what changed", file=sys.stderr)
        return 77
    if reference is None:
        names = sorted(program(str(path.relative_to(ROOT)))
                       for path in (ROOT / "test/unit").rglob("*.c"))
        names = [name for name in names
                 if (options.build / f"test/{name}").exists()]
        random.Random(head).shuffle(names)
        print("nothing here to compare with: all tests, in an order of chance",
              file=sys.stderr)
        print("\n".join(names))
        return 0
    changed = set(changed_files(reference)) - {""}
    names = touched(changed, objects(options.build.resolve()))
    print(f"{len(changed)} files differ from {reference[:12]}: "
          f"{len(names)} test programs", file=sys.stderr)
    print("\n".join(names))
    return 0


if __name__ == "__main__":
    sys.exit(main())
