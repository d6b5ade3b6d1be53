#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A number of milliseconds where a deadline belongs does not compile, in C and
# in C++; a deadline there does.
#
#   deadline.sh C_COMPILER CXX_COMPILER
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# compiles LANGUAGE COMPILER DEADLINE
compiles() {
    printf '#include <duet/duet.h>\nint f(void);\nint f(void)\n{ return %s; }\n' \
        "duet_sleep($3)" | "$2" -x "$1" -I"$DUET_SOURCE_DIR/include" \
        -fsyntax-only - 2>"$work/said"
}

refuses() {
    if compiles "$@"; then
        echo "$1: duet_sleep($3) compiles"
        exit 1
    fi
    grep -qE 'duet_deadline' "$work/said" || {
        cat "$work/said"
        echo "$1: the error does not name duet_deadline"
        exit 1
    }
}

languages() {
    "$@" c "$c" "$deadline"
    if command -v "$cxx" >/dev/null; then
        "$@" c++ "$cxx" "$deadline"
    fi
}

c=$1 cxx=$2
for deadline in 'duet_in_ms(10)' DUET_NEVER DUET_NOW 'duet_at_ns(5)'; do
    languages compiles || { cat "$work/said" && exit 1; }
done
for deadline in 0 10000 INT64_MAX; do
    languages refuses
done
