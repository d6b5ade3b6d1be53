#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Fuzzes what reads bytes from strangers: each target for so many seconds.
#
#   test/fuzz/run.sh SECONDS [target...]
#
# Installs what is missing, builds into build-fuzz/ with clang, libFuzzer and
# the sanitizers. What was found new stays in build-fuzz/corpus/, the bytes of a
# failure in build-fuzz/failures/. Exit status: 1 if a target failed.
# DUET_INSTALL=no installs nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

seconds=${1:?usage: test/fuzz/run.sh SECONDS [target...]}
shift
if [ $# -eq 0 ]; then
    for source in test/fuzz/target_*.c; do
        source=${source##*/target_}
        set -- "$@" "${source%.c}"
    done
fi
third_party/install.sh build test fuzz ||
    echo "fuzz: going on with what is installed" >&2
mkdir -p build-fuzz
{
    cmake -B build-fuzz -S . -DDUET_FUZZ=ON -DDUET_SANITIZE=address \
        -DCMAKE_C_COMPILER=clang &&
        cmake --build build-fuzz --target fuzz -j "$(nproc)"
} >build-fuzz/run.log 2>&1 || {
    tail -n 40 build-fuzz/run.log >&2
    exit 1
}

failed=0
for target; do
    mkdir -p "build-fuzz/corpus/$target" build-fuzz/failures
    log=build-fuzz/$target.log
    if build-fuzz/test/fuzz/"fuzz_$target" -max_total_time="$seconds" \
        -timeout=10 -max_len=8192 -use_value_profile=1 \
        -artifact_prefix="build-fuzz/failures/$target-" \
        "build-fuzz/corpus/$target" "test/fuzz/corpus/$target" \
        >"$log" 2>&1; then
        echo "fuzz: $target: $(grep '^Done' "$log")"
    else
        tail -n 40 "$log"
        echo "fuzz: $target: FAILED"
        failed=1
    fi
done
exit "$failed"
