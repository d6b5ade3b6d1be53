#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs what is missing, builds, and runs every test: once as it is, once
# under the address and undefined-behaviour sanitizers; and, for some two
# minutes, under Valgrind and the thread sanitizer what a change touched. The
# last line counts.
#
#   test/run.sh [--quick] [--since REF] [--valgrind] [--thread] [--ucontext]
#               [--clang] [--aarch64] [--all] [--soak MINUTES] [--night]
#               [--not-here] [--debian 12|13 [flag...]]...
#
#   --quick     leaves the sanitizer runs out
#   --since REF what changed since that commit; otherwise since this branch left
#               that of its origin, or in the last commits (test/touched.py)
#   --valgrind  the unit tests under Valgrind, too
#   --thread    every test under the thread sanitizer, too
#   --ucontext  every test on the ucontext switch, too
#   --clang     builds with clang, warnings are errors, every test, too
#   --aarch64   cross-built, every test under user-mode emulation, too
#   --all       all of the above
#   --soak M    M minutes of mixed traffic on one loop, in which nothing may grow
#   --night     all of the above, and hours of fuzzing, stress, soak and sweeps
#               (test/night.sh)
#   --not-here  only what --debian says
#   --debian N  in a bare Debian N, too: examples/quickstart.sh, then this
#               script with the flags that follow
#
# The builds stay in build/, build-address/, build-thread/ and so on. A bare
# Debian (some 3 GB, root's; test/bare_system.sh makes it) stays in $DUET_SYSTEMS
# or ~/.cache/duet-systems and takes root, or sudo. Exit status: 0 if all passed,
# 1 if a test failed or a build did, or an asked-for system could not be made.
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

