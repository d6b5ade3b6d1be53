/* SPDX-License-Identifier: MIT */
#include <duet/event.h>

#include "support/memory.h"
#include "support/in_task.h"
#include "support/test.h"

static duet_event *event;

typedef struct waiter {
    duet_deadline deadline;
    int status;
} waiter;

static int wait_for_event(void *argument)
{
    waiter *one = argument;

    one->status = duet_event_wait(event, one->deadline);
    return one->status;
}

static duet_task *start(waiter *one)
{
    const duet_spawn_options now = {.start_now = true};
    duet_task *task;

    one->status = 1;
    assert_status(duet_spawn(wait_for_event, one, &now, &task), 0);
    return task;
}

in_virtual_time(set_then_clear_wakes_all_who_waited)
{
    waiter waiters[3] = {{DUET_NEVER, 1}, {DUET_NEVER, 1}, {DUET_NEVER, 1}};
    duet_task *tasks[3];

    assert_status(duet_event_new(&event), 0);
    for (int i = 0; i < 3; i++)
        tasks[i] = start(&waiters[i]);
    duet_event_set(event);
    duet_event_clear(event);
    assert_status(duet_event_wait(event, DUET_NOW), DUET_ETIMEDOUT);
    for (int i = 0; i < 3; i++) {
        assert_status(duet_join(tasks[i], NULL, DUET_NEVER), 0);
        assert_status(waiters[i].status, 0);
    }
    duet_event_free(event);
}

in_virtual_time(an_event_that_is_set_is_not_waited_for)
{
    assert_status(duet_event_new(&event), 0);
    assert_false(duet_event_is_set(event));
    duet_event_set(event);
    duet_event_set(event);
    assert_true(duet_event_is_set(event));
    assert_status(duet_event_wait(event, DUET_NOW), 0);
    assert_status(duet_event_wait(event, DUET_NEVER), 0);
    duet_event_clear(event);
    assert_false(duet_event_is_set(event));
    duet_event_free(event);
}

in_virtual_time(waiting_ends_by_deadline_and_by_cancellation)
{
    waiter late = {.deadline = duet_in_ms(5)};
    waiter cancelled = {.deadline = DUET_NEVER};
    waiter just_set = {.deadline = DUET_NEVER};
    duet_task *tasks[3];

    assert_status(duet_event_new(&event), 0);
    tasks[0] = start(&late);
    tasks[1] = start(&cancelled);
    tasks[2] = start(&just_set);
    assert_true(duet_task_cancel(tasks[1]));
    assert_status(duet_sleep(duet_in_ms(6)), 0);
    duet_event_set(event);
    assert_true(duet_task_cancel(tasks[2]));
    for (int i = 0; i < 3; i++)
        assert_status(duet_join(tasks[i], NULL, DUET_NEVER), 0);
    assert_status(late.status, DUET_ETIMEDOUT);
    assert_status(cancelled.status, DUET_ECANCELED);
    /* An event hands over nothing: the request is told at once. */
    assert_status(just_set.status, DUET_ECANCELED);
    duet_event_free(event);
}

static int make_and_free(void)
{
    duet_event *own;
    int status = duet_event_new(&own);

    duet_event_free(own);
    return status;
}

static void allocation_failures_are_told(void **state)
{
    (void)state;
    test_each_allocation_failing(make_and_free, 1);
}

TEST_MAIN(test(set_then_clear_wakes_all_who_waited),
          test(an_event_that_is_set_is_not_waited_for),
          test(waiting_ends_by_deadline_and_by_cancellation),
          test(allocation_failures_are_told))
