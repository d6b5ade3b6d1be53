#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# curl -Z as a peer: fetches URL/0, URL/1, ... AT_ONCE at a time in one process.
# The URLs come from a file, as a list of URLs does.
# usage: curl_fetch.sh URL COUNT AT_ONCE
set -euo pipefail
list=$(mktemp)
trap 'rm -f "$list"' EXIT
for ((n = 0; n < $2; n++)); do
    printf 'url = "%s/%d"\noutput = "/dev/null"\n' "$1" "$n"
done > "$list"
begin=$(date +%s.%N)
errors=0
curl -q -Z -s --fail --parallel-max "$3" -K "$list" || errors=1
end=$(date +%s.%N)
printf '{"requests": %d, "seconds": %s, "errors": %d}\n' "$2" \
    "$(printf '%s - %s\n' "$end" "$begin" | awk '{printf "%.6f", $1 - $3}')" "$errors"
