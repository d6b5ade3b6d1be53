# SPDX-License-Identifier: MIT
"""The rules of the house that a program can check.

    python3 checks.py ROOT           prints "file:line: what" for each breach
    python3 checks.py ROOT format    the same for the layout; 77 if there is
                                     no clang-format 14

A check is a function that takes the tree (path -> text) and yields findings;
CHECKS is the list. exceptions.txt beside this file has the breaches that stay,
each with its reason; one that no longer occurs is itself a breach.
"""

import functools
import os
import re
import shutil
import subprocess
import sys

from header import parameter_has_name, prototypes
from source import (Finding, c_files, code_only, is_c, line_of, read_tree)

# Each floor and the floors that it stands on.
FLOORS = {
    "base": "",
    "http": "base",
    "runtime": "base",
    "stream": "base http runtime",
    "parallel": "base runtime stream",
    "file": "base runtime stream parallel",
    "form": "base http runtime stream parallel file",
    "client": "base http runtime stream parallel file form",
    "server": "base http runtime stream parallel file form",
    "database": "base runtime parallel",
    "fetch": "base http runtime stream parallel file form client",
    "tool": "base http runtime stream parallel file form client server "
            "database fetch",
}
DRIVERS = {"curl/": "src/client/curl/", "microhttpd.h": "src/server/mhd/",
           "idn2.h": "src/http/url/idn.c", "mysql.h": "src/database/",
           "zlib.h": "src/http/body/zlib_",
           "brotli/": "src/http/body/brotli_",
           "zstd": "src/http/body/zstd_"}

COLUMNS, FILE_LINES, FUNCTION_LINES, EXAMPLE_LINES = 80, 600, 70, 60

BANNED = {
    "sprintf": "snprintf", "vsprintf": "vsnprintf",
    "strcpy": "memcpy with a length", "strcat": "memcpy with a length",
    "strtok": "strtok_r or a scan of your own", "gets": "getline",
    "atoi": "strtol", "atol": "strtol", "atof": "strtod",
    "gmtime": "gmtime_r", "localtime": "localtime_r", "ctime": "strftime",
    "assert": "DUET__CHECK", "alloca": "an array or malloc",
}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^">]+)[">]', re.M)


def includes(text):
    """(line, '<' or '"', name) of each include."""
    code = code_only(text, strings=True)
    return [(line_of(code, match.start()), match.group(1), match.group(2))
            for match in INCLUDE.finditer(code)]


def floor_of_header(tree, name):
    """The floor that defines what the public header declares, or else has a
    source of its name; None if there is none."""
    names = {function.name
             for function in prototypes(tree.get(f"include/{name}", ""))}
    noun = os.path.splitext(os.path.basename(name))[0]
    same_name = None
    for path, text in c_files(tree, "src"):
        if path.endswith(".c"):
            floor = path.split("/")[1]
            if names & definitions(text):
                return floor
            if os.path.basename(path) == f"{noun}.c":
                same_name = same_name or floor
    return same_name


@functools.lru_cache(maxsize=None)
def definitions(text):
    """The public functions whose definition begins a line."""
    return set(re.findall(r"^(?:[a-z][\w *]*[ *])?(duet_[a-z]\w*)\(", text,
                          re.M))


def check_includes_go_down(tree):
    for path, text in c_files(tree, "src"):
        floor = path.split("/")[1]
        if floor not in FLOORS:
            yield Finding(path, 1, f"no floor is called {floor}")
            continue
        below = FLOORS[floor].split() + [floor]
        for line, quote, name in includes(text):
            if quote == '"':
                target = name.split("/")[0]
                if "/" not in name or f"src/{name}" not in tree:
                    yield Finding(path, line,
                                  f'"{name}" is not a file below src/')
            elif name.startswith("duet/"):
                target = floor_of_header(tree, name)
            else:
                continue
            if target in FLOORS and target not in below:
                yield Finding(path, line, f"{floor} includes {name}, which is "
                              f"of {target}; {floor} stands on "
                              f"{FLOORS[floor] or 'nothing'}")


def check_only_drivers_see_their_library(tree):
    for path, text in c_files(tree, "src", "include", "examples"):
        for line, _, name in includes(text):
            for library, driver in DRIVERS.items():
                if name.startswith(library) and not path.startswith(driver):
                    yield Finding(path, line, f"<{name}> is for {driver}*")


