# SPDX-License-Identifier: MIT
"""The functions that a public header declares."""

import re

from source import code_only, line_of

NOT_DECLARATIONS = re.compile(
    r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*|^DUET_(?:BEGIN|END)_DECLARATIONS\b",
    re.MULTILINE)
ATTRIBUTE = re.compile(r"\bDUET_[A-Z]+\s*\([^()]*\)|"
                       r"__attribute__\s*\(\([^;]*?\)\)")
PROTOTYPE = re.compile(r"(?P<before>[^(]*?)\b(?P<name>\w+)\s*"
                       r"\((?P<parameters>.*)\)\s*;$", re.DOTALL)
TYPE_WORDS = frozenset("unsigned signed char short int long float double void "
                       "bool _Bool".split())
QUALIFIERS = frozenset("const volatile restrict struct union enum".split())


def blank(match):
    return re.sub(r"[^\n]", " ", match.group())


def declarations(text):
    """(position, text) of each top-level declaration, comments blanked."""
    code = NOT_DECLARATIONS.sub(blank, code_only(text))
    depth, begin = 0, 0
    for at, character in enumerate(code):
        depth += (character in "({[") - (character in ")}]")
        ends = character == ";" or (
            character == "}" and not re.match(r"\s*[\w;]", code[at + 1:]))
        function_body = character == "}" and \
            code[begin:at].lstrip().startswith("static")
        if depth == 0 and (ends or function_body):
            piece = code[begin:at + 1]
            yield begin + len(piece) - len(piece.lstrip()), piece.strip()
            begin = at + 1


class Prototype:
    """One function: name, line, parameters, and what stands above it."""

    def __init__(self, text, position, declaration):
        match = PROTOTYPE.match(ATTRIBUTE.sub("", declaration).strip())
        self.name = match.group("name")
        self.line = line_of(text, position)
        self.is_exported = "DUET_API" in declaration
        self.must_be_used = "DUET_MUST_USE" in declaration
        self.can_fail = re.search(r"\bint$", match.group("before").strip()) \
            is not None
        self.has_contract = re.search(r"\*/[ \t]*\n[ \t]*\Z",
                                      text[:position]) is not None
        self.parameters = split_parameters(match.group("parameters"))


def prototypes(text):
    """The functions declared, without the inline ones."""
    for position, declaration in declarations(text):
        plain = ATTRIBUTE.sub("", declaration).strip()
        if PROTOTYPE.match(plain) and not re.match(
                r"(static|typedef|struct|enum|union)\b[^(]*\{|typedef|static",
                plain):
            yield Prototype(text, position, declaration)


def split_parameters(text):
    parts, depth = [""], 0
    for character in text:
        depth += (character in "([") - (character in ")]")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [" ".join(part.split()) for part in parts]


def parameter_has_name(parameter):
    if parameter in ("void", "..."):
        return True
    if "(" in parameter:  # a pointer to a function: int (*name)(int)
        return re.search(r"\(\s*\*+\s*\w+", parameter) is not None
    plain = re.sub(r"\[[^\]]*\]", "", parameter).strip()
    words = [word for word in re.findall(r"\w+", plain)
             if word not in QUALIFIERS]
    return len(words) > 1 and not plain.endswith("*") \
        and words[-1] not in TYPE_WORDS
