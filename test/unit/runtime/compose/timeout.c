/* SPDX-License-Identifier: MIT */
#include <duet/timeout.h>

#include "runtime/core/loop.h"
#include "support/memory.h"
#include "support/in_task.h"
#include "support/test.h"

static duet_timeout *open_in_ms(int64_t ms)
{
    duet_timeout *timeout;

    assert_status(duet_timeout_open(duet_in_ms(ms), &timeout), 0);
    return timeout;
}

static int sleep_ms(int64_t ms)
{
    return duet_sleep(duet_in_ms(ms));
}

/* Nothing of a timeout is left behind. */
static void assert_no_trace(void)
{
    assert_int_equal(duet_task_cancel_requests(duet_current_task()), 0);
    assert_status(duet_yield(), 0);
    assert_int_equal(duet_current_loop()->timers.count, 0);
}

in_virtual_time(what_is_too_slow_is_cancelled_and_told)
{
    duet_timeout *timeout = open_in_ms(5);
    int status = sleep_ms(100);

    assert_status(status, DUET_ECANCELED);
    assert_true(duet_timeout_has_expired(timeout));
    assert_status(duet_timeout_close(timeout, status), DUET_ETIMEDOUT);
    assert_true(duet_clock_ns() == 5 * 1000000);
    assert_no_trace();
}

in_virtual_time(what_is_in_time_is_left_alone)
{
    duet_timeout *timeout = open_in_ms(5);

    assert_status(sleep_ms(1), 0);
    assert_false(duet_timeout_has_expired(timeout));
    assert_status(duet_timeout_close(timeout, 3), 3);
    assert_no_trace();
    assert_status(duet_timeout_close(NULL, DUET_EIO), DUET_EIO);
}

in_virtual_time(another_failure_is_told_as_it_is)
{
    duet_timeout *timeout = open_in_ms(5);

    assert_status(sleep_ms(100), DUET_ECANCELED);
    assert_status(duet_timeout_close(timeout, DUET_EIO), DUET_EIO);
    assert_no_trace();
}

in_virtual_time(the_inner_of_two_converts_its_own_only)
{
    duet_timeout *outer = open_in_ms(50);
    duet_timeout *inner = open_in_ms(5);
    int status = sleep_ms(100);

    assert_status(duet_timeout_close(inner, status), DUET_ETIMEDOUT);
    assert_status(sleep_ms(10), 0);
    assert_status(duet_timeout_close(outer, 0), 0);
    outer = open_in_ms(5);
    inner = open_in_ms(50);
    status = duet_timeout_close(inner, sleep_ms(100));
    assert_status(status, DUET_ECANCELED);
    assert_status(duet_timeout_close(outer, status), DUET_ETIMEDOUT);
    assert_no_trace();
}

in_virtual_time(both_expiring_at_once_both_convert)
{
    duet_deadline deadline = duet_in_ms(5);
    duet_timeout *outer;
    duet_timeout *inner;
    int status;

    assert_status(duet_timeout_open(deadline, &outer), 0);
    assert_status(duet_timeout_open(deadline, &inner), 0);
    status = sleep_ms(100);
    assert_status(status, DUET_ECANCELED);
    status = duet_timeout_close(inner, status);
    /* The outer one's request is not the inner's to convert. */
    assert_status(status, DUET_ECANCELED);
    assert_status(duet_timeout_close(outer, status), DUET_ETIMEDOUT);
    assert_no_trace();
}

typedef struct stretch {
    int closed;
    int after;
} stretch;

static int run_stretch(void *argument)
{
    stretch *own = argument;
    duet_timeout *timeout = open_in_ms(5);

    own->closed = duet_timeout_close(timeout, sleep_ms(100));
    own->after = duet_yield();
    return own->closed;
}

static int cancel_at_five(void *argument)
{
    assert_status(sleep_ms(5), 0);
    assert_true(duet_task_cancel(*(duet_task **)argument));
    return 0;
}