def check_http_has_no_io(tree):
    banned = ("sys/socket.h", "sys/epoll.h", "sys/time.h", "netdb.h",
              "poll.h", "unistd.h", "fcntl.h")
    calls = re.compile(r"(?<![\w.>])(time|clock|clock_gettime|fopen|open|read|"
                       r"write|duet_clock_ns)\s*\(")
    for path, text in c_files(tree, "src/http"):
        found = [(line, f"<{name}>") for line, _, name in includes(text)
                 if name in banned]
        code = code_only(text)
        found += [(line_of(code, match.start()), match.group(1))
                  for match in calls.finditer(code)]
        for line, what in found:
            yield Finding(path, line, f"http/ is bytes in, bytes out: no {what}")


def check_public_headers_stand_alone(tree):
    for path, text in c_files(tree, "include"):
        for line, quote, name in includes(text):
            if quote == '"':
                yield Finding(path, line, f'public headers include <...>: '
                              f'"{name}"')


def check_public_prototypes(tree):
    for path, text in c_files(tree, "include"):
        for function in prototypes(text):
            def finding(what, function=function):
                return Finding(path, function.line, f"{function.name}: {what}")
            if not function.is_exported:
                yield finding("prototype without DUET_API")
            if not re.match(r"duet_[a-z0-9]", function.name):
                yield finding("public names begin with duet_")
            if not function.has_contract:
                yield finding("no contract directly above")
            if function.can_fail and not function.must_be_used and any(
                    re.search(r"\*\*out_\w+$", parameter)
                    for parameter in function.parameters):
                yield finding("gives something and is not DUET_MUST_USE")
            for parameter in function.parameters:
                if not parameter_has_name(parameter):
                    yield finding(f"parameter '{parameter}' has no name")


def check_lists_in_comments_are_no_prose(tree):
    """An item of a list is indented, and wide blanks part its name from its
    text. clang-format fills an item that is too long into the lines around it:
    then the wide blanks stand in a line of prose."""
    prose = re.compile(r"[ \t]*(?:/\*| \*) (\S.*?)[ \t]*(\*/)?[ \t]*\\?$")
    for path, text in c_files(tree, "include", "src"):
        for number, line in enumerate(text.split("\n"), 1):
            match = prose.match(line)
            if match and "  " in re.sub('"[^"]*"', "x", match.group(1)):
                yield Finding(path, number, "a list that was filled into "
                              f"prose: '{match.group(1)}'")


def check_contracts_list_one_entry_a_line(tree):
    """An entry of a contract's list is indented by three, and what goes on
    with it by more. clang-format fills an entry that stands too far left or
    right into the one above: then a name and its wide blanks, or the words
    that end a list of codes, follow in the middle of a line."""
    entry = re.compile(r" \*   (?:\S+(?:, \S+)*)(?:  +|$)(.*)")
    further = re.compile(r" \* {9,}(\S.*)")
    runs_on = re.compile(r"\S  +\S|\S and (?:the|what) (?:other )?codes? of ")
    # A code and what it means, with one blank between them: filled.
    code = re.compile(r" \*   DUET_E[A-Z]+ \S.*|"
                      r".* DUET_E[A-Z]+ "
                      r"(?:a|an|another|more|no|not|the|too) .*")
    for path, text in c_files(tree, "include"):
        for number, line in enumerate(text.split("\n"), 1):
            match = entry.fullmatch(line) or further.fullmatch(line)
            if code.fullmatch(line) or match and runs_on.search(
                    re.sub('"[^"]*"', "x", match.group(1))):
                yield Finding(path, number, "two entries of a list in one "
                              f"line: '{line.strip(' *')}'")


def check_public_macros(tree):
    for path, text in c_files(tree, "include"):
        for match in re.finditer(r"^[ \t]*#[ \t]*define[ \t]+(\w+)",
                                 code_only(text), re.M):
            name = match.group(1)
            if not name.startswith("DUET_") or name.startswith("DUET__"):
                yield Finding(path, line_of(text, match.start()),
                              f"{name}: public macros begin with DUET_")


def check_only_public_headers_export(tree):
    for path, text in c_files(tree, "src"):
        for match in re.finditer(r"\bDUET_API\b", code_only(text)):
            yield Finding(path, line_of(text, match.start()),
                          "DUET_API belongs in include/duet/")


def check_columns(tree):
    for path, text in c_files(tree):
        for number, line in enumerate(text.split("\n"), 1):
            if len(line) > COLUMNS:
                yield Finding(path, number, f"{len(line)} columns, "
                              f"{COLUMNS} allowed")


