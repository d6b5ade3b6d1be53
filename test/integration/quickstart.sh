#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The README's first command: 2,000 URLs from its own server, the URLs of a
# file, and nothing left behind. It builds in build/, so it is tried there only.
set -euo pipefail

[ "$DUET_BUILD_DIR" = "$DUET_SOURCE_DIR/build" ] || {
    echo "SKIPPED: examples/quickstart.sh is tried with build/ only"
    exit 77
}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export DUET_INSTALL=no
quickstart=$DUET_SOURCE_DIR/examples/quickstart.sh

# run STATUS [argument...]: what it said goes to the file `said`
run() {
    local expected=$1 status=0
    shift
    "$quickstart" "$@" >said 2>&1 || status=$?
    [ "$status" = "$expected" ] || {
        cat said
        echo "exit status $status, not $expected: quickstart.sh $*"
        exit 1
    }
}

# says TEXT: that was said
says() {
    grep -qF -- "$1" said || {
        cat said
        echo "'$1' was not said"
        exit 1
    }
}

run 0
says "2000 fetched, 0 failed"
says "at most 64 at once"
says "records  2000"
says "failures 0"
port=$(sed -n 's/^fetching .*:\([0-9]*\),.*/\1/p' said)
if (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
    echo "the server still runs"
    exit 1
fi

printf '# a list\nhttp://127.0.0.1:%s/\nnonsense\n' "$port" >list.txt
run 1 list.txt
says "records  2"
says "failures 2"
says "nonsense: DUET_EURL"

run 2 missing.txt
says "missing.txt: no such file"
run 2 --wat