in_virtual_time(a_foreign_request_is_not_converted)
{
    stretch alone = {1, 1};
    stretch together = {1, 1};
    duet_task *tasks[2];

    assert_status(duet_spawn(run_stretch, &alone, NULL, &tasks[0]), 0);
    /* Its timer is armed first, so it runs between expiry and delivery. */
    assert_status(duet_spawn(cancel_at_five, &tasks[1], NULL, NULL), 0);
    assert_status(duet_spawn(run_stretch, &together, NULL, &tasks[1]), 0);
    assert_status(sleep_ms(1), 0);
    assert_true(duet_task_cancel(tasks[0]));
    for (int i = 0; i < 2; i++)
        assert_status(duet_join(tasks[i], NULL, DUET_NEVER), 0);
    assert_status(alone.closed, DUET_ECANCELED);
    assert_status(together.closed, DUET_ECANCELED);
    assert_status(together.after, 0);
}

/* The wait that fails does so for both. */
in_virtual_time(a_foreign_request_from_before_is_not_converted)
{
    duet_timeout *timeout;
    int status;

    duet_task_cancel(duet_current_task());
    timeout = open_in_ms(0);
    status = sleep_ms(100);
    assert_status(status, DUET_ECANCELED);
    assert_true(duet_timeout_has_expired(timeout));
    assert_status(duet_timeout_close(timeout, status), DUET_ECANCELED);
    assert_int_equal(duet_task_uncancel(duet_current_task()), 0);
    assert_no_trace();
}

in_virtual_time(an_expiry_that_nobody_noticed_leaves_no_trace)
{
    duet_timeout *timeout;

    assert_status(sleep_ms(10), 0);
    timeout = open_in_ms(-1);
    assert_true(duet_timeout_has_expired(timeout));
    assert_status(duet_timeout_close(timeout, 0), 0);
    assert_no_trace();
    timeout = open_in_ms(-1);
    assert_status(duet_timeout_close(timeout, sleep_ms(1)), DUET_ETIMEDOUT);
    assert_no_trace();
}

in_virtual_time(the_deadline_can_be_moved_until_it_has_passed)
{
    duet_timeout *timeout;

    assert_status(duet_timeout_open(DUET_NEVER, &timeout), 0);
    assert_status(sleep_ms(100), 0);
    assert_status(duet_timeout_move(timeout, duet_in_ms(5)), 0);
    assert_status(sleep_ms(3), 0);
    assert_status(duet_timeout_move(timeout, duet_in_ms(5)), 0);
    assert_status(sleep_ms(3), 0);
    assert_status(duet_timeout_move(timeout, DUET_NEVER), 0);
    assert_status(sleep_ms(100), 0);
    assert_status(duet_timeout_move(timeout, duet_in_ms(1)), 0);
    assert_status(sleep_ms(100), DUET_ECANCELED);
    assert_status(duet_timeout_move(timeout, DUET_NEVER), DUET_ESTATE);
    assert_status(duet_timeout_close(timeout, DUET_ECANCELED), DUET_ETIMEDOUT);
    assert_no_trace();
}

static int open_and_close(void)
{
    duet_timeout *timeout;
    int status = duet_timeout_open(duet_in_ms(10), &timeout);

    if (status != 0)
        assert_null(timeout);
    return duet_timeout_close(timeout, status);
}

in_virtual_time(allocation_failures_are_told)
{
    test_each_allocation_failing(open_and_close, 1);
}

static void outside_a_task_there_is_no_timeout(void **state)
{
    duet_timeout *timeout;

    (void)state;
    assert_status(duet_timeout_open(DUET_NEVER, &timeout), DUET_ENOLOOP);
    assert_null(timeout);
}

TEST_MAIN(test(what_is_too_slow_is_cancelled_and_told),
          test(what_is_in_time_is_left_alone),
          test(another_failure_is_told_as_it_is),
          test(the_inner_of_two_converts_its_own_only),
          test(both_expiring_at_once_both_convert),
          test(a_foreign_request_is_not_converted),
          test(a_foreign_request_from_before_is_not_converted),
          test(an_expiry_that_nobody_noticed_leaves_no_trace),
          test(the_deadline_can_be_moved_until_it_has_passed),
          test(allocation_failures_are_told),
          test(outside_a_task_there_is_no_timeout))
