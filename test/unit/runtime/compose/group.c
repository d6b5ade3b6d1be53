/* SPDX-License-Identifier: MIT */
#include "base/error.h"
#include "support/memory.h"
#include "support/in_task.h"
#include "support/test.h"

/* A member of a group: sleeps, then returns `result`. */
typedef struct member {
    int64_t ms;
    int result;
    int seen; /* what its sleep returned */
} member;

static int work(void *argument)
{
    member *one = argument;

    one->seen = duet_sleep(duet_in_ms(one->ms));
    if (one->seen != 0)
        return one->seen;
    if (one->result < 0)
        return duet__fail(one->result, "member of %d ms", (int)one->ms);
    return one->result;
}

in_virtual_time(leaving_waits_for_all)
{
    member members[] = {{3, 0, 1}, {1, 5, 1}, {2, 0, 1}};
    duet_group *group;
    duet_task *second;

    assert_status(duet_group_open(&group), 0);
    for (int i = 0; i < 3; i++)
        assert_status(duet_group_spawn(group, work, &members[i], NULL,
                                       i == 1 ? &second : NULL),
                      0);
    assert_status(duet_task_wait(second, DUET_NEVER), 0);
    assert_int_equal(duet_task_result(second), 5);
    assert_status(duet_group_close(group, 0), 0);
    for (int i = 0; i < 3; i++)
        assert_status(members[i].seen, 0);
    assert_true(duet_clock_ns() == 3 * 1000000);
}

in_virtual_time(an_empty_group_returns_the_bodys_status)
{
    duet_group *group;

    assert_status(duet_group_close(NULL, 3), 3);
    assert_status(duet_group_open(&group), 0);
    assert_status(duet_group_close(group, 0), 0);
    assert_status(duet_group_open(&group), 0);
    assert_status(duet_group_close(group, DUET_EIO), DUET_EIO);
}

in_virtual_time(first_failure_cancels_siblings_and_body)
{
    member failing = {1, DUET_EIO, 1};
    member sibling = {1000, 0, 1};
    duet_group *group;
    int status;

    assert_status(duet_group_open(&group), 0);
    assert_status(duet_group_spawn(group, work, &sibling, NULL, NULL), 0);
    assert_status(duet_group_spawn(group, work, &failing, NULL, NULL), 0);
    status = duet_sleep(duet_in_ms(1000));
    assert_status(status, DUET_ECANCELED);
    assert_int_equal(duet_task_cancel_requests(duet_current_task()), 1);
    assert_status(duet_group_spawn(group, work, &sibling, NULL, NULL),
                  DUET_ECANCELED);
    assert_status(duet_group_close(group, status), DUET_EIO);
    assert_string_equal(duet_error_detail(), "member of 1 ms");
    assert_status(sibling.seen, DUET_ECANCELED);
    assert_int_equal(duet_task_cancel_requests(duet_current_task()), 0);
    assert_status(duet_yield(), 0);
    assert_true(duet_clock_ns() == 1000000);
}

in_virtual_time(failure_while_closing_does_not_cancel_the_body)
{
    member failing = {1, DUET_EIO, 1};
    member sibling = {1000, 0, 1};
    duet_group *group;

    assert_status(duet_group_open(&group), 0);
    assert_status(duet_group_spawn(group, work, &sibling, NULL, NULL), 0);
    assert_status(duet_group_spawn(group, work, &failing, NULL, NULL), 0);
    assert_status(duet_group_close(group, 0), DUET_EIO);
    assert_status(sibling.seen, DUET_ECANCELED);
    assert_int_equal(duet_task_cancel_requests(duet_current_task()), 0);
    assert_status(duet_yield(), 0);
}

in_virtual_time(only_the_first_failure_counts)
{
    member failing[] = {
        {2, DUET_EIO, 1}, {1, DUET_EPIPE, 1}, {1, DUET_EFBIG, 1}};
    duet_group *group;

    assert_status(duet_group_open(&group), 0);
    for (int i = 0; i < 3; i++)
        assert_status(duet_group_spawn(group, work, &failing[i], NULL, NULL),
                      0);
    assert_status(duet_group_close(group, 0), DUET_EPIPE);
}

in_virtual_time(a_member_that_is_merely_cancelled_fails_nothing)
{
    member cancelled = {1000, 0, 1};
    member other = {2, 0, 1};
    duet_group *group;
    duet_task *task;

    assert_status(duet_group_open(&group), 0);
    assert_status(duet_group_spawn(group, work, &cancelled, NULL, &task), 0);
    assert_status(duet_group_spawn(group, work, &other, NULL, NULL), 0);
    assert_status(duet_yield(), 0);
    assert_true(duet_task_cancel(task));
    assert_status(duet_group_close(group, 0), 0);
    assert_status(other.seen, 0);
}

