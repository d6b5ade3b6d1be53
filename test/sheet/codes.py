# SPDX-License-Identifier: MIT
"""Is each error code that a contract names provoked by a test?

    python3 codes.py ROOT header FILE    writes the header that has the tests
                                         record what public functions return
    python3 codes.py ROOT check FOLDER   prints what no test has provoked; the
                                         test sheet.codes, which is run last

The tests are compiled with that header: each call of a public function that can
fail puts a mark for the function and the code that it returned into a file of
the program (support/record.c). So what is counted has been returned to a test
in a run of just this program. A contract's codes are those that its "Returns"
names itself; codes that it takes over from another function are that one's.

codes.txt beside this file has the pairs that need no mark, each with its
reason: "open" (no test yet; their number is printed, and a pair that is marked
must go), or "not always:" and "never:" with why.
"""

import glob
import os
import re
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "style"))
from header import prototypes  # noqa: E402

# Of no use here: it returns what it is given.
NOT_RECORDED = {"duet_fail"}
# Their cases need a debug build, or another version of a library, and provoke
# no code that others do not.
MAY_SKIP = {"unit_base_life", "unit_runtime_core_thread_check",
            "integration_client_http2", "unit_database_query_statement"}
# As in support/record.c: size and time of the program, a flag, and padding.
HEAD = struct.Struct("=qqqq")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def headers(root):
    return {os.path.basename(path): read(path) for path in
            sorted(glob.glob(os.path.join(root, "include/duet/*.h")))}


def contract_of(text, line):
    """The comment that ends right above a line."""
    above = "\n".join(text.split("\n")[:line - 1]).rstrip()
    return above[above.rfind("/*"):] if above.endswith("*/") else ""


def contracts(root):
    """(function, its codes by its contract, header) of each that can fail."""
    for name, text in headers(root).items():
        for function in prototypes(text):
            if not function.can_fail or function.name in NOT_RECORDED:
                continue
            told = contract_of(text, function.line).partition("Returns")[2]
            # Codes that it does not return itself.
            told = re.split("(?:Reading|Writing) returns", told)[0]
            told = re.sub(r"(?:except|not\s+\*?\s*return) DUET_\w+", "", told)
            codes = re.findall(r"\bDUET_E[A-Z0-9]+\b", told)
            yield function.name, sorted(set(codes)), name


def codes(root):
    return re.findall(r"X\((DUET_E\w+),", headers(root)["error.h"])


def write_header(root, path):
    lines = ["/* SPDX-License-Identifier: MIT */",
             "/* Made by test/sheet/codes.py: calls that leave a mark. */",
             "#ifndef DUET_TEST_RECORD_CALLS_H",
             "#define DUET_TEST_RECORD_CALLS_H"]
    lines += [f"#include <duet/{name}>" for name in headers(root)]
    lines += ["int test_record(int function, int status);"]
    functions = [function for function, _, _ in contracts(root)]
    lines += [f"#define TEST_RECORD_FUNCTIONS {len(functions)}"]
    lines += [f"#define {function}(...) "
              f"test_record({number}, {function}(__VA_ARGS__))"
              for number, function in enumerate(functions)]
    lines += ["#endif", ""]
    text = "\n".join(lines)
    if not os.path.exists(path) or read(path) != text:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)


def marks_of(path, program, functions, names):
    """The pairs that a program has marked; None if it was not run since it was
    built. Also whether it skipped a case."""
    try:
        with open(path, "rb") as file:
            bytes_ = file.read()
        facts = os.stat(program)
    except FileNotFoundError:
        return None, False
    size, time_ns, skipped, _ = HEAD.unpack_from(bytes_)
    if (size, time_ns) != (facts.st_size, facts.st_mtime_ns):
        return None, False
    table = bytes_[HEAD.size:]
    return {(functions[at // len(names)], names[at % len(names)])
            for at, mark in enumerate(table) if mark}, skipped != 0


def exceptions():
    """{(function, code): reason}"""
    rows = {}
    for line in read(os.path.join(HERE, "codes.txt")).split("\n"):
        if line.strip() and not line.startswith("#"):
            function, code, reason = line.split(None, 2)
            rows[function, code] = reason
    return rows


def judge(named, marked, excepted):
    for pair in sorted(named - marked - set(excepted)):
        yield "%s: no test provokes %s" % pair
    for pair, reason in sorted(excepted.items()):
        if pair not in named:
            yield "codes.txt: no contract names %s %s" % pair
        elif pair in marked and not reason.startswith("not always:"):
            yield "codes.txt: %s %s is provoked now" % pair
        elif reason != "open" and not re.match(r"(not always|never): .", reason):
            yield "codes.txt: %s %s has no reason" % pair


def check(root, folder):
    all_contracts = list(contracts(root))
    functions = [function for function, _, _ in all_contracts]
    marked, missing, skipping = set(), [], []
    programs = sorted(
        path for path in glob.glob(os.path.join(folder, "..", "test/**/*"),
                                   recursive=True)
        if re.match(r"(unit|integration|sheet|sweep)_\w+$", os.path.basename(path))
        and os.access(path, os.X_OK))
    for program in programs:
        name = os.path.basename(program)
        marks, skipped = marks_of(os.path.join(folder, name), program,
                                  functions, codes(root))
        if marks is None:
            missing.append(name)
        marked |= marks or set()
        skipping += [name] if skipped and name not in MAY_SKIP else []
    has_database = any("unit_database_" in program for program in programs)
    named = {(function, code) for function, told, header in all_contracts
             for code in told
             if has_database or not header.startswith("database")}
    excepted = exceptions()
    findings = list(judge(named, marked, excepted))
    opened = list(excepted.values()).count("open")
    print(f"{len(named)} pairs of function and code in the contracts, "
          f"{len(named & marked)} provoked, {opened} open")
    for finding in findings:
        print(finding)
    if findings and (missing or skipping):
        print("SKIPPED: cannot judge without all tests; not run since they "
              f"were built: {missing}; with cases skipped: {skipping}")
        return 77
    return 1 if findings else 0


def main():
    root, what, path = sys.argv[1:]
    if what == "header":
        write_header(root, path)
        return 0
    return check(root, path)


if __name__ == "__main__":
    sys.exit(main())
