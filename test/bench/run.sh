#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Measures duet against bare programs and peers, and prints a table.
#
#   test/bench/run.sh [--quick] [--list] [option...] [row...]
#
# Installs what is missing, builds into build-bench/, then runs bench.py, which
# lists all options under --help. DUET_INSTALL=no installs nothing: rows whose
# peer is missing say so.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if [ -x third_party/install.sh ]; then
    third_party/install.sh build bench ||
        echo "bench: going on with what is installed" >&2
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
{
    cmake -B build-bench -S . -DDUET_BENCH=ON -DDUET_TESTS=OFF \
        -DDUET_EXAMPLES=OFF -DCMAKE_BUILD_TYPE=RelWithDebInfo &&
        cmake --build build-bench -j "$(nproc)"
} >"$log" 2>&1 || {
    tail -n 40 "$log" >&2
    exit 1
}
python3 test/bench/bench.py --build build-bench "$@"
