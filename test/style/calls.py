# SPDX-License-Identifier: MIT
"""How the files and rooms of src/ use each other, as the compiler saw it.

    python3 calls.py ROOT NM OBJECTS    prints "file:line: what" for each breach

OBJECTS is a file with the paths of the object files, one in a line. Their
symbol tables tell which file calls, or names, what another defines; calls
through pointers are not seen. The rules:

- No two files use each other, directly or through others.
- A room uses rooms of its own floor that stand before it in src/rooms.cmake,
  by symbols and by includes.
- No room has more than ROOM_FILES sources, and each is in that list.
- A header declares what the source of its name defines; one that has none,
  because several have what is declared for different machines, what one of
  them defines.
"""

import os
import re
import subprocess
import sys
from collections import defaultdict

from checks import includes
from source import Finding, c_files, code_only, line_of, read_tree

ROOM_FILES = 17

DECLARED = re.compile(r"\b(duet__\w+) ?\(")


def read_symbols(nm, objects):
    """Two maps: symbol -> the source that defines it, source -> what it needs."""
    defined, needed = {}, defaultdict(set)
    lines = subprocess.run([nm, "-A", "-P", *objects], check=True, text=True,
                           stdout=subprocess.PIPE).stdout.splitlines()
    for line in lines:
        path, name, kind = line.split()[:3]
        source = "src/" + path.split("/src/", 1)[1].rsplit(".", 1)[0]
        if kind == "U":
            needed[source].add(name)
        elif kind in "TDBRVWC":
            defined.setdefault(name, source)
    return defined, needed


def uses_of(defined, needed):
    """source -> the source it uses -> the symbols, sorted."""
    uses = defaultdict(lambda: defaultdict(list))
    for source, names in needed.items():
        for name in sorted(names):
            if defined.get(name, source) != source:
                uses[source][defined[name]].append(name)
    return uses


def circles(graph):
    """The groups of nodes that reach each other (Tarjan), each sorted."""
    order, low, stack, found = {}, {}, [], []

    def visit(node):
        order[node] = low[node] = len(order)
        stack.append(node)
        for other in sorted(graph.get(node, ())):
            if other not in order:
                visit(other)
            if other in stack:
                low[node] = min(low[node], low[other])
        if low[node] == order[node]:
            at = stack.index(node)
            if len(stack) - at > 1:
                found.append(sorted(stack[at:]))
            del stack[at:]

    for node in sorted(graph):
        if node not in order:
            visit(node)
    return found


def check_files(uses):
    for group in circles(uses):
        ties = [f"{source} uses {', '.join(uses[source][other])} of {other}"
                for source in group for other in group if other in uses[source]]
        yield Finding(group[0], 1, "a circle of files: " + "; ".join(ties))


def rooms_in_order(tree):
    """The list of src/rooms.cmake."""
    text = re.sub(r"#.*", "", tree.get("src/rooms.cmake", ""))
    return [room for words in re.findall(r"set\(duet_\w*rooms([^)]*)\)", text)
            for room in words.split()]


def check_rooms(tree, uses):
    order = {room: at for at, room in enumerate(rooms_in_order(tree))}
    used = {(source, other) for source in uses for other in uses[source]}
    for path, text in c_files(tree, "src"):
        used |= {(path, "src/" + name) for _, quote, name in includes(text)
                 if quote == '"'}
    for path, other in sorted(used):
        room, below = (os.path.dirname(file)[len("src/"):]
                       for file in (path, other))
        if room.split("/")[0] == below.split("/")[0] \
                and order.get(below, 0) > order.get(room, 0):
            yield Finding(path, 1, f"uses {other}, and {below} stands above "
                          f"{room} in src/rooms.cmake")


def check_room_sizes(tree):
    sizes = defaultdict(list)
    for path, _ in c_files(tree, "src"):
        if path.endswith(".c"):
            sizes[os.path.dirname(path)].append(path)
    rooms = rooms_in_order(tree)
    for room, paths in sorted(sizes.items()):
        if room[len("src/"):] not in rooms:
            yield Finding(paths[0], 1, f"{room} is not in src/rooms.cmake")
        if len(paths) > ROOM_FILES:
            yield Finding(paths[0], 1, f"{room} has {len(paths)} sources; a "
                          f"room has at most {ROOM_FILES}")


def declarations(text):
    """(name, line) of the functions that a header declares and does not
    define."""
    code, depth, start = code_only(text), 0, 0
    for at, byte in enumerate(code):
        depth += (byte == "{") - (byte == "}")
        if byte == "}" and depth == 0:
            start = at + 1
        elif byte == ";" and depth == 0:
            match = DECLARED.search(code, start, at)
            if match and not code[start:at].lstrip().startswith("typedef"):
                yield match.group(1), line_of(code, match.start())
            start = at + 1


def check_headers(tree, defined):
    for path, text in c_files(tree, "src"):
        if not path.endswith(".h"):
            continue
        own = path[:-2] + ".c" if path[:-2] + ".c" in tree else None
        for name, line in declarations(text):
            own = own or defined.get(name)
            if defined.get(name, own) != own:
                yield Finding(path, line, f"{name} is defined in "
                              f"{defined[name]}")


def check(tree, nm, objects):
    defined, needed = read_symbols(nm, objects)
    uses = uses_of(defined, needed)
    yield from check_files(uses)
    yield from check_rooms(tree, uses)
    yield from check_room_sizes(tree)
    yield from check_headers(tree, defined)


def main():
    root, nm, list_of_objects = sys.argv[1:]
    with open(list_of_objects, encoding="utf-8") as file:
        objects = file.read().split("\n")
    found = list(check(read_tree(root), nm, [path for path in objects if path]))
    for finding in found:
        print(f"{finding.path}:{finding.line}: {finding.what}")
    print(f"{len(objects)} objects, {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
