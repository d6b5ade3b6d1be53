/* SPDX-License-Identifier: MIT */
#include <duet/lock.h>

#include "support/memory.h"
#include "support/in_task.h"
#include "support/run.h"
#include "support/test.h"

static duet_lock *lock;
static test_log order;

/* A task that wants the lock, holds it for a while, and lets go. */
typedef struct user {
    const char *name;
    int64_t hold_ms;
    int64_t wait_ms; /* its deadline; 0: never */
    int status;
    int after; /* what a wait returned while it held the lock */
} user;

static int use_lock(void *argument)
{
    user *one = argument;

    one->status = duet_lock_acquire(
        lock, one->wait_ms == 0 ? DUET_NEVER : duet_in_ms(one->wait_ms));
    if (one->status != 0)
        return one->status;
    test_note(&order, one->name);
    one->after = duet_sleep(duet_in_ms(one->hold_ms));
    assert_status(duet_lock_release(lock), 0);
    return 0;
}

static duet_task *start(user *one)
{
    const duet_spawn_options now = {.start_now = true};
    duet_task *task;

    assert_status(duet_spawn(use_lock, one, &now, &task), 0);
    return task;
}

static void join(duet_task *task)
{
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
}

static void set_up(void)
{
    assert_status(duet_lock_new(&lock), 0);
    order.text[0] = '\0';
}

static void tear_down(void)
{
    assert_false(duet_lock_is_held(lock));
    duet_lock_free(lock);
}

in_virtual_time(a_free_lock_is_acquired_without_waiting)
{
    set_up();
    assert_false(duet_lock_is_held(lock));
    assert_status(duet_lock_acquire(lock, DUET_NOW), 0);
    assert_true(duet_lock_is_held(lock));
    assert_status(duet_lock_acquire(lock, DUET_NEVER), DUET_EDEADLK);
    assert_status(duet_lock_release(lock), 0);
    assert_status(duet_lock_release(lock), DUET_ESTATE);
    tear_down();
}

in_virtual_time(tasks_get_the_lock_in_the_order_they_asked)
{
    user users[] = {{.name = "a", .hold_ms = 1},
                    {.name = "b", .hold_ms = 1},
                    {.name = "c", .hold_ms = 1}};
    user late = {.name = "d"};
    duet_task *tasks[3];

    set_up();
    for (int i = 0; i < 3; i++)
        tasks[i] = start(&users[i]);
    join(tasks[0]);
    /* Handed over already: nobody can slip in between. */
    assert_true(duet_lock_is_held(lock));
    assert_status(duet_lock_acquire(lock, DUET_NOW), DUET_ETIMEDOUT);
    join(start(&late));
    join(tasks[1]);
    join(tasks[2]);
    assert_string_equal(order.text, "abcd");
    tear_down();
}

in_virtual_time(only_the_holder_releases)
{
    user holder = {.name = "a", .hold_ms = 5};
    duet_task *task;

    set_up();
    task = start(&holder);
    assert_status(duet_lock_release(lock), DUET_EPERM);
    join(task);
    tear_down();
}

in_virtual_time(waiters_that_give_up_are_passed_over)
{
    user users[] = {{.name = "a", .hold_ms = 10},
                    {.name = "b", .wait_ms = 5},
                    {.name = "c"},
                    {.name = "d"}};
    duet_task *tasks[4];

    set_up();
    for (int i = 0; i < 4; i++)
        tasks[i] = start(&users[i]);
    assert_true(duet_task_cancel(tasks[2]));
    for (int i = 0; i < 4; i++)
        join(tasks[i]);
    assert_status(users[1].status, DUET_ETIMEDOUT);
    assert_status(users[2].status, DUET_ECANCELED);
    assert_string_equal(order.text, "ad");
    assert_true(duet_clock_ns() == 10 * 1000000);
    tear_down();
}

in_virtual_time(a_lock_handed_over_to_a_cancelled_task_is_not_lost)
{
    user next = {.name = "b"};
    user last = {.name = "c"};
    duet_task *tasks[2];

    set_up();
    assert_status(duet_lock_acquire(lock, DUET_NOW), 0);
    tasks[0] = start(&next);
    tasks[1] = start(&last);
    assert_status(duet_lock_release(lock), 0);
    assert_true(duet_task_cancel(tasks[0]));
    join(tasks[0]);
    join(tasks[1]);
    assert_status(next.status, 0);
    assert_status(next.after, DUET_ECANCELED);
    assert_string_equal(order.text, "bc");
    tear_down();
}

in_virtual_time(a_free_lock_is_acquired_with_a_request_pending)
{
    set_up();
    duet_task_cancel(duet_current_task());
    assert_status(duet_lock_acquire(lock, DUET_NEVER), 0);
    assert_status(duet_lock_release(lock), 0);
    assert_status(duet_yield(), DUET_ECANCELED);
    tear_down();
}

static int make_and_free(void)
{
    duet_lock *own;
    int status = duet_lock_new(&own);

    if (status != 0)
        assert_null(own);
    duet_lock_free(own);
    return status;
}

static void allocation_failures_are_told(void **state)
{
    (void)state;
    test_each_allocation_failing(make_and_free, 1);
}

static void outside_a_task_nothing_is_acquired(void **state)
{
    (void)state;
    set_up();
    assert_status(duet_lock_acquire(lock, DUET_NEVER), DUET_ENOLOOP);
    assert_status(duet_lock_release(lock), DUET_ESTATE);
    tear_down();
}

TEST_MAIN(test(a_free_lock_is_acquired_without_waiting),
          test(tasks_get_the_lock_in_the_order_they_asked),
          test(only_the_holder_releases),
          test(waiters_that_give_up_are_passed_over),
          test(a_lock_handed_over_to_a_cancelled_task_is_not_lost),
          test(a_free_lock_is_acquired_with_a_request_pending),
          test(allocation_failures_are_told),
          test(outside_a_task_nothing_is_acquired))