in_virtual_time(a_failing_body_cancels_the_tasks)
{
    member sibling = {1000, 0, 1};
    duet_group *group;

    assert_status(duet_group_open(&group), 0);
    assert_status(duet_group_spawn(group, work, &sibling, NULL, NULL), 0);
    assert_status(duet_yield(), 0);
    assert_status(duet_group_close(group, DUET_EIO), DUET_EIO);
    assert_status(sibling.seen, DUET_ECANCELED);
}

in_virtual_time(cancelling_the_group_spares_the_body)
{
    member sibling = {1000, 0, 1};
    duet_group *group;

    assert_status(duet_group_open(&group), 0);
    assert_status(duet_group_spawn(group, work, &sibling, NULL, NULL), 0);
    assert_status(duet_yield(), 0);
    duet_group_cancel(group);
    assert_status(duet_yield(), 0);
    assert_status(duet_group_close(group, 0), 0);
    assert_status(sibling.seen, DUET_ECANCELED);
}

/* A task with a group of its own, to be cancelled from outside. */
typedef struct holder {
    member *members;
    int count;
    int64_t body_ms; /* before it closes */
    int closed;
    int after; /* what its next wait returned */
    int requests;
} holder;

static int hold_group(void *argument)
{
    holder *own = argument;
    duet_group *group;
    int status = duet_group_open(&group);

    for (int i = 0; i < own->count && status == 0; i++)
        status = duet_group_spawn(group, work, &own->members[i], NULL, NULL);
    if (status == 0 && own->body_ms > 0)
        status = duet_sleep(duet_in_ms(own->body_ms));
    own->closed = duet_group_close(group, status);
    own->requests = duet_task_cancel_requests(duet_current_task());
    own->after = duet_yield();
    return own->closed;
}

static duet_task *start_holder(holder *own)
{
    duet_task *task;

    assert_status(duet_spawn(hold_group, own, NULL, &task), 0);
    assert_status(duet_yield(), 0);
    assert_status(duet_yield(), 0);
    return task;
}

in_virtual_time(cancelled_while_closing_cancels_the_tasks)
{
    member members[] = {{1000, 0, 1}, {2000, 0, 1}};
    holder own = {.members = members, .count = 2};
    duet_task *task = start_holder(&own);

    assert_true(duet_task_cancel(task));
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
    assert_status(own.closed, DUET_ECANCELED);
    assert_status(own.after, 0);
    assert_status(members[0].seen, DUET_ECANCELED);
    assert_status(members[1].seen, DUET_ECANCELED);
    assert_true(duet_clock_ns() == 0);
}

in_virtual_time(cancelled_in_the_body_cancels_the_tasks)
{
    member members[] = {{1000, 0, 1}};
    holder own = {.members = members, .count = 1, .body_ms = 500};
    duet_task *task = start_holder(&own);

    assert_true(duet_task_cancel(task));
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
    assert_status(own.closed, DUET_ECANCELED);
    assert_status(own.after, 0);
    assert_status(members[0].seen, DUET_ECANCELED);
}

in_virtual_time(a_foreign_request_outlives_the_groups_failure)
{
    member members[] = {{1, DUET_EIO, 1}};
    holder own = {.members = members, .count = 1, .body_ms = 500};
    duet_task *task = start_holder(&own);

    /* Cancelled by its failing member and from outside in the same turn: the
     * failure is told, and the request is still to be delivered. */
    assert_status(duet_sleep(duet_in_ms(1)), 0);
    assert_true(duet_task_cancel(task));
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
    assert_status(own.closed, DUET_EIO);
    assert_int_equal(own.requests, 1);
    assert_status(own.after, DUET_ECANCELED);
}

typedef struct adder {
    duet_group *group;
    member *added;
    int status;
} adder;

static int add_later(void *argument)
{
    adder *own = argument;
    int status = duet_sleep(duet_in_ms(1));

    own->status = duet_group_spawn(own->group, work, own->added, NULL, NULL);
    return status;
}

in_virtual_time(tasks_may_be_added_while_the_group_is_left)
{
    member added = {5, 0, 1};
    adder own = {.added = &added, .status = 1};

    assert_status(duet_group_open(&own.group), 0);
    assert_status(duet_group_spawn(own.group, add_later, &own, NULL, NULL), 0);
    assert_status(duet_group_close(own.group, 0), 0);
    assert_status(own.status, 0);
    assert_status(added.seen, 0);
    assert_true(duet_clock_ns() == 6 * 1000000);
}

