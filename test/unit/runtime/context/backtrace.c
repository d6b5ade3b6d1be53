/* SPDX-License-Identifier: MIT */
#include "runtime/context/backtrace.h"

#include "support/test.h"

#include <stdbool.h>
#include <stdlib.h>

#include <duet/duet.h>

#include "runtime/core/task.h"

/* The functions' names are looked for by address: a frame lies in a function
 * if it is at most this far from its beginning. */
enum { FUNCTION_BYTES = 512 };

static bool is_in(const duet__backtrace *calls, uintptr_t function)
{
    for (size_t i = 0; i < calls->count; i++)
        if ((uintptr_t)calls->frames[i] - function < FUNCTION_BYTES)
            return true;
    return false;
}

__attribute__((noinline)) static int wait_inside(void)
{
    int status = duet_sleep(DUET_NEVER);

    __asm__ volatile(""); /* no tail call: the frame must be there */
    return status;
}

static int wait_deep(void *argument)
{
    int status = wait_inside();

    (void)argument;
    __asm__ volatile("");
    return status;
}

static int look_at_parked(void *argument)
{
    duet__backtrace calls;
    duet_task *task;
    int result = 0;

    (void)argument;
    assert_status(duet_spawn(wait_deep, NULL, NULL, &task), 0);
    duet__backtrace_of(&task->context, &calls);
    assert_int_equal(calls.count, 0); /* it has not begun */
    assert_status(duet_yield(), 0);
    duet__backtrace_of(&task->context, &calls);
    if (strcmp(DUET_CONTEXT, "ucontext") != 0) {
        assert_true(is_in(&calls, (uintptr_t)wait_inside));
        assert_true(is_in(&calls, (uintptr_t)wait_deep));
        assert_false(is_in(&calls, (uintptr_t)look_at_parked));
    }
    /* Nothing has happened to it: it goes on as if nobody had looked. */
    assert_true(duet_task_cancel(task));
    assert_status(duet_join(task, &result, DUET_NEVER), 0);
    assert_status(result, DUET_ECANCELED);
    return 0;
}

static void parked_task_shows_its_calls_and_is_not_touched(void **state)
{
    (void)state;
    assert_status(duet_run(look_at_parked, NULL, NULL), 0);
}

__attribute__((noinline)) static void look_here(duet__backtrace *calls)
{
    duet__backtrace_here(calls);
    __asm__ volatile("");
}

static void running_code_shows_its_calls_from_itself_outwards(void **state)
{
    duet__backtrace calls;

    (void)state;
    look_here(&calls);
    assert_true(calls.count >= 2);
    assert_true((uintptr_t)calls.frames[0] - (uintptr_t)look_here <
                FUNCTION_BYTES);
}

static void exported_function_has_a_name(void **state)
{
    duet__place place = duet__place_of((const void *)(uintptr_t)strtol);
    duet__buffer buffer;

    (void)state;
    assert_non_null(place.symbol);
    assert_string_not_equal(place.file, "?");
    duet__buffer_init(&buffer, SIZE_MAX);
    assert_status(
        duet__place_append(&buffer, (const char *)(uintptr_t)strtol + 2), 0);
    assert_non_null(strstr(buffer.bytes, "+0x2 ("));
    duet__buffer_free(&buffer);
}

static void address_outside_of_all_code_has_no_file(void **state)
{
    duet__place place = duet__place_of((const void *)1);

    (void)state;
    assert_string_equal(place.file, "?");
    assert_int_equal(place.offset, 1);
    assert_null(place.symbol);
    assert_null(duet__call_before(NULL));
}

/* Each line is there whole, or the text ends before it and that is told. */
static void text_that_is_full_ends_with_its_failure(void **state)
{
    duet__backtrace calls;
    duet__buffer whole;

    (void)state;
    look_here(&calls);
    duet__buffer_init(&whole, SIZE_MAX);
    assert_status(duet__backtrace_append(&whole, "> ", &calls), 0);
    assert_memory_equal(whole.bytes, "> #0 ", 5);
    assert_int_equal(whole.bytes[whole.length - 1], '\n');
    for (size_t room = 0; room < whole.length; room++) {
        duet__buffer part;

        duet__buffer_init(&part, room);
        assert_status(duet__backtrace_append(&part, "> ", &calls),
                      DUET_ETOOLARGE);
        assert_true(part.length <= room);
        if (part.length > 0)
            assert_memory_equal(part.bytes, whole.bytes, part.length);
        duet__buffer_free(&part);
    }
    duet__buffer_free(&whole);
}

TEST_MAIN(test(text_that_is_full_ends_with_its_failure),
          test(parked_task_shows_its_calls_and_is_not_touched),
          test(running_code_shows_its_calls_from_itself_outwards),
          test(exported_function_has_a_name),
          test(address_outside_of_all_code_has_no_file))
