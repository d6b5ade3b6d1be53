/* SPDX-License-Identifier: MIT */
#include <duet/repeat.h>

#include "support/in_task.h"
#include "support/test.h"

/* Notes when it is called, in milliseconds. */
typedef struct ticker {
    int64_t at_ms[16];
    int calls;
    int stop_after;
    int64_t takes_ms[16];
} ticker;

static int tick(void *argument)
{
    ticker *own = argument;
    int64_t takes = own->takes_ms[own->calls];

    own->at_ms[own->calls++] = duet_clock_ns() / 1000000;
    if (takes > 0 && duet_sleep(duet_in_ms(takes)) != 0)
        return DUET_ECANCELED;
    return own->calls == own->stop_after ? 5 : 0;
}

static void assert_ticks(const ticker *own, const int64_t *at_ms, int count)
{
    assert_int_equal(own->calls, count);
    for (int i = 0; i < count; i++)
        assert_int_equal(own->at_ms[i], at_ms[i]);
}

in_virtual_time(calls_come_at_even_intervals_whatever_they_take)
{
    ticker own = {.stop_after = 5, .takes_ms = {3, 9, 1, 5}};

    assert_int_equal(duet_repeat_every(10, tick, &own, DUET_NEVER), 5);
    assert_ticks(&own, (int64_t[]){0, 10, 20, 30, 40}, 5);
}

in_virtual_time(missed_calls_are_left_out)
{
    ticker own = {.stop_after = 4, .takes_ms = {0, 25, 10}};

    assert_status(duet_sleep(duet_in_ms(7)), 0);
    assert_int_equal(duet_repeat_every(10, tick, &own, DUET_NEVER), 5);
    assert_ticks(&own, (int64_t[]){7, 17, 47, 67}, 4);
}

in_virtual_time(it_ends_at_the_deadline)
{
    ticker own = {.stop_after = 100};

    assert_status(duet_repeat_every(10, tick, &own, duet_in_ms(25)),
                  DUET_ETIMEDOUT);
    assert_ticks(&own, (int64_t[]){0, 10, 20}, 3);
    assert_true(duet_clock_ns() == 25 * 1000000);
    assert_status(duet_repeat_every(INT64_MAX, tick, &own, duet_in_ms(25)),
                  DUET_ETIMEDOUT);
    assert_int_equal(own.calls, 4);
    assert_status(duet_repeat_every(0, tick, &own, DUET_NEVER), DUET_EINVAL);
    assert_status(duet_repeat_every(-1, tick, &own, DUET_NEVER), DUET_EINVAL);
}

static int repeat_forever(void *argument)
{
    return duet_repeat_every(10, tick, argument, DUET_NEVER);
}

in_virtual_time(it_ends_when_cancelled)
{
    ticker own = {.stop_after = 100};
    duet_task *task;
    int result;

    assert_status(duet_spawn(repeat_forever, &own, NULL, &task), 0);
    assert_status(duet_sleep(duet_in_ms(25)), 0);
    assert_true(duet_task_cancel(task));
    assert_status(duet_join(task, &result, DUET_NEVER), 0);
    assert_status(result, DUET_ECANCELED);
    assert_int_equal(own.calls, 3);
}

static void outside_a_task_nothing_is_called(void **state)
{
    ticker own = {.stop_after = 1};

    (void)state;
    assert_status(duet_repeat_every(1, tick, &own, DUET_NEVER), DUET_ENOLOOP);
    assert_int_equal(own.calls, 0);
}

TEST_MAIN(test(calls_come_at_even_intervals_whatever_they_take),
          test(missed_calls_are_left_out), test(it_ends_at_the_deadline),
          test(it_ends_when_cancelled), test(outside_a_task_nothing_is_called))
