# SPDX-License-Identifier: MIT
"""Compiles every piece of C that the README and the public headers show.

    python3 snippets.py ROOT COMPILER
    python3 snippets.py ROOT COMPILER c++    the headers only, in C++; 77 if
                                             the compiler does not speak it

In README.md a snippet is a block fenced as ```c. In a header it is the code
indented below a comment line that ends the sentence "Example:"

     * Example, given duet_session *session, const char *url:
     *
     *     status = duet_get(session, url, NULL, &response, DUET_NEVER);

A snippet with a main, or with any function of its own, is compiled as it is
and includes what it uses. Any other is a fragment: it becomes the body of a
function, with every public header included; `given` names what the reader is
assumed to have and becomes the parameters. For a README fragment the line
above the fence says it: <!-- given: duet_session *session -->

Each public header is compiled alone, too: it must include what it uses.
"""

import os
import re
import subprocess
import sys
from collections import namedtuple

from source import c_files, line_of, read_tree

Snippet = namedtuple("Snippet", "path line given code")

FENCE = re.compile(r"(?:^<!-- given: (?P<given>[^\n]*) -->\n)?"
                   r"^```c\n(?P<code>.*?)^```$", re.M | re.S)
EXAMPLE = re.compile(r"^ \* Example(?:, given (?P<given>[^:]*))?:[ \t]*\n"
                     r"(?: \*[ \t]*\n)*"
                     r"(?P<code>(?: \*(?:     [^\n]*|[ \t]*)\n)+)", re.M)
FUNCTION = re.compile(r"^(?:int|void|static|const|char|duet_\w+)\b[^;={]*"
                      r"\([^;{]*\)\s*\{", re.M)
FLAGS = ["-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]
C, CXX = ["-x", "c", "-std=gnu11"], ["-x", "c++", "-std=gnu++17"]
STANDARD = "errno.h inttypes.h signal.h stdbool.h stdint.h stdio.h stdlib.h " \
           "string.h".split()


def find(tree):
    for match in FENCE.finditer(tree.get("README.md", "")):
        yield Snippet("README.md", line_of(match.string, match.start("code")),
                      match.group("given") or "", match.group("code"))
    for path, text in c_files(tree, "include"):
        for match in EXAMPLE.finditer(text):
            code = re.sub(r"^ \*(?:     )?[ \t]*$|^ \*     ", "",
                          match.group("code"), flags=re.M)
            code = re.sub(r"[ \t]*\*/.*", "", code)
            given = re.sub(r"\s*\n \*\s*", " ", match.group("given") or "")
            yield Snippet(path, line_of(text, match.start("code")), given,
                          code.rstrip("\n") + "\n")


def program(snippet, headers):
    """The C file to compile."""
    placed = f'#line {snippet.line} "{snippet.path}"\n{snippet.code}'
    if FUNCTION.search(snippet.code):
        return placed
    includes = "".join(f"#include <{name}>\n" for name in STANDARD + headers)
    return (f"{includes}int snippet({snippet.given or 'void'});\n"
            f"int snippet({snippet.given or 'void'})\n{{\n"
            f"int status = 0;\n(void)status;\n{placed}return 0;\n}}\n")


def complaint(compiler, root, code, flags):
    """What the compiler says; None if it is content."""
    run = subprocess.run(
        [compiler, *FLAGS, *flags, "-I", os.path.join(root, "include"), "-"],
        input=code, capture_output=True, text=True)
    return (run.stderr or "failed") if run.returncode != 0 else None


def headers_that_fail(compiler, root, headers, language):
    """How many do not compile alone."""
    failed = 0
    for header in headers:
        said = complaint(compiler, root,
                         f"#include <{header}>\nint used;\n", language)
        if said:
            failed += 1
            print(f"include/{header}:1: does not compile alone\n{said}")
    return failed


def main():
    root, compiler = sys.argv[1], sys.argv[2]
    tree = read_tree(root)
    headers = [path[len("include/"):] for path, _ in c_files(tree, "include")]
    found = []
    if sys.argv[3:] == ["c++"]:
        if complaint(compiler, root, "#include <stdint.h>\n", CXX):
            print(f"SKIPPED: {compiler} does not speak C++")
            return 77
        failed = headers_that_fail(compiler, root, headers, CXX)
    else:
        failed = headers_that_fail(compiler, root, headers, C)
        found = list(find(tree))
    for snippet in found:
        said = complaint(compiler, root, program(snippet, headers),
                         [*C, "-D_GNU_SOURCE", "-Wno-unused"])
        if said:
            failed += 1
            print(f"{snippet.path}:{snippet.line}: does not compile\n{said}")
    print(f"{len(headers)} headers, {len(found)} snippets, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