static int clean_up_slowly(void *argument)
{
    int status = duet_sleep(DUET_NEVER);

    *(int *)argument = duet_sleep(duet_in_ms(20));
    return status;
}

in_virtual_time(leaving_waits_for_slow_cleanup)
{
    member failing = {1, DUET_EIO, 1};
    duet_group *group;
    int cleaned = 1;

    assert_status(duet_group_open(&group), 0);
    assert_status(
        duet_group_spawn(group, clean_up_slowly, &cleaned, NULL, NULL), 0);
    assert_status(duet_group_spawn(group, work, &failing, NULL, NULL), 0);
    assert_status(duet_group_close(group, 0), DUET_EIO);
    assert_status(cleaned, 0);
    assert_true(duet_clock_ns() == 21 * 1000000);
}

in_virtual_time(inner_failure_stays_in_the_inner_group)
{
    member failing = {1, DUET_EIO, 1};
    member outer_member = {5, 0, 1};
    duet_group *outer;
    duet_group *inner;
    int status;

    assert_status(duet_group_open(&outer), 0);
    assert_status(duet_group_spawn(outer, work, &outer_member, NULL, NULL), 0);
    assert_status(duet_group_open(&inner), 0);
    assert_status(duet_group_spawn(inner, work, &failing, NULL, NULL), 0);
    status = duet_sleep(duet_in_ms(1000));
    assert_status(status, DUET_ECANCELED);
    assert_status(duet_group_close(inner, status), DUET_EIO);
    assert_status(duet_sleep(duet_in_ms(1)), 0);
    assert_status(duet_group_close(outer, 0), 0);
    assert_status(outer_member.seen, 0);
}

in_virtual_time(outer_failure_passes_through_the_inner_group)
{
    member failing = {1, DUET_EIO, 1};
    member inner_member = {1000, 0, 1};
    duet_group *outer;
    duet_group *inner;
    int status;

    assert_status(duet_group_open(&outer), 0);
    assert_status(duet_group_spawn(outer, work, &failing, NULL, NULL), 0);
    assert_status(duet_group_open(&inner), 0);
    assert_status(duet_group_spawn(inner, work, &inner_member, NULL, NULL), 0);
    status = duet_group_close(inner, 0);
    assert_status(status, DUET_ECANCELED);
    assert_status(inner_member.seen, DUET_ECANCELED);
    assert_status(duet_group_close(outer, status), DUET_EIO);
    assert_int_equal(duet_task_cancel_requests(duet_current_task()), 0);
    assert_status(duet_yield(), 0);
}

/* --- gather -------------------------------------------------------------- */

