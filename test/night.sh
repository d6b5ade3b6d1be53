#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Hours of what finds rare faults, on the builds that test/run.sh made: fuzzing,
# stress, sweeps, the soak. New seeds each time, which are printed.
#
#   test/night.sh
#
# Takes $DUET_NIGHT_MINUTES (480), divided among the parts. Each part says
# whether it passed; the output of one that failed stays in build/night/. The
# last line counts. Exit status: 1 if a part failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

minutes=${DUET_NIGHT_MINUTES:-480}
parts=6
share=$((minutes * 60 / parts)) # seconds
logs=build/night
passed=0 failed=0
rm -rf $logs && mkdir -p $logs

# part NAME COMMAND...
part() {
    local name=$1 log=$logs/$1.log
    shift
    echo "night: $name: $*"
    if "$@" >"$log" 2>&1 </dev/null; then
        passed=$((passed + 1))
        echo "night: $name: passed: $(tail -n 1 "$log")"
    else
        failed=$((failed + 1))
        tail -n 40 "$log"
        echo "FAILED: night: $name (whole log: $log)"
    fi
}

# repeat SIZE PROGRAM: runs of SIZE seeds, one behind the other, for a share of
# the night; from a place of its own in all seeds.
repeat() {
    local size=$1 program=$2 seed end
    end=$(($(date +%s) + share))
    seed=$(($(date +%s) % 1000000 * 1000))
    while [ "$(date +%s)" -lt $end ]; do
        echo "$program $size $seed"
        "$program" "$size" "$seed" || return
        seed=$((seed + size))
    done
}

# sweeps: again and again, for a share of the night.
sweeps() {
    local end=$(($(date +%s) + share))
    while [ "$(date +%s)" -lt $end ]; do
        ctest --test-dir build -L 'sweep|wire|differential' \
            --output-on-failure --no-tests=error || return
    done
}

targets=(test/fuzz/target_*.c)
part fuzz test/fuzz/run.sh $((share / ${#targets[@]} + 1))
part fuzz_server repeat 20000 build-address/test/fuzz/fuzz_server
part client_responses repeat 20000 build-address/test/stress/client_responses
part stress repeat 5000 build/test/stress/stress
part sweeps sweeps
part soak build/test/stress/soak "$share"
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]
