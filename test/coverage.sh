#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Which lines of the source the tests enter, by room: a build at -O0 in
# build-coverage/, every test, and a table.
#
#   test/coverage.sh [argument of ctest...]      for example: -L unit
#
# build-coverage/lines.txt lists the lines that no test enters.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

third_party/install.sh build test database ||
    echo "coverage: going on with what is installed" >&2
mkdir -p build-coverage
{
    cmake -S . -B build-coverage -DDUET_TESTS=ON -DCMAKE_BUILD_TYPE=Debug \
        -DCMAKE_C_FLAGS="-O0 --coverage" &&
        cmake --build build-coverage -j "$(nproc)"
} >build-coverage/run.log 2>&1 || {
    tail -n 40 build-coverage/run.log >&2
    exit 1
}
find build-coverage -name '*.gcda' -delete
ctest --test-dir build-coverage -j "$(nproc)" -LE 'style|bench' "$@" \
    >build-coverage/tests.log 2>&1 </dev/null
status=$?
grep -E 'tests passed|Failed|Timeout' build-coverage/tests.log
exec_path=$(command -v gcov)
[ -n "$exec_path" ] || { echo "coverage: no gcov here" >&2 && exit 1; }
/usr/bin/env python3 -B test/coverage.py build-coverage || exit 1
exit $status
