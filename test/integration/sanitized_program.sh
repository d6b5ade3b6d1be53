#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A program that alone is built with AddressSanitizer, or with ThreadSanitizer,
# over this build of the library as it is installed: tasks with large locals,
# deep calls, exceptions, longjmp() and work in threads run without a report, on
# stacks that others used before. And a real overflow, or race, is found.
set -euo pipefail

skip() {
    echo "SKIPPED: $*"
    exit 77
}

[ -z "${DUET_EMULATOR:-}" ] || skip "the emulator runs no sanitizer"
if grep -qE '__[at]san_init' "$DUET_BUILD_DIR/libduet.so"; then
    skip "this library has a sanitizer of its own"
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cmake --install "$DUET_BUILD_DIR" --prefix "$folder/installed" >/dev/null
library=$(find "$folder/installed" -name libduet.so)

cat >"$folder/tasks.cpp" <<'END'
#include <atomic>
#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <duet/duet.h>
#include <sched.h>
#include <stdexcept>

enum { TASKS = 100, DEPTH = 60 };

/* An array on each level; the deepest waits. */
__attribute__((noinline)) static int descend(int level, int wait_ms)
{
    char array[400];

    std::memset(array, level, sizeof array);
    if (level == 0)
        return duet_sleep(duet_in_ms(wait_ms));
    int status = descend(level - 1, wait_ms);
    for (char byte : array)
        if (byte != (char)level)
            return -1;
    return status;
}

__attribute__((noinline)) static void throw_from(int level, int wait_ms)
{
    char array[300];

    std::memset(array, level, sizeof array);
    if (level > 0)
        throw_from(level - 1, wait_ms);
    duet_sleep(duet_in_ms(wait_ms));
    throw std::runtime_error(array[0] == 0 ? "deep" : "not so");
}

__attribute__((noinline)) static void jump_from(std::jmp_buf *to, int level)
{
    char array[300];

    std::memset(array, level, sizeof array);
    if (level > 0)
        jump_from(to, level - 1);
    duet_sleep(duet_in_ms(array[0]));
    std::longjmp(*to, 1);
}

/* The memory of the frames that were left is used by others at once. */
__attribute__((noinline)) static int fill(int wait_ms)
{
    char array[24 * 1024];

    std::memset(array, wait_ms, sizeof array);
    int status = duet_sleep(duet_in_ms(wait_ms));
    return array[sizeof array - 1] == wait_ms ? status : -1;
}

/* In a thread: what it finds and leaves is the task's. */
static int add_one(void *argument)
{
    ++*static_cast<int *>(argument);
    return 0;
}

static int count_in_threads()
{
    int count = 0;

    for (int i = 0; i < 5; i++) {
        count++;
        if (duet_to_thread(add_one, &count, nullptr, DUET_NEVER) != 0)
            return -1;
    }
    return count == 10 ? 0 : -1;
}

static int work(void *argument)
{
    int wait_ms = 1 + (int)(*static_cast<int *>(argument) % 3);
    std::jmp_buf back;

    if (descend(DEPTH, wait_ms) != 0 || fill(wait_ms) != 0)
        return -1;
    try {
        throw_from(20, wait_ms);
    } catch (const std::exception &error) {
        if (std::strcmp(error.what(), "deep") != 0)
            return -1;
    }
    if (fill(wait_ms) != 0)
        return -1;
    if (setjmp(back) == 0)
        jump_from(&back, 20);
    if (count_in_threads() != 0)
        return -1;
    return fill(wait_ms);
}

/* Ends in the middle of its frames. */
static int leave_frames(void *argument)
{
    std::jmp_buf *unused = static_cast<std::jmp_buf *>(argument);

    (void)unused;
    return descend(DEPTH, 1000000) == DUET_ECANCELED ? 0 : -1;
}

static int overflow_by_one(void *)
{
    char array[100];
    volatile int end = 100;

    duet_sleep(duet_in_ms(1));
    array[end] = 1;
    return array[end];
}

static std::atomic<bool> has_added;

static int add_and_tell(void *argument)
{
    add_one(argument);
    has_added.store(true, std::memory_order_relaxed); /* which orders nothing */
    return 0;
}

/* The thread's and the task's at the same time. */
static int race(void *)
{
    static int both;
    duet_thread *thread;

    if (duet_thread_start(add_and_tell, &both, nullptr, &thread) != 0)
        return -1;
    while (!has_added.load(std::memory_order_relaxed))
        sched_yield();
    both++;
    return duet_thread_join(thread, nullptr, DUET_NEVER);
}

static int run(void *argument)
{
    static int numbers[TASKS];
    static duet_call calls[TASKS];
    duet_task *left;
    int status = 0;

    if (argument != nullptr)
        return *static_cast<char *>(argument) == 'r' ? race(nullptr)
                                                     : overflow_by_one(nullptr);
    for (int round = 0; round < 3 && status == 0; round++) {
        for (int i = 0; i < TASKS; i++) {
            numbers[i] = i;
            calls[i] = {work, &numbers[i], 0};
        }
        status = duet_gather(calls, TASKS, nullptr, DUET_NEVER);
        for (int i = 0; i < TASKS; i++)
            if (calls[i].result != 0)
                return -1;
        if (status == 0)
            status = duet_spawn(leave_frames, nullptr, nullptr, &left);
        if (status == 0)
            status = duet_yield();
        if (status == 0) {
            duet_task_cancel(left);
            status = duet_join(left, nullptr, DUET_NEVER);
        }
    }
    return status;
}

int main(int count, char **arguments)
{
    return duet_run(run, count > 1 ? arguments[1] : nullptr, nullptr) != 0;
}
END

# build SANITIZER COMPILER PROGRAM SOURCE: false if it has no such sanitizer.
build() {
    "$2" -g -O1 "-fsanitize=$1" -I"$folder/installed/include" "$4" -o "$3" \
        "$library" -Wl,-rpath,"$(dirname "$library")"
}

# try SANITIZER COMPILER OPTIONS FAULT REPORT: no report, but of the fault.
try() {
    local program=$folder/$1-$2
    # With the ucontext switch it says beforehand what it thinks of it.
    export ASAN_OPTIONS=$3
    if ! "$program" >"$folder/out" 2>&1 ||
        grep -v 'fully support makecontext' "$folder/out"; then
        echo "$1, $2, '$3':"
        head -40 "$folder/out"
        exit 1
    fi
    if "$program" "$4" >"$folder/out" 2>&1 || ! grep -q "$5" "$folder/out"; then
        echo "$1, $2, '$3': the $4 was not found:"
        head -40 "$folder/out"
        exit 1
    fi
    echo "$1, $2, '$3': no report but the right one"
}

tried=0
echo 'int main() {}' >"$folder/empty.cpp"
for sanitizer in address thread; do
    for compiler in g++ clang++; do
        command -v "$compiler" >/dev/null || continue
        build "$sanitizer" "$compiler" "$folder/empty" "$folder/empty.cpp" \
            2>/dev/null || continue
        build "$sanitizer" "$compiler" "$folder/$sanitizer-$compiler" \
            "$folder/tasks.cpp"
        if [ "$sanitizer" = address ]; then
            # With and without the fake stacks that find uses after return.
            for option in 0 1; do
                try address "$compiler" "detect_stack_use_after_return=$option" \
                    overflow stack-buffer-overflow
            done
        else
            try thread "$compiler" "" race 'data race'
        fi
        tried=$((tried + 1))
    done
done
[ "$tried" -gt 0 ] || skip "no C++ compiler with a sanitizer here"