def check_file_lines(tree):
    for path, text in c_files(tree, "src", "include", "examples"):
        lines = text.count("\n")
        is_rung = re.match(r"examples/\d\d_", path)
        allowed = EXAMPLE_LINES if is_rung else FILE_LINES
        if lines > allowed:
            yield Finding(path, lines, f"{lines} lines, {allowed} allowed")


def functions(text):
    """(name, first line, last line) of each function body. The brace of a
    function is alone in its line, that of a struct is not."""
    lines = code_only(text).split("\n")
    begin = None
    for number, line in enumerate(lines, 1):
        if line.rstrip() == "{":
            begin = number
        elif line.rstrip() == "}" and begin is not None:
            above = " ".join(lines[max(0, begin - 8):begin - 1])
            names = re.findall(r"(\w+)\s*\(", above.rsplit(";", 1)[-1]
                               .rsplit("}", 1)[-1])
            yield names[0] if names else "?", begin, number
            begin = None


def check_function_lines(tree):
    for path, text in c_files(tree, "src", "include", "examples"):
        for name, begin, end in functions(text):
            if end - begin + 1 > FUNCTION_LINES:
                yield Finding(path, begin, f"{name}: {end - begin + 1} lines, "
                              f"{FUNCTION_LINES} allowed")


def check_banned_calls(tree):
    pattern = re.compile(r"(?<![\w.>])(" + "|".join(BANNED) + r")\s*\(")
    for path, text in c_files(tree, "src", "include", "examples"):
        code = code_only(text)
        for match in pattern.finditer(code):
            name = match.group(1)
            yield Finding(path, line_of(code, match.start()),
                          f"{name}: use {BANNED[name]}")


def check_skipping_says_what_is_lost(tree):
    silent = re.compile(r"(?<![\w.>])(?:skip\s*\(\)|exit\s*\(77\))")
    for path, text in c_files(tree, "test"):
        code = "" if path == "test/support/test.h" else code_only(text)
        for match in silent.finditer(code):
            yield Finding(path, line_of(code, match.start()),
                          "use test_skip(), which says what is lost")


def check_unfinished(tree):
    words = ("TO" + "DO", "FIX" + "ME", "XX" + "X")
    pattern = re.compile(r"\b(" + "|".join(words) + r")\b")
    for path, text in sorted(tree.items()):
        for match in pattern.finditer(text):
            yield Finding(path, line_of(text, match.start()),
                          f"{match.group(1)}: finish it or file it")


def check_licence_line(tree):
    for path, text in sorted(tree.items()):
        if is_c(path) or path.endswith(".S"):
            if not text.startswith("/* SPDX-License-Identifier: MIT */\n"):
                yield Finding(path, 1, "the first line is the SPDX line")


def check_every_source_has_a_unit_test(tree):
    for path, _ in c_files(tree, "src"):
        test = re.sub("^src/", "test/unit/", path)
        if path.endswith(".c") and test not in tree:
            yield Finding(path, 1, f"{test} is missing")


def check_every_unit_test_has_a_source(tree):
    for path, _ in c_files(tree, "test/unit"):
        source = re.sub("^test/unit/", "src/", path)
        if source not in tree and source[:-2] + ".h" not in tree:
            yield Finding(path, 1, f"no {source}")


def check_every_example_has_a_transcript(tree):
    for path, _ in c_files(tree, "examples"):
        name = re.match(r"examples/(\d\d_\w+)\.c$", path)
        expected = name and f"examples/expected/{name.group(1)}.txt"
        if name and expected not in tree:
            yield Finding(path, 1, f"{expected} is missing")


def check_readme_lists_the_ladder(tree):
    """Its table of examples has each of them, and nothing else; they are
    numbered from 1 on without gaps."""
    readme = tree.get("README.md", "")
    rungs = {(int(name.group(1)), name.group(2)): path
             for path, _ in c_files(tree, "examples")
             if (name := re.match(r"examples/(\d\d)_(\w+)\.c$", path))}
    listed = {(int(match.group(1)), match.group(2)): match.start()
              for match in re.finditer(r"^\| (\d+) \| `(\w+)` \| \S.* \|$",
                                       readme, re.M)}
    for rung in sorted(rungs.keys() - listed.keys()):
        yield Finding(rungs[rung], 1, "README's table of examples lacks it")
    for rung in sorted(listed.keys() - rungs.keys()):
        yield Finding("README.md", line_of(readme, listed[rung]),
                      f"there is no example {rung[0]}, {rung[1]}")
    for number, rung in enumerate(sorted(rungs), 1):
        if rung[0] != number:
            yield Finding(rungs[rung], 1, f"the number {number} is next")
            break


