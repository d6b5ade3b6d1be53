/* SPDX-License-Identifier: MIT */
#include "runtime/core/cancel.h"

#include "runtime/core/task.h"
#include "support/in_task.h"
#include "support/test.h"

/* One task that waits in a queue, and what became of it. */
typedef struct waiter {
    duet__list *queue;
    duet_deadline deadline;
    duet__wait wait;
    int status;
    int next_status; /* of a yield right after */
} waiter;

static int wait_in_queue(void *argument)
{
    waiter *one = argument;

    one->wait.what = "test";
    duet__list_push_back(one->queue, &one->wait.link);
    one->status = duet__park(&one->wait, one->deadline);
    assert_false(duet__link_is_in(&one->wait.link));
    one->next_status = duet_yield();
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

in_virtual_time(a_pending_request_ends_the_wait_at_once)
{
    duet__list queue = DUET__LIST_EMPTY(queue);
    duet__wait wait = {.what = "test"};

    assert_true(duet_task_cancel(duet_current_task()));
    duet__list_push_back(&queue, &wait.link);
    assert_status(duet__park(&wait, DUET_NEVER), DUET_ECANCELED);
    assert_true(duet__list_is_empty(&queue));
    assert_status(duet_yield(), 0);
    assert_int_equal(duet_task_cancel_requests(duet_current_task()), 1);
    assert_int_equal(duet_task_uncancel(duet_current_task()), 0);
    assert_int_equal(duet_task_uncancel(duet_current_task()), 0);
}

in_virtual_time(a_request_taken_back_in_time_is_not_delivered)
{
    duet_task *self = duet_current_task();

    assert_true(duet_task_cancel(self));
    assert_true(duet_task_cancel(self));
    assert_int_equal(duet_task_uncancel(self), 1);
    assert_int_equal(duet_task_uncancel(self), 0);
    assert_status(duet_yield(), 0);
}

static int left;
static int refused;

static void count_leaving(duet__wait *wait)
{
    left++;
    duet__list_remove(&wait->link);
}

static bool refuse_once(duet__wait *wait)
{
    (void)wait;
    return ++refused == 1;
}

in_virtual_time(callbacks_are_asked_and_told)
{
    duet__list queue = DUET__LIST_EMPTY(queue);
    waiter one = {.queue = &queue,
                  .deadline = DUET_NEVER,
                  .wait = {.leave = count_leaving, .cancelled = refuse_once}};
    duet_task *task;

    left = refused = 0;
    task = start(&one);
    assert_true(duet_task_cancel(task));
    assert_int_equal(left, 0);
    assert_true(duet__link_is_in(&one.wait.link));
    assert_true(duet_task_cancel(task));
    assert_int_equal(left, 1);
    assert_int_equal(refused, 2);
    assert_int_equal(duet_task_cancel_requests(task), 2);
    finish(task);
    assert_status(one.status, DUET_ECANCELED);
    /* A waker takes the wait out itself: nobody is asked to leave. */
    one.wait = (duet__wait){.leave = count_leaving};
    task = start(&one);
    duet__wake(&one.wait, 0);
    finish(task);
    assert_int_equal(left, 1);
}

in_virtual_time(a_second_request_after_the_wake_is_not_delivered_twice)
{
    duet__list queue = DUET__LIST_EMPTY(queue);
    waiter one = {.queue = &queue, .deadline = DUET_NEVER};
    duet_task *task = start(&one);

    assert_true(duet_task_cancel(task));
    assert_true(duet_task_cancel(task));
    finish(task);
    assert_status(one.status, DUET_ECANCELED);
    assert_status(one.next_status, 0);
}

in_virtual_time(the_newest_reason_for_cancelling_is_told)
{
    duet__list queue = DUET__LIST_EMPTY(queue);
    waiter one = {.queue = &queue, .deadline = DUET_NEVER};
    duet_task *task = start(&one);

    assert_null(duet_task_cancel_reason(task));
    assert_true(duet_task_cancel_because(task, "the peer went away"));
    assert_true(duet_task_cancel(task));
    assert_string_equal(duet_task_cancel_reason(task), "the peer went away");
    assert_status(duet_task_wait(task, DUET_NEVER), 0);
    assert_false(duet_task_cancel_because(task, "too late"));
    assert_string_equal(duet_task_cancel_reason(task), "the peer went away");
    assert_status(one.status, DUET_ECANCELED);
    duet_task_release(task);
}

in_virtual_time(what_is_held_is_delivered_when_it_is_released)
{
    duet_task *self = duet_current_task();

    duet__hold_cancel();
    duet__hold_cancel();
    assert_true(duet_task_cancel(self));
    assert_status(duet_yield(), 0);
    duet__release_cancel();
    assert_status(duet_yield(), 0);
    duet__release_cancel();
    assert_status(duet_yield(), DUET_ECANCELED);
    assert_status(duet_yield(), 0);
    duet_task_uncancel(self);
}

in_virtual_time(what_was_put_back_is_delivered_again)
{
    duet_task *self = duet_current_task();

    assert_true(duet_task_cancel(self));
    assert_int_equal(duet__cancel_delivered(&self->cancel), 0);
    assert_status(duet_yield(), DUET_ECANCELED);
    assert_int_equal(duet__cancel_delivered(&self->cancel), 1);
    duet__cancel_put_back(&self->cancel);
    assert_status(duet_yield(), DUET_ECANCELED);
    duet__cancel_put_back(&self->cancel);
    duet__cancel_drop(&self->cancel);
    assert_status(duet_yield(), 0);
    duet_task_uncancel(self);
}

TEST_MAIN(test(a_pending_request_ends_the_wait_at_once),
          test(a_request_taken_back_in_time_is_not_delivered),
          test(callbacks_are_asked_and_told),
          test(a_second_request_after_the_wake_is_not_delivered_twice),
          test(the_newest_reason_for_cancelling_is_told),
          test(what_is_held_is_delivered_when_it_is_released),
          test(what_was_put_back_is_delivered_again))
