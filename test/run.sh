#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs what is missing, builds, and runs every test: once as it is, once
# under the address and undefined-behaviour sanitizers. The last line counts.
#
#   test/run.sh [--quick] [--valgrind] [--thread] [--ucontext] [--clang]
#               [--aarch64] [--all]
#
#   --quick     leaves the sanitizer run out
#   --valgrind  the unit tests under Valgrind, too
#   --thread    every test under the thread sanitizer, too
#   --ucontext  every test on the ucontext switch, too
#   --clang     builds with clang, warnings are errors, every test, too
#   --aarch64   cross-built, every test under user-mode emulation, too
#   --all       all of these
#
# The builds stay in build/, build-address/, build-thread/ and so on. Exit
# status: 0 if all passed, 1 if a test failed or a build did.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

jobs=$(nproc)
passed=0 failed=0 skipped=0
problems=()

title() { printf '\n== %s\n' "$*"; }

# count PASSED FAILED SKIPPED
count() {
    passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
}

problem() {
    problems+=("FAILED: $*")
    echo "FAILED: $*"
}

skip() {
    problems+=("SKIPPED: $*")
    echo "SKIPPED: $*"
    count 0 0 1
}

# build FOLDER [cmake option...]
build() {
    local folder=$1 log
    shift
    mkdir -p "$folder"
    log=$folder/run.log
    if ! { cmake -S . -B "$folder" -DDUET_TESTS=ON "$@" && cmake --build "$folder" -j "$jobs"; } \
        >"$log" 2>&1; then
        tail -n 40 "$log"
        problem "$folder does not build (whole log: $log)"
        count 0 1 0
        return 1
    fi
    grep -E 'warning:' "$log" && problem "$folder: compiler warnings" &&
        count 0 1 0
    return 0
}

# attribute NAME FILE: of the first element that has it
attribute() { sed -n "s/.*[ \t]$1=\"\([0-9]*\)\".*/\1/p" "$2" | head -n 1; }

# run_ctest FOLDER COMMAND...: a ctest command for that folder
run_ctest() {
    local folder=$1 junit=$PWD/$1/run.xml status
    shift
    rm -f "$junit"
    "$@" -j "$jobs" --output-on-failure --no-tests=error \
        --output-junit "$junit" </dev/null | grep -vE '^ +Start +[0-9]+:'
    status=${PIPESTATUS[0]}
    if [ "$status" = 77 ]; then
        skip "$folder"
    elif [ -s "$junit" ]; then
        count_junit "$folder" "$junit"
    else
        problem "$folder: ctest did not run"
        count 0 1 0
    fi
}

count_junit() {
    local folder=$1 junit=$2 all bad left name
    all=$(attribute tests "$junit") bad=$(attribute failures "$junit")
    left=$(($(attribute skipped "$junit") + $(attribute disabled "$junit")))
    count $((all - bad - left)) "$bad" "$left"
    for name in $(named '"fail"' "$junit"); do
        problems+=("FAILED: $folder: $name")
    done
    for name in $(named '"\(notrun\|disabled\)"' "$junit"); do
        problems+=("SKIPPED: $folder: $name")
    done
}

# named STATUS FILE: the test cases that have it
named() {
    sed -n "s/.*<testcase name=\"\([^\"]*\)\".*status=$1.*/\1/p" "$2"
}

run_valgrind() {
    local name log=build/valgrind
    command -v valgrind >/dev/null || { skip "no valgrind here" && return; }
    rm -rf "$log" && mkdir "$log"
    for name in build/test/unit_*; do
        [ -x "$name" ] && [ -f "$name" ] && basename "$name"
    done | xargs -P "$jobs" -I{} sh -c '
        timeout 900 valgrind -q --error-exitcode=99 --leak-check=full \
            --errors-for-leak-kinds=definite,indirect --fair-sched=try \
            --num-callers=30 "build/test/$1" >"$2/$1.log" 2>&1
        status=$?
        case $status in
        0) word=passed ;;
        77) word=skipped ;;
        *) word=failed ;;
        esac
        echo $word >"$2/$1.word"
        echo "valgrind: $1: $word"' sh {} "$log"
    for name in "$log"/*.word; do
        case $(cat "$name") in
        passed) count 1 0 0 ;;
        skipped) count 0 0 1 ;;
        *)
            count 0 1 0
            tail -n 40 "${name%.word}.log"
            problem "valgrind: $(basename "$name" .word)"
            ;;
        esac
    done
}

usage() {
    sed -n '3,/^set /{/^set /d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"
}

quick=no valgrind=no thread=no ucontext=no clang=no aarch64=no
for argument in "$@"; do
    case $argument in
    --quick) quick=yes ;;
    --valgrind) valgrind=yes ;;
    --thread) thread=yes ;;
    --ucontext) ucontext=yes ;;
    --clang) clang=yes ;;
    --aarch64) aarch64=yes ;;
    --all) valgrind=yes thread=yes ucontext=yes clang=yes aarch64=yes ;;
    --help | -h) usage && exit ;;
    *) usage >&2 && exit 2 ;;
    esac
done

# Too large an allocation fails, as it does without sanitizers.
export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1
export UBSAN_OPTIONS=print_stacktrace=1
export LSAN_OPTIONS=print_suppressions=0
export TSAN_OPTIONS=second_deadlock_stack=1:halt_on_error=1

# What killed tests leave ends with this run; what a killed run left, a day
# later.
temporary=$(mktemp -d "${TMPDIR:-/tmp}/duet-run-XXXXXX")
trap 'rm -rf "$temporary"' EXIT
find "$(dirname "$temporary")" -maxdepth 1 -name 'duet-run-*' -mtime +0 \
    -exec rm -rf {} +
export TMPDIR=$temporary

third_party/install.sh build test database || {
    echo "FAILED: the packages above are missing"
    echo "0 passed, 1 failed"
    exit 1
}

title "build"
build build -DDUET_SANITIZE= && run_ctest build ctest --test-dir build
if [ $quick = yes ]; then
    skip "the sanitizer run (--quick)"
else
    title "address and undefined-behaviour sanitizers"
    build build-address -DDUET_SANITIZE=address &&
        run_ctest build-address ctest --test-dir build-address -LE style
fi
if [ $valgrind = yes ]; then
    title "Valgrind, unit tests"
    run_valgrind
fi
if [ $thread = yes ]; then
    title "thread sanitizer"
    # gcc 12's runtime does not know the address layouts of newer kernels.
    fixed=
    if setarch -R true 2>/dev/null; then
        fixed="setarch -R"
    fi
    build build-thread -DDUET_SANITIZE=thread &&
        run_ctest build-thread $fixed ctest --test-dir build-thread -LE style
fi
if [ $ucontext = yes ]; then
    title "ucontext"
    build build-ucontext -DDUET_CONTEXT=ucontext &&
        run_ctest build-ucontext ctest --test-dir build-ucontext -LE style
fi
if [ $clang = yes ]; then
    title "clang"
    if command -v clang >/dev/null; then
        build build-clang -DCMAKE_C_COMPILER=clang &&
            run_ctest build-clang ctest --test-dir build-clang -LE style
    else
        skip "no clang here"
    fi
fi
if [ $aarch64 = yes ]; then
    title "AArch64 by emulation"
    mkdir -p build-aarch64
    run_ctest build-aarch64 test/aarch64.sh -LE style
fi

title "all"
for line in "${problems[@]}"; do
    echo "$line"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
