/* SPDX-License-Identifier: MIT */
#include "runtime/core/wait.h"

#include "runtime/core/task.h"
#include "support/in_task.h"
#include "support/run.h"
#include "support/test.h"

/* One task that waits in a queue, and what became of it. */
typedef struct waiter {
    duet__list *queue;
    duet_deadline deadline;
    duet__wait wait;
    int status;
    int next_status; /* of a yield right after */
    test_log *log;
    const char *name;
} waiter;

static int wait_in_queue(void *argument)
{
    waiter *one = argument;

    one->wait.what = "test";
    duet__list_push_back(one->queue, &one->wait.link);
    one->status = duet__park(&one->wait, one->deadline);
    assert_false(duet__link_is_in(&one->wait.link));
    one->next_status = duet_yield();
    if (one->log != NULL)
        test_note(one->log, one->name);
    return 0;
}

static duet_task *start(waiter *one)
{
    const duet_spawn_options now = {.start_now = true};
    duet_task *task;

    assert_status(duet_spawn(wait_in_queue, one, &now, &task), 0);
    return task;
}

static void finish(duet_task *task)
{
    assert_status(duet_task_wait(task, DUET_NEVER), 0);
    duet_task_release(task);
}

in_virtual_time(waiters_are_woken_first_in_first_out)
{
    duet__list queue = DUET__LIST_EMPTY(queue);
    test_log log = {""};
    waiter all[3];
    duet_task *tasks[3];

    for (int i = 0; i < 3; i++) {
        all[i] = (waiter){.queue = &queue,
                          .deadline = DUET_NEVER,
                          .log = &log,
                          .name = (const char *[]){"a", "b", "c"}[i]};
        tasks[i] = start(&all[i]);
    }
    assert_true(duet__wake_first(&queue, 1));
    duet__wake_all(&queue, 2);
    assert_false(duet__wake_first(&queue, 3));
    for (int i = 0; i < 3; i++)
        finish(tasks[i]);
    assert_string_equal(log.text, "abc");
    assert_int_equal(all[0].status, 1);
    assert_int_equal(all[1].status, 2);
    assert_int_equal(all[2].status, 2);
}

in_virtual_time(whoever_gave_up_is_not_in_the_queue)
{
    duet__list queue = DUET__LIST_EMPTY(queue);
    waiter late = {.queue = &queue, .deadline = duet_in_ms(5)};
    waiter cancelled = {.queue = &queue, .deadline = DUET_NEVER};
    duet_task *first = start(&late);
    duet_task *second = start(&cancelled);

    assert_true(duet_task_cancel(second));
    /* It has not run yet, but its fate is decided. */
    assert_ptr_equal(queue.next, queue.previous);
    assert_ptr_equal(queue.next, &late.wait.link);
    assert_status(duet_sleep(duet_in_ms(5)), 0);
    assert_true(duet__list_is_empty(&queue));
    finish(first);
    finish(second);
    assert_status(late.status, DUET_ETIMEDOUT);
    assert_status(cancelled.status, DUET_ECANCELED);
}

in_virtual_time(a_wake_before_the_deadline_disarms_it)
{
    duet_loop *loop = duet_current_loop();
    duet__list queue = DUET__LIST_EMPTY(queue);
    waiter one = {.queue = &queue, .deadline = duet_in_ms(5)};
    duet_task *task = start(&one);

    assert_int_equal(loop->timers.count, 1);
    duet__wake(&one.wait, 0);
    assert_int_equal(loop->timers.count, 0);
    finish(task);
    assert_status(one.status, 0);
    assert_true(duet_clock_ns() == 0);
}

in_virtual_time(what_was_handed_over_is_kept_when_cancelled)
{
    duet__list queue = DUET__LIST_EMPTY(queue);
    waiter one = {.queue = &queue, .deadline = DUET_NEVER};
    duet_task *task = start(&one);

    duet__wake(&one.wait, 7);
    assert_true(duet_task_cancel(task));
    finish(task);
    assert_int_equal(one.status, 7);
    assert_status(one.next_status, DUET_ECANCELED);
}

in_virtual_time(a_wait_that_cancel_wins_is_cancelled_late)
{
    duet__list queue = DUET__LIST_EMPTY(queue);
    waiter one = {
        .queue = &queue, .deadline = DUET_NEVER, .wait.cancel_wins = true};
    waiter late = {.queue = &queue, .deadline = duet_in_ms(1)};
    duet_task *task = start(&one);
    duet_task *other = start(&late);

    duet__wake(&one.wait, 0);
    assert_true(duet_task_cancel(task));
    finish(task);
    assert_status(one.status, DUET_ECANCELED);
    assert_status(one.next_status, 0);
    /* Timed out and cancelled in the same turn: cancelled. */
    assert_status(duet_sleep(duet_in_ms(1)), 0);
    assert_true(duet_task_cancel(other));
    finish(other);
    assert_status(late.status == DUET_ETIMEDOUT ? late.next_status
                                                : late.status,
                  DUET_ECANCELED);
}

in_virtual_time(a_deadline_that_passed_does_not_wait)
{
    duet__list queue = DUET__LIST_EMPTY(queue);
    duet__wait wait = {.what = "test"};
    uint64_t switches = duet_current_loop()->counters.switches;

    duet__list_push_back(&queue, &wait.link);
    assert_status(duet__park(&wait, DUET_NOW), DUET_ETIMEDOUT);
    assert_true(duet__list_is_empty(&queue));
    duet__list_push_back(&queue, &wait.link);
    assert_status(duet__park(&wait, duet_at_ns(-1)), DUET_ETIMEDOUT);
    assert_true(duet__list_is_empty(&queue));
    assert_int_equal(duet_current_loop()->counters.switches, switches);
}

static void outside_a_task_parking_leaves_the_queue(void **state)
{
    duet__list queue = DUET__LIST_EMPTY(queue);
    duet__wait wait = {.what = "test"};

    (void)state;
    duet__list_push_back(&queue, &wait.link);
    assert_status(duet__park(&wait, DUET_NEVER), DUET_ENOLOOP);
    assert_true(duet__list_is_empty(&queue));
    duet__list_push_back(&queue, &wait.link);
    assert_status(duet__park(&wait, DUET_NOW), DUET_ETIMEDOUT);
    assert_true(duet__list_is_empty(&queue));
}

TEST_MAIN(test(waiters_are_woken_first_in_first_out),
          test(whoever_gave_up_is_not_in_the_queue),
          test(a_wake_before_the_deadline_disarms_it),
          test(what_was_handed_over_is_kept_when_cancelled),
          test(a_wait_that_cancel_wins_is_cancelled_late),
          test(a_deadline_that_passed_does_not_wait),
          test(outside_a_task_parking_leaves_the_queue))