# build FOLDER [cmake option...] [-- target...]
build() {
    local folder=$1 log options=()
    shift
    while [ $# -gt 0 ] && [ "$1" != -- ]; do
        options+=("$1")
        shift
    done
    [ $# -eq 0 ] || shift
    mkdir -p "$folder"
    log=$folder/run.log
    if ! { cmake -S . -B "$folder" -DDUET_TESTS=ON "${options[@]}" &&
        cmake --build "$folder" -j "$jobs" ${1:+--target "$@"}; } \
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
    local folder=$1 junit=$2 all bad left name line
    all=$(attribute tests "$junit") bad=$(attribute failures "$junit")
    left=$(($(attribute skipped "$junit") + $(attribute disabled "$junit")))
    count $((all - bad - left)) "$bad" 0
    for name in $(named '"fail"' "$junit"); do
        problems+=("FAILED: $folder: $name")
    done
    while IFS= read -r line; do
        problems+=("SKIPPED: $folder: $line")
        count 0 0 1
    done < <(skipped_cases "$junit")
}

# skipped_cases FILE: what was skipped and why: tests, and cases of tests that
# passed without them
skipped_cases() {
    awk '/<testcase name="/ {
            split($0, part, "\"")
            name = part[2]
            silent = $0 ~ /status="(notrun|disabled)"/
        }
        /SKIPPED: / {
            sub(/.*SKIPPED: /, "")
            print name ": " $0
            silent = 0
        }
        /<\/testcase>/ && silent { print name ": it does not say why" }' "$1"
}

# named STATUS FILE: the test cases that have it
named() {
    sed -n "s/.*<testcase name=\"\([^\"]*\)\".*status=$1.*/\1/p" "$2"
}

# run_each WORD FOLDER SECONDS COMMAND...: the command with each test program of
# FOLDER that standard input names. After SECONDS none is begun any more, and
# none goes on for a minute; 0: all of them, however long it takes.
run_each() {
    local word=$1 folder=$2 seconds=$3 name log=$2/$1 end=9999999999 most=900
    shift 3
    if [ "$seconds" -gt 0 ]; then
        end=$(($(date +%s) + seconds)) most=$((seconds + 60))
    fi
    rm -rf "$log" && mkdir -p "$log"
    export end most log word folder
    xargs -P "$jobs" -I{} sh -c '
        name=$1
        shift
        [ "$(date +%s)" -lt "$end" ] || exit 0
        timeout -s KILL "$most" "$@" "$folder/test/$name" \
            >"$log/$name.log" 2>&1 </dev/null
        case $? in
        0) said=passed ;;
        77) said=skipped ;;
        137) said=unfinished ;;
        *) said=failed ;;
        esac
        [ $said != unfinished ] || [ "$end" != 9999999999 ] || said=failed
        echo $said >"$log/$name.word"
        echo "$word: $name: $said"' sh {} "$@"
    for name in "$log"/*.word; do
        [ -f "$name" ] || continue
        case $(cat "$name") in
        passed) count 1 0 0 ;;
        skipped) count 0 0 1 ;;
        unfinished) ;;
        *)
            count 0 1 0
            tail -n 40 "${name%.word}.log"
            problem "$word: $(basename "$name" .word)"
            ;;
        esac
    done
}

valgrind_command=(valgrind -q --error-exitcode=99 --leak-check=full
    --errors-for-leak-kinds=definite,indirect --fair-sched=try
    --num-callers=30 "--suppressions=$PWD/test/valgrind.supp")

run_valgrind() {
    local name
    command -v valgrind >/dev/null || { skip "no valgrind here" && return; }
    for name in build/test/unit_*; do
        [ -x "$name" ] && [ -f "$name" ] && basename "$name"
    done | run_each valgrind build 0 "${valgrind_command[@]}"
}

# run_touched: Valgrind and the thread sanitizer, a minute each, for the tests
# that a change touched, and the whole for what is asked for by a flag.
run_touched() {
    local list=$temporary/touched first
    title "what changed, under Valgrind and the thread sanitizer"
    /usr/bin/env python3 -B test/touched.py build ${since:+--since "$since"} \
        >"$list" 2>"$list.said"
    case $? in
    0) cat "$list.said" ;;
    77)
        skip "Valgrind and the thread sanitizer: $(cat "$list.said")"
        return
        ;;
    *)
        problem "$(cat "$list.said")"
        count 0 1 0
        return
        ;;
    esac
    [ -s "$list" ] || return
    if [ $valgrind = no ] && command -v valgrind >/dev/null; then
        grep '^unit_' "$list" >"$list.unit"
        run_each valgrind build 60 "${valgrind_command[@]}" <"$list.unit"
        tell_left_out valgrind build "$list.unit"
    elif [ $valgrind = no ]; then
        skip "no valgrind here"
    fi
    [ $thread = yes ] || run_touched_thread "$list"
}

# tell_left_out WORD FOLDER LIST
tell_left_out() {
    local ended
    ended=$(cat "$2/$1"/*.word 2>/dev/null | grep -vc unfinished)
    echo "$1: $ended of $(wc -l <"$3") that the change touched" \
        "(--$1 runs all there are)"
}

# Building a test costs more than running it: no more than a dozen.
run_touched_thread() {
    local list=$1 fixed=
    ! setarch -R true 2>/dev/null || fixed="setarch -R"
    echo 'int main(void) { return 0; }' >"$temporary/probe.c"
    if ! cc -fsanitize=thread "$temporary/probe.c" -o "$temporary/probe" ||
        ! $fixed "$temporary/probe"; then
        skip "the thread sanitizer does not run here"
        return
    fi >/dev/null 2>&1
    head -n 12 "$list" >"$list.few"
    build build-thread -DDUET_SANITIZE=thread -- $(cat "$list.few") || return
    run_each thread build-thread 60 $fixed env <"$list.few"
    tell_left_out thread build-thread "$list"
}

# run_debian VERSION [flag...]: what runs there ends when this script does,
# which holds the pipe that it reads.
run_debian() {
    local version=$1 alive=$temporary/alive log=$temporary/debian.log as_root=
    local cache=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}
    local systems=${DUET_SYSTEMS:-$cache/duet-systems}
    third_party/install.sh system || true # the script says what is missing
    [ "$(id -u)" = 0 ] || as_root="sudo --preserve-env=DUET_MIRROR"
    rm -f "$alive" && mkfifo "$alive" && exec 8<>"$alive"
    {
        $as_root bash test/bare_system.sh "$version" "$systems" "${@:2}" \
            <"$alive" 2>&1 | tee "$log"
    } 8>&- &
    bare=$!
    wait $bare
    exec 8>&-
    bare=
    count_debian "$version" "$log"
}

# count_debian VERSION LOG: the counts of each part, and what the last one says
# at its end
count_debian() {
    local version=$1 log=$2 passes failures skips line
    while read -r passes _ failures _ skips _; do
        count "$passes" "$failures" "$skips"
    done < <(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$log")
    if grep -q '^== all$' "$log"; then
        while IFS= read -r line; do
            problems+=("${line/: /: debian $version: }")
        done < <(sed '1,/^== all$/d' "$log" | grep -E '^(FAILED|SKIPPED): ')
    else
        count 0 1 0
        problem "debian $version: not run to its end: $(tail -n 1 "$log")"
    fi
}

finish() {
    exec 8>&-
    [ -z "$bare" ] || wait "$bare"
    rm -rf "$temporary"
}

run_address() {
    if [ $quick = yes ]; then
        skip "the sanitizer runs (--quick)"
        return
    fi
    title "address and undefined-behaviour sanitizers"
    build build-address -DDUET_SANITIZE=address &&
        run_ctest build-address ctest --test-dir build-address -LE style
}

run_thread() {
    local fixed=
    title "thread sanitizer"
    # gcc 12's runtime does not know the address layouts of newer kernels.
    if setarch -R true 2>/dev/null; then
        fixed="setarch -R"
    fi
    build build-thread -DDUET_SANITIZE=thread &&
        run_ctest build-thread $fixed ctest --test-dir build-thread -LE style
}

run_ucontext() {
    title "ucontext"
    build build-ucontext -DDUET_CONTEXT=ucontext &&
        run_ctest build-ucontext ctest --test-dir build-ucontext -LE style
}

run_clang() {
    title "clang"
    command -v clang >/dev/null || third_party/install.sh fuzz ||
        { skip "no clang here: nothing is known of its warnings" && return; }
    build build-clang -DCMAKE_C_COMPILER=clang &&
        run_ctest build-clang ctest --test-dir build-clang -LE style
}

run_aarch64() {
    title "AArch64 by emulation"
    mkdir -p build-aarch64
    run_ctest build-aarch64 test/aarch64.sh -LE style
}

run_here() {
    third_party/install.sh build test database || {
        count 0 1 0
        problem "the packages above are missing"
        return
    }
    title "build"
    build build -DDUET_SANITIZE= && run_ctest build ctest --test-dir build
    run_address
    [ $quick = yes ] || run_touched
    if [ $valgrind = yes ]; then
        title "Valgrind, unit tests"
        run_valgrind
    fi
    [ $thread = no ] || run_thread
    [ $ucontext = no ] || run_ucontext
    [ $clang = no ] || run_clang
    [ $aarch64 = no ] || run_aarch64
    [ -z "$soak" ] || run_soak
    [ $night = no ] || run_night
}

# run_part WORD COMMAND...: one part that passes or fails as a whole
run_part() {
    local word=$1
    shift
    if "$@" </dev/null; then
        count 1 0 0
    else
        count 0 1 0
        problem "$word"
    fi
}

run_soak() {
    title "soak, $soak minutes"
    run_part soak build/test/stress/soak $((soak * 60))
}

run_night() {
    title "night"
    while read -r passes _ failures _ skips _; do
        count "$passes" "$failures" "$skips"
    done < <(test/night.sh </dev/null | tee /dev/stderr |
        grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$')
}

usage() {
    sed -n '3,/^set /{/^set /d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"
}

since= soak= night=no quick=no valgrind=no thread=no ucontext=no clang=no aarch64=no here=yes
bare=
# take FLAG: false if there is none such
take() {
    case $1 in
    --quick) quick=yes ;;
    --valgrind) valgrind=yes ;;
    --thread) thread=yes ;;
    --ucontext) ucontext=yes ;;
    --clang) clang=yes ;;
    --aarch64) aarch64=yes ;;
    --all) valgrind=yes thread=yes ucontext=yes clang=yes aarch64=yes ;;
    --night) night=yes valgrind=yes thread=yes ucontext=yes clang=yes aarch64=yes ;;
    --not-here) here=no ;;
    *) return 1 ;;
    esac
}

debians=() # for each its version and flags, in one text
while [ $# -gt 0 ]; do
    case $1 in
    --help | -h) usage && exit ;;
    --since)
        [ $# -gt 1 ] || { usage >&2 && exit 2; }
        since=$2
        shift
        ;;
    --soak)
        [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || { usage >&2 && exit 2; }
        soak=$2
        shift
        ;;
    --debian)
        [[ ${2:-} =~ ^1[23]$ ]] || { usage >&2 && exit 2; }
        debians+=("$2")
        shift
        ;;
    *)
        if [ ${#debians[@]} -gt 0 ]; then
            (take "$1") && debians[-1]+=" $1"
        else
            take "$1"
        fi || { usage >&2 && exit 2; }
        ;;
    esac
    shift
done

# Too large an allocation fails, as it does without sanitizers.
export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1
export UBSAN_OPTIONS=print_stacktrace=1
export LSAN_OPTIONS=print_suppressions=0
export TSAN_OPTIONS=second_deadlock_stack=1:halt_on_error=1

# What killed tests leave ends with this run; what a killed run left, a day
# later.
temporary=$(mktemp -d "${TMPDIR:-/tmp}/duet-run-XXXXXX")
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
find "$(dirname "$temporary")" -maxdepth 1 -name 'duet-run-*' -mtime +0 \
    -exec rm -rf {} +
export TMPDIR=$temporary

[ $here = no ] || run_here
for debian in "${debians[@]}"; do
    title "Debian ${debian%% *}"
    run_debian $debian
done

title "all"
for line in "${problems[@]}"; do
    echo "$line"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