in_virtual_time(gather_keeps_the_order_of_the_array)
{
    member members[] = {{3, 10, 1}, {1, 11, 1}, {2, 12, 1}};
    duet_call calls[3];

    for (int i = 0; i < 3; i++)
        calls[i] = (duet_call){work, &members[i], 0};
    assert_status(duet_gather(calls, 3, NULL, DUET_NEVER), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(calls[i].result, 10 + i);
    assert_true(duet_clock_ns() == 3 * 1000000);
    assert_status(duet_gather(NULL, 0, NULL, DUET_NEVER), 0);
    assert_status(duet_gather(NULL, 0, NULL, DUET_NOW), 0);
}

in_virtual_time(gather_fails_fast_and_leaves_none)
{
    member members[] = {{1000, 1, 1}, {1, DUET_EIO, 1}, {1000, 1, 1}};
    duet_call calls[3];

    for (int i = 0; i < 3; i++)
        calls[i] = (duet_call){work, &members[i], 0};
    assert_status(duet_gather(calls, 3, NULL, DUET_NEVER), DUET_EIO);
    assert_string_equal(duet_error_detail(), "member of 1 ms");
    assert_status(calls[0].result, DUET_ECANCELED);
    assert_status(calls[1].result, DUET_EIO);
    assert_status(calls[2].result, DUET_ECANCELED);
    assert_true(duet_clock_ns() == 1000000);
}

in_virtual_time(gather_that_collects_runs_all_to_their_end)
{
    const duet_gather_options collect = {.collect_errors = true};
    member members[] = {{3, 1, 1}, {1, DUET_EIO, 1}, {2, DUET_EPIPE, 1}};
    duet_call calls[3];

    for (int i = 0; i < 3; i++)
        calls[i] = (duet_call){work, &members[i], 0};
    assert_status(duet_gather(calls, 3, &collect, DUET_NEVER), 0);
    assert_int_equal(calls[0].result, 1);
    assert_status(calls[1].result, DUET_EIO);
    assert_status(calls[2].result, DUET_EPIPE);
}

in_virtual_time(gather_of_an_array_calls_with_each_element)
{
    const duet_gather_options collect = {.collect_errors = true};
    member members[] = {{3, 10, 1}, {1, DUET_EIO, 1}, {2, 12, 1}};
    int results[3];

    assert_status(duet_gather_array(work, members, 3, sizeof members[0],
                                    &collect, results, DUET_NEVER),
                  0);
    assert_int_equal(results[0], 10);
    assert_status(results[1], DUET_EIO);
    assert_int_equal(results[2], 12);
    assert_true(duet_clock_ns() == 3 * 1000000);
    assert_status(duet_gather_array(work, members, 3, sizeof members[0], NULL,
                                    NULL, DUET_NEVER),
                  DUET_EIO);
    assert_string_equal(duet_error_message(DUET_EIO), "member of 1 ms");
    assert_status(duet_gather_array(work, NULL, 0, 1, NULL, NULL, DUET_NEVER),
                  0);
}

in_virtual_time(gather_of_an_array_past_its_deadline_leaves_none)
{
    member members[] = {{1, 10, 1}, {1000, 11, 1}};
    int results[2];

    assert_status(duet_gather_array(work, members, 2, sizeof members[0], NULL,
                                    results, duet_in_ms(5)),
                  DUET_ETIMEDOUT);
    assert_int_equal(results[0], 10);
    assert_status(results[1], DUET_ECANCELED);
}

static int gather_two(void)
{
    member members[] = {{1, 10, 1}, {1, 11, 1}};

    return duet_gather_array(work, members, 2, sizeof members[0], NULL, NULL,
                             DUET_NEVER);
}

in_virtual_time(gather_of_an_array_tells_allocation_failures)
{
    test_each_allocation_failing(gather_two, 1);
}

in_virtual_time(gather_past_its_deadline_cancels_the_rest)
{
    member members[] = {{1, 1, 1}, {1000, 1, 1}};
    duet_call calls[2];

    for (int i = 0; i < 2; i++)
        calls[i] = (duet_call){work, &members[i], 0};
    assert_status(duet_gather(calls, 2, NULL, duet_in_ms(5)), DUET_ETIMEDOUT);
    assert_int_equal(calls[0].result, 1);
    assert_status(calls[1].result, DUET_ECANCELED);
    assert_true(duet_clock_ns() == 5 * 1000000);
}

static int gather_members(void *argument)
{
    member *members = argument;
    duet_call calls[2];

    for (int i = 0; i < 2; i++)
        calls[i] = (duet_call){work, &members[i], 0};
    return duet_gather(calls, 2, NULL, DUET_NEVER);
}

in_virtual_time(cancelling_gather_cancels_the_calls)
{
    member members[] = {{1000, 1, 1}, {1000, 1, 1}};
    duet_task *task;
    int result;

    assert_status(duet_spawn(gather_members, members, NULL, &task), 0);
    assert_status(duet_sleep(duet_in_ms(1)), 0);
    assert_true(duet_task_cancel(task));
    assert_status(duet_join(task, &result, DUET_NEVER), 0);
    assert_status(result, DUET_ECANCELED);
    assert_status(members[0].seen, DUET_ECANCELED);
    assert_status(members[1].seen, DUET_ECANCELED);
}

in_virtual_time(gather_with_impossible_stacks_starts_none)
{
    const duet_gather_options huge = {.stack_bytes = SIZE_MAX};
    member members[] = {{1, 1, 1}};
    duet_call call = {work, members, 0};

    assert_status(duet_gather(&call, 1, &huge, DUET_NEVER), DUET_EINVAL);
    assert_int_equal(members[0].seen, 1);
}

static void outside_a_task_there_is_no_group(void **state)
{
    duet_group *group = (duet_group *)state;

    assert_status(duet_group_open(&group), DUET_ENOLOOP);
    assert_null(group);
    assert_status(duet_gather(NULL, 0, NULL, DUET_NEVER), DUET_ENOLOOP);
}

static int wait_then_clean_up(void *argument)
{
    int status = duet_sleep(DUET_NEVER);

    (void)argument;
    assert_status(duet_sleep(duet_in_ms(20)), DUET_ECANCELED);
    return status;
}

static int gather_slow_cleaners(void *argument)
{
    member quick = {1, *(int *)argument, 1};
    duet_call calls[] = {{work, &quick, 0}, {wait_then_clean_up, NULL, 0}};
    int status;

    status = duet_gather(calls, 2, NULL, duet_in_ms(5));
    *(int *)argument = duet_yield();
    return status;
}

/* Past its deadline, or after a failure, the rest cleans up; then the caller is
 * cancelled: told at once, or after the failure. */
in_virtual_time(gather_loses_no_request_while_the_rest_cleans_up)
{
    for (int fails = 0; fails < 2; fails++) {
        int status = fails ? DUET_EIO : 0;
        duet_task *task;
        int result;

        assert_status(duet_spawn(gather_slow_cleaners, &status, NULL, &task),
                      0);
        assert_status(duet_sleep(duet_in_ms(10)), 0);
        duet_task_cancel(task);
        assert_status(duet_join(task, &result, DUET_NEVER), 0);
        assert_status(result, fails ? DUET_EIO : DUET_ECANCELED);
        assert_status(status, fails ? DUET_ECANCELED : 0);
    }
}

static int event_waiter(void *event)
{
    return duet_event_wait(event, DUET_NEVER);
}

static int gather_waiters(void *argument)
{
    duet_call calls[] = {{.function = event_waiter, .argument = argument},
                         {.function = event_waiter, .argument = argument}};

    return duet_gather(calls, 2, NULL, duet_in_ms(5));
}

/* The calls are ready, but have not ended yet, when the gathering task is told
 * to stop. */
in_virtual_time(gather_may_be_stopped_as_its_last_calls_end)
{
    duet_event *event;
    duet_task *task;
    int result;

    for (int by_cancel = 0; by_cancel < 2; by_cancel++) {
        assert_status(duet_event_new(&event), 0);
        assert_status(duet_spawn(gather_waiters, event, NULL, &task), 0);
        /* Due at the same time as the deadline, and first. */
        assert_status(duet_sleep(duet_in_ms(by_cancel ? 2 : 5)), 0);
        duet_event_set(event);
        if (by_cancel)
            duet_task_cancel(task);
        assert_status(duet_join(task, &result, DUET_NEVER), 0);
        assert_status(result, by_cancel ? DUET_ECANCELED : DUET_ETIMEDOUT);
        duet_event_free(event);
    }
}

static int fail_at_once(void *argument)
{
    (void)argument;
    return DUET_EIO;
}

/* Others of the body's may still be counted. */
in_virtual_time(request_of_the_group_itself_ends_with_it)
{
    const duet_spawn_options now = {.start_now = true};
    duet_group *group;

    duet_task_cancel(duet_current_task());
    assert_status(duet_yield(), DUET_ECANCELED);
    assert_status(duet_group_open(&group), 0);
    assert_status(duet_group_spawn(group, fail_at_once, NULL, &now, NULL), 0);
    assert_status(duet_group_close(group, 0), DUET_EIO);
    assert_status(duet_yield(), 0);
    assert_int_equal(duet_task_uncancel(duet_current_task()), 0);
}

TEST_MAIN(test(leaving_waits_for_all),
          test(an_empty_group_returns_the_bodys_status),
          test(first_failure_cancels_siblings_and_body),
          test(failure_while_closing_does_not_cancel_the_body),
          test(only_the_first_failure_counts),
          test(a_member_that_is_merely_cancelled_fails_nothing),
          test(a_failing_body_cancels_the_tasks),
          test(cancelling_the_group_spares_the_body),
          test(cancelled_while_closing_cancels_the_tasks),
          test(cancelled_in_the_body_cancels_the_tasks),
          test(a_foreign_request_outlives_the_groups_failure),
          test(tasks_may_be_added_while_the_group_is_left),
          test(leaving_waits_for_slow_cleanup),
          test(inner_failure_stays_in_the_inner_group),
          test(outer_failure_passes_through_the_inner_group),
          test(gather_keeps_the_order_of_the_array),
          test(gather_fails_fast_and_leaves_none),
          test(gather_that_collects_runs_all_to_their_end),
          test(gather_of_an_array_calls_with_each_element),
          test(gather_of_an_array_past_its_deadline_leaves_none),
          test(gather_of_an_array_tells_allocation_failures),
          test(gather_past_its_deadline_cancels_the_rest),
          test(cancelling_gather_cancels_the_calls),
          test(gather_with_impossible_stacks_starts_none),
          test(outside_a_task_there_is_no_group),
          test(gather_may_be_stopped_as_its_last_calls_end),
          test(gather_loses_no_request_while_the_rest_cleans_up),
          test(request_of_the_group_itself_ends_with_it))
