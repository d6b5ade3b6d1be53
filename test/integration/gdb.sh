#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The commands of duet-gdb.py, in gdb, on a program that stops while one task
# is parked and another has not begun: first in a function of the C library,
# then in an inlined one.
set -euo pipefail

skip() {
    echo "SKIPPED: $*"
    exit 77
}

[ -z "${DUET_EMULATOR:-}" ] || skip "gdb does not see into the emulator"
command -v gdb >/dev/null || skip "no gdb here"
gdb -nx -batch -ex 'python import gdb.unwinder' >/dev/null 2>&1 ||
    skip "gdb without Python"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
library=$DUET_BUILD_DIR/libduet.so
if grep -qE '__[at]san_init' "$library"; then
    skip "gdb is for builds without sanitizers"
fi

cat >"$folder/parked.c" <<'END'
#include <duet/duet.h>
#include <signal.h>
#include <unistd.h>

static int wait_inside(void)
{
    int status = duet_sleep(DUET_NEVER);
    __asm__ volatile(""); /* no tail call */
    return status;
}

static int sleeper(void *argument)
{
    int status = wait_inside();
    __asm__ volatile("");
    return argument == NULL ? status : 0;
}

__attribute__((always_inline)) static inline void stop_inlined(void)
{
#if defined(__x86_64__)
    __asm__ volatile("int3\n\tnop");
#else
    raise(SIGTRAP);
#endif
}

__attribute__((always_inline)) static inline void stop_inlined_twice(void)
{
    stop_inlined();
    __asm__ volatile("nop");
}

static int run(void *argument)
{
    const duet_spawn_options dreamer = {.name = "dreamer"};
    const duet_spawn_options newborn = {.name = "newborn"};
    int status = duet_spawn(sleeper, argument, &dreamer, NULL);
    if (status == 0)
        status = duet_yield();
    if (status == 0)
        status = duet_spawn(sleeper, argument, &newborn, NULL);
    usleep(20000); /* the loop takes no turn meanwhile */
    raise(SIGTRAP);
    stop_inlined_twice();
    return status;
}

int main(void)
{
    return duet_run(run, NULL, NULL);
}
END
"${CC:-cc}" -g -O1 -I"$DUET_SOURCE_DIR/include" "$folder/parked.c" \
    -o "$folder/parked" "$library" -Wl,-rpath,"$DUET_BUILD_DIR"

gdb -nx -batch -iex 'set debuginfod enabled off' -ex run \
    -ex "source $DUET_SOURCE_DIR/src/runtime/look/duet-gdb.py" \
    -ex 'duet tasks' -ex 'echo ==\n' -ex 'duet backtrace dreamer' \
    -ex 'echo ==\n' -ex 'duet backtrace newborn' -ex 'echo ==\n' -ex 'bt 3' \
    -ex 'echo ==\n' -ex 'duet backtrace nobody' \
    -ex continue -ex 'up' -ex 'echo ==\n' -ex 'duet backtrace dreamer' \
    -ex 'echo ==\n' -ex frame -ex 'echo ==\n' -ex 'bt 3' \
    -ex kill "$folder/parked" >"$folder/out" 2>&1 || true
grep -q 'SIGTRAP' "$folder/out" || skip "gdb may not run programs here"
if grep -q 'ucontext switch' "$folder/out"; then
    skip "no backtraces with the ucontext switch"
fi

# expect PART TEXT...: the part (0 is the list) has a line that matches each
expect() {
    local part=$1 pattern
    shift
    for pattern in "$@"; do
        awk -v part="$part" '/^==$/ { n++ } n == part' "$folder/out" |
            grep -qE -- "$pattern" && continue
        echo "part $part has no line '$pattern':"
        cat "$folder/out"
        exit 1
    done
}

expect 0 '^thread 1: 3 tasks$' ' main: running; runs run ' \
    ' dreamer: waits for sleep, (0\.0[2-9]|0\.[1-9]|[1-9]).* s; runs sleeper .*; spawned at run ' \
    ' newborn: ready; '
expect 1 'in duet_sleep' 'in wait_inside at .*parked\.c:' \
    'in sleeper at .*parked\.c:'
expect 2 ' newborn: ready; '
# gdb itself is as it was.
expect 3 'in .*raise'
expect 4 "^no task 'nobody'"
# The program stops in an inlined function, and its caller is selected.
expect 5 'in duet_sleep' 'in wait_inside at .*parked\.c:' \
    'in sleeper at .*parked\.c:'
expect 6 '^#1 .*stop_inlined_twice'
expect 7 '^#0 .*stop_inlined ' '^#1 .*stop_inlined_twice' '^#2 .* run '
if awk '/^==$/ { n++ } n == 2' "$folder/out" | grep -q ' #0 '; then
    echo "a task that has not begun has calls:"
    cat "$folder/out"
    exit 1
fi
echo "gdb lists the tasks and walks a parked task's stack"
