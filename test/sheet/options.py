# SPDX-License-Identifier: MIT
"""Does the sheet of options have all rows that the public headers ask for?

    python3 options.py ROOT    prints what is missing

Every field of every duet_..._options struct needs rows in test/sheet/*.c (see
sheet.h): what its type can hold at most and, if it is signed, at least; each
bound that its comment states and the number beyond it; DUET_NO_LIMIT where the
comment allows it; a value that an enum does not have; true; and of texts,
pointers and functions one that is not the default.
"""

import os
import re
import sys
from collections import namedtuple

Field = namedtuple("Field", "struct name type comment")
Row = namedtuple("Row", "value status")

UNITS = {None: 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
TYPES = {"int": (-1 << 31, (1 << 31) - 1), "int64_t": (-1 << 63, (1 << 63) - 1),
         "unsigned": (0, (1 << 32) - 1), "uint16_t": (0, (1 << 16) - 1),
         "uint64_t": (0, (1 << 64) - 1), "size_t": (0, (1 << 64) - 1)}
NAMES = {"DUET_NO_LIMIT": -1, "INT_MIN": -1 << 31, "INT_MAX": (1 << 31) - 1,
         "INT64_MIN": -1 << 63, "INT64_MAX": (1 << 63) - 1,
         "UINT_MAX": (1 << 32) - 1, "UINT64_MAX": (1 << 64) - 1,
         "SIZE_MAX": (1 << 64) - 1}

# What a comment says that is no bound of the option itself.
NO_BOUNDS = {
    "duet_server_options.connections_max":
        "the number is a bound of the default",
}

STRUCT = re.compile(r"^typedef struct (duet_\w+_options) \{\n(.*?)^\} \w+;",
                    re.S | re.M)
FIELD = re.compile(r"(?P<above>(?:\s*/\*.*?\*/)?)\s*"
                   r"(?P<declaration>[^;/]+);"
                   r"(?P<behind>[ \t]*/\*.*?\*/)?", re.S)
ROW = re.compile(r"\bROW(?:_WITH)?\(\s*(\w+),\s*(\w+)(?:\[\d\])?,"
                 r"(.*?)\)(?=\s*,?\s*(?:ROW|DEFAULTS|LIMIT|\}|/\*|$))", re.S)
LIMIT = re.compile(r"\bLIMIT\(\s*(\w+),\s*(\w+)\)")
NUMBER = r"(\d[\d,]*)(?: (KiB|MiB|GiB))?"


def plain(comment):
    return re.sub(r"\s*\n\s*\*?\s*|/\*|\*/", " ", comment or "").strip()


def fields_of(header):
    for struct, body in STRUCT.findall(header):
        for match in FIELD.finditer(body):
            declaration = " ".join(match.group("declaration").split())
            function = re.search(r"\(\*(\w+)\)", declaration)
            name = function or re.search(r"(\w+)(?:\[\d+\])?$", declaration)
            kind = "*" if function else declaration[:name.start()].strip()
            yield Field(struct, name.group(1), kind,
                        plain(match.group("above")) + " " +
                        plain(match.group("behind")))


def split_arguments(text):
    parts, depth, quoted = [""], 0, False
    for at, character in enumerate(text):
        quoted ^= character == '"' and text[at - 1] != "\\"
        depth += (character in "([{") - (character in ")]}")
        if character == "," and depth == 0 and not quoted:
            parts.append("")
        else:
            parts[-1] += character
    return [" ".join(part.split()) for part in parts]


def number(text):
    """What a constant expression is; the text itself if it is no number."""
    try:
        return int(eval(re.sub(r"\b0(\d+)\b", r"0o\1", text),
                        {"__builtins__": {}}, NAMES))
    except Exception:
        return text


def rows_of(source):
    """(struct, field) -> the rows; a DEFAULTS has the field None."""
    rows = {}
    for struct, field, rest in ROW.findall(source):
        value, status = split_arguments(rest)[:2]
        rows.setdefault((struct, field), []).append(Row(number(value), status))
    for struct, field in LIMIT.findall(source):
        rows.setdefault((struct, field), []).extend(
            [Row(-1, "0"), Row((1 << 63) - 1, "0"), Row(-2, "DUET_EINVAL"),
             Row(-1 << 63, "DUET_EINVAL")])
    for struct in re.findall(r"\bDEFAULTS\((\w+)\)", source):
        rows[struct, None] = []
    return rows


def bounds(field):
    """The numbers that the comment makes interesting."""
    def value(digits, unit):
        return int(digits.replace(",", "")) * UNITS[unit or None]

    if f"{field.struct}.{field.name}" in NO_BOUNDS:
        return set()
    found = set()
    for low, low_unit, high, high_unit in re.findall(
            NUMBER + " to " + NUMBER, field.comment):
        most = value(high, high_unit)
        least = value(low, low_unit or high_unit)
        if least >= most:  # "512 to 64 MiB"
            least = value(low, None)
        found |= {least, most, most + 1} | ({least - 1} if least > 1 else set())
    for most, unit in re.findall("at most " + NUMBER + r"(?=[.;,]|$)",
                                  field.comment):
        found |= {value(most, unit), value(most, unit) + 1}
    return found


def missing(field, rows, enums):
    """What the rows of a field lack, in words."""
    values = {row.value for row in rows}
    if field.type in TYPES:
        least, most = TYPES[field.type]
        if most not in values:
            yield f"no row with the most that {field.type} holds"
        if least < 0 and least not in values:
            yield f"no row with the least that {field.type} holds"
        for bound in sorted(bounds(field) - values):
            yield f"no row with {bound}, which its comment asks for"
        if "DUET_NO_LIMIT" in field.comment and not any(
                row.value == -1 and row.status == "0" for row in rows):
            yield "DUET_NO_LIMIT is not tried"
    elif field.type in enums:
        if not any(f"({field.type})" in str(row.value) and
                   row.status == "DUET_EINVAL" for row in rows):
            yield "no value beyond those of the enum"
    elif field.type == "bool":
        if "true" not in values:
            yield "never true"
    elif not field.type.endswith("_options") and not rows:
        yield "no row"


def octal(comment):
    return re.sub(r"\b0(\d{3,})\b",
                  lambda match: str(int(match.group(1), 8)), comment)


def findings(headers, sources):
    enums = set(re.findall(r"\} (duet_\w+);", "".join(
        re.findall(r"typedef enum.*?;", headers, re.S))))
    rows = rows_of(sources)
    fields = [field._replace(comment=octal(field.comment))
              for field in fields_of(headers)]
    for field in fields:
        for what in missing(field, rows.get((field.struct, field.name), []),
                            enums):
            yield f"{field.struct}.{field.name}: {what}"
    for struct in sorted({field.struct for field in fields}):
        if (struct, None) not in rows:
            yield f"{struct}: no DEFAULTS row"
    print(f"{len(fields)} options of {len({f.struct for f in fields})} structs,"
          f" {sum(map(len, rows.values()))} rows")


def read(folder, suffix):
    text = ""
    for name in sorted(os.listdir(folder)):
        if name.endswith(suffix):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                text += file.read()
    return text


def main():
    root = sys.argv[1]
    found = list(findings(read(os.path.join(root, "include/duet"), ".h"),
                          read(os.path.join(root, "test/sheet"), ".c")))
    for finding in found:
        print(finding)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
