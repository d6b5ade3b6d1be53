#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs what is missing, builds, and fetches many URLs at once:
#
#   examples/quickstart.sh          2,000 URLs from a duet server of this folder
#   examples/quickstart.sh FILE     the URLs in FILE, one in each line
#
# The build is in build/; the records, one line of JSON for each URL, are in
# build/quickstart.jsonl. Exit status: that of `duet fetch`; 1 if something
# could not be installed, built or started.
set -euo pipefail

at_once=64
urls=2000
server_pid=
folder=

say() { echo "quickstart: $*" >&2; }

finish() {
    if [ -n "$server_pid" ]; then
        kill "$server_pid" 2>/dev/null || true
        wait "$server_pid" 2>/dev/null || true
    fi
    [ -z "$folder" ] || rm -rf "$folder"
}
trap finish EXIT
trap 'exit 130' INT TERM

build_targets() {
    cmake --build build -j "$(nproc)" --target duet_tool example_13_routes \
        >"$1" 2>&1
}

# A build folder that is there is used as it is: it may be that of the tests. If
# it is of an older tree, which had other files, it is brought up to date.
build() {
    local log=$folder/build.log
    [ -e build/duet ] || say "building; this takes a minute the first time"
    if [ ! -e build/Makefile ] && [ ! -e build/build.ninja ]; then
        cmake -S . -B build -DDUET_TESTS=OFF >"$log" 2>&1 ||
            fail_build "$log" || return
    fi
    build_targets "$log" ||
        { cmake build >"$log" 2>&1 && build_targets "$log"; } ||
        fail_build "$log"
}

fail_build() {
    tail -n 30 "$1" >&2
    say "it does not build; the end of what was said is above"
    return 1
}

# Starts a server on a free port; sets `origin` to where it is.
start_server() {
    local log=$folder/server.log tries
    build/examples/13_routes 0 >"$log" 2>&1 &
    server_pid=$!
    for ((tries = 0; tries < 200; tries++)); do
        origin=$(sed -n 's/^listening on //p' "$log")
        [ -z "$origin" ] || return 0
        kill -0 "$server_pid" 2>/dev/null || break
        sleep 0.05
    done
    cat "$log" >&2
    say "the server did not start"
    return 1
}

# Prints what the records say.
report() {
    LC_ALL=C awk '
        function value(name,    start) {
            start = index($0, "\"" name "\":")
            if (start == 0)
                return ""
            start = substr($0, start + length(name) + 3)
            if (substr(start, 1, 1) == "\"")
                return substr(start, 2, index(start, "\",\"") - 2)
            sub(/[,}].*/, "", start)
            return start
        }
        {
            count++
            bytes += value("bytes")
            reused += value("reused") == "true"
            if (value("total_ms") + 0 >= slowest + 0) {
                slowest = value("total_ms")
                slowest_url = value("url")
            }
            if (value("error") != "null" && ++failed <= 5)
                failures = failures "           " value("url") ": " \
                    value("error") ", " value("error_detail") "\n"
        }
        END {
            printf "  records  %d, in build/quickstart.jsonl\n", count
            printf "  bodies   %d bytes; %d on a connection that was open\n",
                bytes, reused
            if (count > 0)
                printf "  slowest  %.1f ms: %s\n", slowest, slowest_url
            printf "  failures %d\n%s", failed, failures
            if (failed > 5)
                printf "           and %d more\n", failed - 5
        }' build/quickstart.jsonl
}

main() {
    local list=${1:-} status=0
    if [ $# -gt 1 ] || [[ $list == -* ]]; then
        say "usage: quickstart.sh [FILE]"
        exit 2
    fi
    if [ -n "$list" ] && ! list=$(realpath -e -- "$list" 2>/dev/null); then
        say "$1: no such file"
        exit 2
    fi
    cd "$(dirname "${BASH_SOURCE[0]}")/.."
    folder=$(mktemp -d)
    third_party/install.sh build || {
        say "the packages that duet needs could not be installed"
        exit 1
    }
    build || exit 1
    if [ -z "$list" ]; then
        start_server || exit 1
        list=$folder/urls.txt
        for ((i = 1; i <= urls; i++)); do
            echo "$origin/people/visitor-$i"
        done >"$list"
        echo "fetching $urls URLs from $origin, $at_once at once"
    else
        echo "fetching the URLs in $list, $at_once at once"
    fi
    build/duet fetch -n "$at_once" -i "$list" >build/quickstart.jsonl ||
        status=$?
    report
    exit "$status"
}

main "$@"
