# SPDX-License-Identifier: MIT
"""Do the tables of misuse have all functions that the public headers ask for?

    python3 misuse.py ROOT    prints what is missing

A function whose contract names DUET_ENOLOOP must be called without a loop, and
one of whose parameters "NULL does nothing" or "NULL returns 0" with NULL, in
one of the files below.
"""

import os
import re
import sys

import codes

TABLES = ("test/sheet/misuse.c", "test/sheet/misuse_database.c",
          "test/integration/waiting_calls.c")


def main():
    root = sys.argv[1]
    text = "".join(codes.read(os.path.join(root, path)) for path in TABLES
                   if os.path.exists(os.path.join(root, path)))
    rows = set(re.findall(r"\bX\((duet_\w+)", text))
    rows |= set(re.findall(r"return (duet_\w+)\(", text))
    nulls = set(re.findall(r"\b(duet_\w+)\((?:\w+, )?NULL\b", text))
    missing = [f"{name}: not called where no loop runs"
               for name, named, _ in codes.contracts(root)
               if "DUET_ENOLOOP" in named and name not in rows]
    for header in codes.headers(root).values():
        for function in codes.prototypes(header):
            told = codes.contract_of(header, function.line)
            if re.search("NULL (does nothing|returns 0)",
                         " ".join(told.replace("*", " ").split())) \
                    and function.name not in nulls:
                missing.append(f"{function.name}: not called with NULL")
    for what in missing:
        print(what)
    print(f"{len(rows)} functions are called where no loop runs, "
          f"{len(nulls)} with NULL")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
