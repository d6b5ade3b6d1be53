#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# libduet.so, and libduet_database.so where it is built, export what the public
# headers promise with DUET_API, all of it and nothing else. The stack is not
# executable, whatever the assembly says.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

nm -D --defined-only "$DUET_BUILD_DIR"/libduet*.so | awk 'NF == 3 { print $3 }' |
    sort >"$work/exported"
# The name before the first parenthesis of each prototype; comments go first.
for header in "$DUET_SOURCE_DIR"/include/duet/*.h; do
    case $header in
    */database*) [ -e "$DUET_BUILD_DIR/libduet_database.so" ] || continue ;;
    esac
    tr '\n' ' ' <"$header" | sed 's|/\*\([^*]\|\*[^/]\)*\*/| |g; s|;|;\n|g'
done | grep -v '#define DUET_API' |
    sed -n 's/DUET_PRINTF([^)]*)//; s/.*DUET_API[^(]*\b\(duet_[a-z0-9_]*\)(.*/\1/p' |
    sort -u >"$work/promised"

[ -s "$work/promised" ] || { echo "no DUET_API prototype found"; exit 1; }
missing=$(comm -13 "$work/exported" "$work/promised")
extra=$(comm -23 "$work/exported" "$work/promised")
[ -z "$missing" ] || echo "promised by a header, not exported:" $missing
[ -z "$extra" ] || echo "exported, in no header:" $extra
echo "$(wc -l <"$work/exported") symbols exported"
[ -z "$missing$extra" ] || exit 1
if LC_ALL=C readelf -lW "$DUET_BUILD_DIR/libduet.so" |
    grep GNU_STACK | grep -q RWE; then
    echo "libduet.so asks for an executable stack"
    exit 1
fi
