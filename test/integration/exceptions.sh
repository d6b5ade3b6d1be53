#!/bin/bash
# SPDX-License-Identifier: MIT
# Tasks of a C++ program wait inside catch blocks, and each finds its own
# exception there afterwards, however their waits are mixed.
set -eu

if [ -n "${DUET_EMULATOR:-}" ]; then
    echo "SKIPPED: the C++ compiler here makes no programs for the emulator"
    exit 77
fi
library=$DUET_BUILD_DIR/libduet.so
flags=()
if grep -q __asan_init "$library"; then
    flags=(-fsanitize=address,undefined)
elif grep -q __tsan_init "$library"; then
    flags=(-fsanitize=thread)
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/tasks.cpp" <<'END'
#include <cstdio>
#include <duet/duet.h>
#include <exception>
#include <stdexcept>
#include <string>

static int failures;

static void expect(bool holds, const char *what)
{
    if (!holds) {
        std::printf("not so: %s\n", what);
        failures++;
    }
}

/* Waits inside a handler, and inside one within that one. */
static int catch_and_wait(void *argument)
{
    int own = *static_cast<int *>(argument);
    std::string outer = "outer " + std::to_string(own);
    std::string inner = "inner " + std::to_string(own);

    try {
        throw std::runtime_error(outer);
    } catch (const std::exception &) {
        duet_sleep(duet_in_ms(own));
        try {
            throw std::runtime_error(inner);
        } catch (const std::exception &) {
            duet_sleep(duet_in_ms(7 - own));
            try {
                throw;
            } catch (const std::exception &again) {
                expect(again.what() == inner, "the inner one is thrown again");
            }
        }
        duet_sleep(duet_in_ms(own));
        try {
            throw;
        } catch (const std::exception &again) {
            expect(again.what() == outer, "the outer one is thrown again");
        }
    }
    expect(std::current_exception() == nullptr, "none is left");
    expect(std::uncaught_exceptions() == 0, "none is in flight");
    return 0;
}

static int run(void *)
{
    int numbers[] = {1, 3, 2, 5, 4};
    duet_call calls[5];

    for (int i = 0; i < 5; i++)
        calls[i] = {catch_and_wait, &numbers[i], 0};
    return duet_gather(calls, 5, nullptr, DUET_NEVER);
}

int main()
{
    duet_loop_options options = {};

    options.virtual_time = true;
    try {
        throw std::runtime_error("around the loop");
    } catch (const std::exception &) {
        expect(duet_run(run, nullptr, &options) == 0, "the run succeeds");
        try {
            throw;
        } catch (const std::exception &again) {
            expect(again.what() == std::string("around the loop"),
                   "the one around the loop is thrown again");
        }
    }
    return failures != 0;
}
END
c++ -std=c++17 "${flags[@]}" -I"$DUET_SOURCE_DIR/include" \
    "$folder/tasks.cpp" -o "$folder/tasks" "$library" \
    -Wl,-rpath,"$DUET_BUILD_DIR"
"$folder/tasks"
echo "each task had its own exceptions"
