#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Changes the source a little, again and again, and sees whether a test fails.

    test/mutants.py [--most N] [--seed N] [--address] [--build FOLDER] FILE...

Each FILE (src/ROOM/X.c) is changed in one place at a time: an operator, a
constant, a condition, a call left out. The program of its test, test/unit/X.c,
is built anew and run, and, where it passes, those that use most of what FILE
defines. A mutant that no test notices survives: it is printed, for a test that
is missing, or because it changes nothing that can be seen. At most N mutants of
a file are tried (default 40), chosen by the seed.

A change that does not compile is none. With --address the tests run under the
address sanitizer, which notices a free() that is left out.

Works on a copy in FOLDER (default build-mutants/), never on the source itself.
Exit status: 0, also when some survive; 1 if the tests fail without any change.
"""

import argparse
import contextlib
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys

import touched

ROOT = pathlib.Path(__file__).resolve().parent.parent
OTHERS = 2        # programs beside the file's own
SECONDS = 60      # a mutant that hangs is noticed, too

OPERATORS = (
    (r"(?<=\s)==(?=\s)", ("!=",)), (r"(?<=\s)!=(?=\s)", ("==",)),
    (r"(?<=\s)<=(?=\s)", ("<", ">")), (r"(?<=\s)>=(?=\s)", (">", "<")),
    (r"(?<=\s)<(?=\s)", ("<=", ">=")), (r"(?<=\s)>(?=\s)", (">=", "<=")),
    (r"(?<=\s)&&(?=\s)", ("||",)), (r"(?<=\s)\|\|(?=\s)", ("&&",)),
    (r"(?<=[\w)\]] )\+(?= [\w(])", ("-",)),
    (r"(?<=[\w)\]] )-(?= [\w(])", ("+",)),
    (r"\+\+", ("--",)), (r"(?<=\s)\+=(?=\s)", ("-=",)),
    (r"(?<=\s)-=(?=\s)", ("+=",)), (r"(?<=[(\s])!(?=[\w(])", ("",)),
    (r"\btrue\b", ("false",)), (r"\bfalse\b", ("true",)),
    (r"(?<![\w.])0(?![\w.])", ("1",)), (r"(?<![\w.])1(?![\w.])", ("0", "2")),
    (r"(?<![\w.'x])[2-9]\d*(?![\w.'])", ("{}+1",)),
)
# A statement of its own that is one call or one assignment, on one line.
STATEMENT = re.compile(r"^[ ]{4,}(?!DUET__|(?:return|goto|else|case|const)\b)"
                       r"[\w*>.\[\]-]+(\(.*\)|\s=\s[^=].*);$", re.M)
# What is no code to be run, or only declares.
QUIET = re.compile(r'/\*.*?\*/|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|'
                   r"^[ \t]*#.*?(?<!\\)$|\benum\s*\{.*?\}|"
                   r"^(?:static |typedef |extern |struct )[^{}]*?;",
                   re.S | re.M)


def places(text):
    """(begin, end, replacement) of each mutant of a text."""
    code = QUIET.sub(lambda match: re.sub(r"[^\n]", "\x01", match[0]), text)
    found = []
    begin_of_code = code.find("\n{")
    for pattern, replacements in OPERATORS:
        for match in re.finditer(pattern, code):
            if match.start() > begin_of_code:
                found += [(match.start(), match.end(),
                           replacement.format(match[0]))
                          for replacement in replacements]
    for match in STATEMENT.finditer(code):
        found.append((match.start(), match.end(), ";"))
    return found


def run(words, **options):
    return subprocess.run(words, stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.STDOUT, errors="replace", **options)


class Mutants:
    def __init__(self, folder, sanitizer):
        self.sanitizer = sanitizer
        self.copy = folder / "source"
        self.build = folder / "build"

    def prepare(self):
        """A copy of the source, and its build; unchanged files keep their
        times, so that the next run builds little."""
        if self.copy.exists():
            shutil.rmtree(self.copy)
        shutil.copytree(ROOT, self.copy, ignore=shutil.ignore_patterns(
            "build*", ".git", "__pycache__"))
        ninja = ["-G", "Ninja"] if shutil.which("ninja") else []
        cache = (["-DCMAKE_C_COMPILER_LAUNCHER=ccache"]
                 if shutil.which("ccache") else [])
        made = run(["cmake", "-S", self.copy, "-B", self.build, *ninja, *cache,
                    "-DDUET_TESTS=ON", "-DDUET_EXAMPLES=OFF",
                    "-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_C_FLAGS=-O0",
                    f"-DDUET_SANITIZE={self.sanitizer}"])
        if made.returncode != 0:
            sys.exit(f"mutants: {made.stdout[-2000:]}")

    def make(self, programs):
        """Is it built, without a new warning that tells of the change?"""
        return run(["cmake", "--build", self.build, "--target",
                    *programs]).returncode == 0

    def passes(self, program):
        test = subprocess.Popen(
            [self.build / "test" / program], cwd=self.build,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            return test.wait(SECONDS) in (0, 77)
        except subprocess.TimeoutExpired:
            return False
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(test.pid, signal.SIGKILL)  # what it left, too
            test.wait()

    def programs_of(self, path):
        """Names of test programs: the file's own, then those that use it."""
        test = re.sub("^src/", "test/unit/", path)
        own = touched.program(test) if (ROOT / test).exists() else None
        names = [name for name in touched.touched(
            {path}, touched.objects(self.build)) if name.startswith("unit_")]
        names = [name for name in names if name != own][:OTHERS]
        return ([own] if own else []) + names

    def tried(self, path, text, mutant, programs):
        """"noticed", "not built" or "survived"."""
        begin, end, replacement = mutant
        (self.copy / path).write_text(text[:begin] + replacement + text[end:])
        for program in programs:
            if not self.make([program]):
                return "not built"
            if not self.passes(program):
                return "noticed"
        return "survived"

    def file(self, path, most, chance):
        """(noticed, survived) of a file's mutants."""
        text = (ROOT / path).read_text()
        programs = self.programs_of(path)
        if not programs:
            print(f"{path}: no test uses it")
            return 0, 0
        if not self.make(programs) or not all(map(self.passes, programs)):
            sys.exit(f"mutants: {path}: {' '.join(programs)}: not passed "
                     "without a change")
        mutants = places(text)
        chance.shuffle(mutants)
        noticed = survived = 0
        for mutant in mutants:
            if noticed + survived == most:
                break
            said = self.tried(path, text, mutant, programs)
            noticed += said == "noticed"
            survived += said == "survived"
            if said == "survived":
                print(f"{path}:{text.count(chr(10), 0, mutant[0]) + 1}: "
                      f"survived: {shown(text, mutant)}", flush=True)
        (self.copy / path).write_text(text)
        print(f"{path}: {noticed} of {noticed + survived} noticed by "
              f"{' '.join(programs)}", flush=True)
        return noticed, survived


def shown(text, mutant):
    """The line before and behind the change."""
    begin, end, replacement = mutant
    low = text.rfind("\n", 0, begin) + 1
    high = text.find("\n", end)
    before = text[low:high].strip()
    behind = (text[low:begin] + replacement + text[end:high]).strip()
    return f"{before}   ->   {behind}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--most", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--address", action="store_true")
    parser.add_argument("--build", type=pathlib.Path,
                        default=ROOT / "build-mutants")
    options = parser.parse_args()
    every = Mutants(options.build.resolve(),
                    "address" if options.address else "")
    every.prepare()
    rooms = {}
    for name in options.files:
        path = str(pathlib.Path(name).resolve().relative_to(ROOT))
        noticed, survived = every.file(path, options.most,
                                       random.Random(options.seed))
        room = rooms.setdefault(str(pathlib.Path(path).parent), [0, 0])
        room[0] += noticed
        room[1] += survived
    for room, (noticed, survived) in sorted(rooms.items()):
        share = 100 * noticed / max(1, noticed + survived)
        print(f"{room:24} {noticed:5} of {noticed + survived:5} noticed, "
              f"{share:5.1f} %")
    return 0


if __name__ == "__main__":
    sys.exit(main())
