/* SPDX-License-Identifier: MIT */
#include <duet/wait_for.h>

#include "support/in_task.h"
#include "support/test.h"

/* What a task does: sleeps, and when cancelled cleans up. */
typedef struct job {
    int64_t ms;
    int64_t cleanup_ms;
    int result;    /* returned when it slept through */
    int on_cancel; /* returned when it was cancelled */
    bool started;
    bool cleaned_up;
} job;

static int work(void *argument)
{
    job *own = argument;

    own->started = true;
    if (duet_sleep(duet_in_ms(own->ms)) == 0)
        return own->result;
    if (own->cleanup_ms > 0)
        (void)!duet_sleep(duet_in_ms(own->cleanup_ms));
    own->cleaned_up = true;
    return own->on_cancel;
}

in_virtual_time(what_is_fast_enough_tells_its_result)
{
    job own = {.ms = 1, .result = 7};
    job failing = {.ms = 1, .result = DUET_EIO};
    int result = 0;

    assert_status(duet_wait_for(work, &own, NULL, &result, duet_in_ms(5)), 0);
    assert_int_equal(result, 7);
    assert_status(duet_wait_for(work, &failing, NULL, &result, DUET_NEVER), 0);
    assert_status(result, DUET_EIO);
    assert_status(duet_wait_for(work, &own, NULL, NULL, DUET_NEVER), 0);
}

in_virtual_time(what_is_too_slow_cleans_up_first)
{
    job own = {.ms = 100, .cleanup_ms = 20, .on_cancel = DUET_ECANCELED};
    int result = 77;

    assert_status(duet_wait_for(work, &own, NULL, &result, duet_in_ms(10)),
                  DUET_ETIMEDOUT);
    assert_true(own.cleaned_up);
    assert_int_equal(result, 77);
    assert_true(duet_clock_ns() == 30 * 1000000);
    assert_status(duet_yield(), 0);
}

in_virtual_time(one_that_swallows_the_cancel_tells_its_value)
{
    job own = {.ms = 100, .on_cancel = 5};
    job failing = {.ms = 100, .on_cancel = DUET_EIO};
    int result = 0;

    assert_status(duet_wait_for(work, &own, NULL, &result, duet_in_ms(10)), 0);
    assert_int_equal(result, 5);
    assert_status(duet_wait_for(work, &failing, NULL, &result, duet_in_ms(10)),
                  0);
    assert_status(result, DUET_EIO);
}

static int wait_ten_ms(void *argument)
{
    int status = duet_wait_for(work, argument, NULL, NULL, duet_in_ms(10));

    /* The call has ended: it borrows what is the caller's. */
    assert_true(((job *)argument)->cleaned_up);
    return status;
}

in_virtual_time(cancelled_at_its_deadline_the_call_ends_first)
{
    job own = {.ms = 100, .cleanup_ms = 20, .on_cancel = DUET_ECANCELED};
    duet_deadline then = duet_in_ms(10);
    duet_task *task;
    int result;

    assert_status(duet_spawn(wait_ten_ms, &own, NULL, &task), 0);
    /* Due at the same time as the deadline, and first. */
    assert_status(duet_sleep(then), 0);
    duet_task_cancel(task);
    assert_status(duet_join(task, &result, DUET_NEVER), 0);
    assert_status(result, DUET_ECANCELED);
}

in_virtual_time(a_deadline_that_passed_starts_nothing)
{
    job own = {.ms = 1};

    assert_status(duet_wait_for(work, &own, NULL, NULL, DUET_NOW),
                  DUET_ETIMEDOUT);
    assert_status(duet_sleep(duet_in_ms(1)), 0);
    assert_status(duet_wait_for(work, &own, NULL, NULL, duet_in_ms(0)),
                  DUET_ETIMEDOUT);
    assert_false(own.started);
}

static int wait_for_job(void *argument)
{
    return duet_wait_for(work, argument, NULL, NULL, duet_in_ms(1000));
}

in_virtual_time(cancelling_the_caller_cancels_the_call)
{
    job own = {.ms = 100, .cleanup_ms = 5, .on_cancel = DUET_ECANCELED};
    duet_task *task;
    int result;

    assert_status(duet_spawn(wait_for_job, &own, NULL, &task), 0);
    assert_status(duet_sleep(duet_in_ms(1)), 0);
    assert_true(duet_task_cancel(task));
    assert_status(duet_join(task, &result, DUET_NEVER), 0);
    assert_status(result, DUET_ECANCELED);
    assert_true(own.cleaned_up);
}

in_virtual_time(a_task_that_is_too_slow_has_ended_and_keeps_its_handle)
{
    job own = {.ms = 100, .cleanup_ms = 20, .on_cancel = DUET_ECANCELED};
    duet_task *task;
    int result;

    assert_status(duet_wait_for_task(duet_current_task(), NULL, DUET_NEVER),
                  DUET_EDEADLK);
    assert_status(duet_spawn(work, &own, NULL, &task), 0);
    assert_status(duet_yield(), 0);
    assert_status(duet_wait_for_task(task, &result, duet_in_ms(1)),
                  DUET_ETIMEDOUT);
    assert_true(duet_task_is_done(task));
    assert_status(duet_task_result(task), DUET_ECANCELED);
    duet_task_release(task);
}

static int shield_task(void *argument)
{
    return duet_shield(argument, NULL, DUET_NEVER);
}

in_virtual_time(a_shielded_task_goes_on_when_the_caller_is_cancelled)
{
    job own = {.ms = 10, .result = 3};
    duet_task *inner;
    duet_task *outer;
    int result;

    assert_status(duet_spawn(work, &own, NULL, &inner), 0);
    assert_status(duet_spawn(shield_task, inner, NULL, &outer), 0);
    assert_status(duet_sleep(duet_in_ms(1)), 0);
    assert_true(duet_task_cancel(outer));
    assert_status(duet_join(outer, &result, DUET_NEVER), 0);
    assert_status(result, DUET_ECANCELED);
    assert_status(duet_shield(inner, &result, duet_in_ms(1)), DUET_ETIMEDOUT);
    assert_status(duet_shield(inner, &result, DUET_NEVER), 0);
    assert_int_equal(result, 3);
}

static void outside_a_task_nothing_is_started(void **state)
{
    job own = {.ms = 1};

    (void)state;
    assert_status(duet_wait_for(work, &own, NULL, NULL, DUET_NEVER),
                  DUET_ENOLOOP);
}

TEST_MAIN(test(what_is_fast_enough_tells_its_result),
          test(what_is_too_slow_cleans_up_first),
          test(one_that_swallows_the_cancel_tells_its_value),
          test(cancelled_at_its_deadline_the_call_ends_first),
          test(a_deadline_that_passed_starts_nothing),
          test(cancelling_the_caller_cancels_the_call),
          test(a_task_that_is_too_slow_has_ended_and_keeps_its_handle),
          test(a_shielded_task_goes_on_when_the_caller_is_cancelled),
          test(outside_a_task_nothing_is_started))
