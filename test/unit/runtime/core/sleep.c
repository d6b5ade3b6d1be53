/* SPDX-License-Identifier: MIT */
#include "support/in_task.h"
#include "support/run.h"
#include "support/test.h"

typedef struct sleeper {
    int64_t ms;
    const char *name;
    test_log *log;
} sleeper;

static int sleep_and_note(void *argument)
{
    const sleeper *one = argument;

    assert_status(duet_sleep(duet_in_ms(one->ms)), 0);
    test_note(one->log, one->name);
    return 0;
}

in_virtual_time(sleepers_wake_in_order_of_their_deadlines)
{
    test_log log = {""};
    sleeper all[] = {{3000, "c", &log},
                     {1000, "a", &log},
                     {2000, "b", &log},
                     {3000, "d", &log},
                     {-5, "0", &log}};
    duet_call calls[5];

    for (int i = 0; i < 5; i++)
        calls[i] = (duet_call){.function = sleep_and_note, .argument = &all[i]};
    assert_status(duet_gather(calls, 5, NULL, DUET_NEVER), 0);
    assert_string_equal(log.text, "0abcd");
    assert_true(duet_clock_ns() == 3000LL * 1000000);
}

static int note_on_each_turn(void *argument)
{
    const sleeper *one = argument;

    for (int i = 0; i < 3; i++) {
        test_note(one->log, one->name);
        assert_status(duet_yield(), 0);
    }
    return 0;
}

in_virtual_time(tasks_that_yield_take_turns)
{
    test_log log = {""};
    sleeper all[] = {{0, "a", &log}, {0, "b", &log}, {0, "c", &log}};
    duet_call calls[3];

    for (int i = 0; i < 3; i++)
        calls[i] =
            (duet_call){.function = note_on_each_turn, .argument = &all[i]};
    assert_status(duet_gather(calls, 3, NULL, DUET_NEVER), 0);
    assert_string_equal(log.text, "abcabcabc");
}

in_virtual_time(a_deadline_that_passed_takes_one_turn_and_no_time)
{
    assert_status(duet_sleep(duet_in_ms(10)), 0);
    assert_status(duet_sleep(duet_in_ms(-10)), 0);
    assert_status(duet_sleep(DUET_NOW), 0);
    assert_status(duet_sleep(duet_at_ns(INT64_MIN)), 0);
    assert_status(duet_sleep(duet_in_ms(0)), 0);
    assert_true(duet_clock_ns() == 10LL * 1000000);
}

static int yield_forever(void *argument)
{
    (void)argument;
    for (;;) {
        int status = duet_yield();

        if (status != 0)
            return status;
    }
}

static int sleep_forever(void *argument)
{
    (void)argument;
    return duet_sleep(DUET_NEVER);
}

in_virtual_time(both_are_cancelled_where_they_wait)
{
    duet_task *tasks[2];
    int result;

    assert_status(duet_spawn(yield_forever, NULL, NULL, &tasks[0]), 0);
    assert_status(duet_spawn(sleep_forever, NULL, NULL, &tasks[1]), 0);
    assert_status(duet_sleep(DUET_NOW), 0);
    for (int i = 0; i < 2; i++) {
        assert_true(duet_task_cancel(tasks[i]));
        assert_status(duet_join(tasks[i], &result, DUET_NEVER), 0);
        assert_status(result, DUET_ECANCELED);
    }
}

in_virtual_time(a_request_before_the_sleep_ends_it_at_once)
{
    duet_task_cancel(duet_current_task());
    assert_status(duet_sleep(duet_in_ms(1000)), DUET_ECANCELED);
    assert_true(duet_clock_ns() == 0);
    duet_task_cancel(duet_current_task());
    assert_status(duet_sleep(DUET_NOW), DUET_ECANCELED);
    assert_status(duet_sleep(duet_in_ms(1000)), 0);
}

in_task(a_sleep_on_the_real_clock_is_never_shorter)
{
    int64_t before = duet_clock_ns();

    assert_status(duet_sleep(duet_in_ms(2)), 0);
    assert_true(duet_clock_ns() - before >= 2 * 1000000);
}

TEST_MAIN(test(sleepers_wake_in_order_of_their_deadlines),
          test(tasks_that_yield_take_turns),
          test(a_deadline_that_passed_takes_one_turn_and_no_time),
          test(both_are_cancelled_where_they_wait),
          test(a_request_before_the_sleep_ends_it_at_once),
          test(a_sleep_on_the_real_clock_is_never_shorter))