def check_readme_tours_the_tree(tree):
    """Its tour names every room, and nothing that is not there: a floor as
    `src/http/`, and then, of that floor, rooms as `url/` and files."""
    readme = tree.get("README.md", "")
    start = readme.find("## A tour of the source")
    tour = readme[start:].split("\n## ")[0] if start >= 0 else ""
    floor, rooms = "", set()
    for match in re.finditer(r"`([\w/]+/|[\w/]*\w\.\w+)`", tour):
        name = match.group(1)
        if re.fullmatch(r"(src/\w+|test)/", name):
            floor = name
        path = name if name in (floor, "src/") or name in tree \
            else floor + name
        rooms.add(path)
        if not any(other.startswith(path) or (
                other.startswith(floor) and other.endswith("/" + name))
                for other in tree):
            yield Finding("README.md", line_of(readme, start + match.start()),
                          f"{path} is not there")
    for room in sorted({os.path.dirname(path) + "/"
                        for path, _ in c_files(tree, "src")} - rooms):
        if tour:
            yield Finding("README.md", line_of(readme, start),
                          f"the tour does not name {room}")


def check_readme_is_true(tree):
    """It names what exists, and every public header."""
    readme = tree.get("README.md", "")
    headers = {path: text for path, text in c_files(tree, "include")}
    known = set(re.findall(r"\bduet_\w+", " ".join(headers.values())))
    for match in re.finditer(r"\bduet_[a-z]\w*", readme):
        if match.group() not in known:
            yield Finding("README.md", line_of(readme, match.start()),
                          f"{match.group()}: in no public header")
    for path in headers:
        name = os.path.basename(path)
        if readme and name != "export.h" and f"`{name}`" not in readme:
            yield Finding("README.md", 1, f"{name} is not named")


CHECKS = [value for name, value in sorted(globals().items())
          if name.startswith("check_")]


def check_format(root, tree):
    """With clang-format 14, Debian 12's, as others lay some lines out
    differently; None without it."""
    program = shutil.which("clang-format-14") or shutil.which("clang-format")
    version = program and subprocess.run(
        [program, "--version"], capture_output=True, text=True).stdout
    if not version or " 14." not in version:
        return None
    run = subprocess.run([program, "--dry-run"]
                         + [path for path, _ in c_files(tree)],
                         cwd=root, capture_output=True, text=True)
    breaches = re.findall(r"^(.+?):(\d+):\d+: (?:warning|error): ", run.stderr,
                          re.M)
    first = {}
    for path, line in breaches:
        first.setdefault(path, int(line))
    return [Finding(path, line, "not as clang-format lays it out")
            for path, line in first.items()]


def read_exceptions(path):
    """{(check, path): reason}"""
    exceptions = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                check, where, reason = line.split(None, 2)
                exceptions[check, where] = reason
    return exceptions


def run_checks(tree, exceptions, checks):
    """The findings that no exception covers, and the idle exceptions."""
    unused = dict(exceptions)
    for check in checks:
        name = check.__name__.replace("check_", "")
        for finding in check(tree):
            if (name, finding.path) in exceptions:
                unused.pop((name, finding.path), None)
            else:
                yield finding._replace(what=f"{finding.what} [{name}]")
    for name, path in unused:
        yield Finding("test/style/exceptions.txt", 1,
                      f"{name} {path} is no longer needed")


def main():
    root = sys.argv[1]
    tree = read_tree(root)
    if sys.argv[2:] == ["format"]:
        findings = check_format(root, tree)
        if findings is None:
            print("SKIPPED: no clang-format 14")
            return 77
    else:
        beside = os.path.dirname(os.path.abspath(__file__))
        exceptions = read_exceptions(os.path.join(beside, "exceptions.txt"))
        findings = list(run_checks(tree, exceptions, CHECKS))
    for finding in findings:
        print(f"{finding.path}:{finding.line}: {finding.what}")
    print(f"{len(tree)} files, {len(findings)} findings; what must stay has "
          "its reason in test/style/exceptions.txt")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
