# SPDX-License-Identifier: MIT
"""The tree as the checks see it: path -> text, and C text without comments."""

import os
import re
from collections import namedtuple

Finding = namedtuple("Finding", "path line what")

FOLDERS = ("include", "src", "examples", "test", "third_party")
FILES = ("CMakeLists.txt", "README.md", "CHANGELOG.md", ".ci/run")
SUFFIXES = (".c", ".h", ".S", ".py", ".sh", ".cmake", ".in", ".txt", ".md")


def read_tree(root):
    """Every file that a check may look at."""
    paths = [path for path in FILES if os.path.isfile(os.path.join(root, path))]
    for folder in FOLDERS:
        for where, folders, names in os.walk(os.path.join(root, folder)):
            folders[:] = sorted(f for f in folders if f != "__pycache__")
            paths += [os.path.relpath(os.path.join(where, name), root)
                      for name in sorted(names) if name.endswith(SUFFIXES)]
    tree = {}
    for path in paths:
        with open(os.path.join(root, path), encoding="utf-8") as file:
            tree[path] = file.read()
    return tree


def is_c(path):
    return path.endswith((".c", ".h"))


def c_files(tree, *folders):
    """(path, text) of the C files below the folders; all if none is given."""
    return [(path, text) for path, text in sorted(tree.items())
            if is_c(path) and (not folders
                               or path.startswith(tuple(f + "/"
                                                        for f in folders)))]


C_PIECE = re.compile(r'''
    (?P<comment> /\*.*?\*/ | //[^\n]* )
  | (?P<string>  "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' )
''', re.VERBOSE | re.DOTALL)


def _blank(piece):
    return re.sub(r"[^\n]", " ", piece)


def code_only(text, strings=False):
    """The text with comments, and strings unless asked for, blanked out; every
    character keeps its line and column."""
    def replace(match):
        if match.group("comment"):
            return _blank(match.group())
        if strings:
            return match.group()
        return match.group()[0] + _blank(match.group()[1:-1]) \
            + match.group()[-1]
    return C_PIECE.sub(replace, text)


def line_of(text, position):
    return text.count("\n", 0, position) + 1
