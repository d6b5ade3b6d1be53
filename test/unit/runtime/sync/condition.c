/* SPDX-License-Identifier: MIT */
#include <duet/condition.h>

#include "support/memory.h"
#include "support/in_task.h"
#include "support/test.h"

static duet_lock *lock;
static duet_condition *condition;
static int items;

typedef struct consumer {
    duet_deadline deadline;
    int status;
    int after; /* what its next wait returned */
} consumer;

static bool has_items(void *argument)
{
    (void)argument;
    return items > 0;
}

static int consume(void *argument)
{
    consumer *one = argument;

    assert_status(duet_lock_acquire(lock, DUET_NEVER), 0);
    one->status =
        duet_condition_wait_for(condition, has_items, NULL, one->deadline);
    if (one->status == 0)
        items--;
    assert_status(duet_lock_release(lock), 0);
    one->after = duet_yield();
    return one->status;
}

static duet_task *start(consumer *one)
{
    const duet_spawn_options now = {.start_now = true};
    duet_task *task;

    assert_status(duet_spawn(consume, one, &now, &task), 0);
    return task;
}

static void set_up(void)
{
    items = 0;
    assert_status(duet_lock_new(&lock), 0);
    assert_status(duet_condition_new(lock, &condition), 0);
}

static void tear_down(void)
{
    duet_condition_free(condition);
    duet_lock_free(lock);
}

static void add_items(int count)
{
    assert_status(duet_lock_acquire(lock, DUET_NEVER), 0);
    items += count;
    assert_status(duet_condition_notify(condition, (size_t)count), 0);
    assert_status(duet_lock_release(lock), 0);
}

static void join(duet_task *task)
{
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
}

in_virtual_time(so_many_are_woken_as_were_notified)
{
    consumer all[4];
    duet_task *tasks[4];
    int woken = 0;

    set_up();
    for (int i = 0; i < 4; i++) {
        all[i] = (consumer){DUET_NEVER, 1, 1};
        tasks[i] = start(&all[i]);
    }
    add_items(2);
    assert_status(duet_sleep(duet_in_ms(1)), 0);
    for (int i = 0; i < 4; i++)
        woken += all[i].status == 0;
    assert_int_equal(woken, 2);
    assert_status(all[0].status, 0);
    assert_status(all[1].status, 0);
    add_items(2);
    for (int i = 0; i < 4; i++)
        join(tasks[i]);
    assert_int_equal(items, 0);
    tear_down();
}

in_virtual_time(the_lock_is_held_again_whatever_happened)
{
    consumer late = {duet_in_ms(2), 1, 1};
    consumer cancelled = {DUET_NEVER, 1, 1};
    duet_task *tasks[2];

    set_up();
    tasks[0] = start(&late);
    tasks[1] = start(&cancelled);
    assert_status(duet_lock_acquire(lock, DUET_NEVER), 0);
    assert_true(duet_task_cancel(tasks[1]));
    assert_status(duet_sleep(duet_in_ms(10)), 0);
    /* Both have their answer, and wait for the lock to return with it. */
    assert_false(duet_task_is_done(tasks[0]));
    assert_true(duet_task_cancel(tasks[1]));
    assert_status(duet_sleep(duet_in_ms(1)), 0);
    assert_false(duet_task_is_done(tasks[1]));
    assert_status(duet_lock_release(lock), 0);
    join(tasks[0]);
    join(tasks[1]);
    assert_status(late.status, DUET_ETIMEDOUT);
    assert_status(late.after, 0);
    assert_status(cancelled.status, DUET_ECANCELED);
    assert_status(cancelled.after, 0);
    tear_down();
}

in_virtual_time(a_notified_task_that_is_cancelled_keeps_its_notice)
{
    consumer all[2] = {{DUET_NEVER, 1, 1}, {DUET_NEVER, 1, 1}};
    duet_task *tasks[2];

    set_up();
    tasks[0] = start(&all[0]);
    tasks[1] = start(&all[1]);
    add_items(1);
    assert_true(duet_task_cancel(tasks[0]));
    join(tasks[0]);
    assert_status(all[0].status, 0);
    assert_status(all[0].after, DUET_ECANCELED);
    assert_int_equal(items, 0);
    add_items(1);
    join(tasks[1]);
    tear_down();
}

in_virtual_time(cancelled_for_the_lock_after_a_notice_is_told_later)
{
    consumer one = {DUET_NEVER, 1, 1};
    duet_task *task;

    set_up();
    task = start(&one);
    assert_status(duet_lock_acquire(lock, DUET_NEVER), 0);
    items = 1;
    assert_status(duet_condition_notify(condition, 1), 0);
    assert_status(duet_yield(), 0);
    assert_true(duet_task_cancel(task)); /* it waits for the lock */
    assert_status(duet_yield(), 0);
    assert_false(duet_task_is_done(task));
    assert_status(duet_lock_release(lock), 0);
    join(task);
    assert_status(one.status, 0);
    assert_status(one.after, DUET_ECANCELED);
    tear_down();
}

in_virtual_time(without_the_lock_nothing_is_waited_for_or_notified)
{
    set_up();
    assert_status(duet_condition_wait(condition, DUET_NEVER), DUET_EPERM);
    assert_status(duet_condition_notify(condition, SIZE_MAX), DUET_EPERM);
    assert_status(
        duet_condition_wait_for(condition, has_items, NULL, DUET_NEVER),
        DUET_EPERM);
    tear_down();
}

in_virtual_time(notifying_all_or_nobody_is_fine)
{
    consumer all[2] = {{DUET_NEVER, 1, 1}, {DUET_NEVER, 1, 1}};
    duet_task *tasks[2];

    set_up();
    assert_status(duet_lock_acquire(lock, DUET_NEVER), 0);
    assert_status(duet_condition_notify(condition, 3), 0);
    assert_status(duet_lock_release(lock), 0);
    for (int i = 0; i < 2; i++)
        tasks[i] = start(&all[i]);
    assert_status(duet_lock_acquire(lock, DUET_NEVER), 0);
    items = 2;
    assert_status(duet_condition_notify(condition, 0), 0);
    assert_status(duet_condition_notify(condition, SIZE_MAX), 0);
    assert_status(duet_lock_release(lock), 0);
    for (int i = 0; i < 2; i++)
        join(tasks[i]);
    assert_int_equal(items, 0);
    tear_down();
}

static int make_and_free(void)
{
    duet_condition *own;
    int status = duet_condition_new(NULL, &own);

    duet_condition_free(own);
    return status;
}

static void allocation_failures_are_told(void **state)
{
    (void)state;
    test_each_allocation_failing(make_and_free, 1);
}

TEST_MAIN(test(so_many_are_woken_as_were_notified),
          test(the_lock_is_held_again_whatever_happened),
          test(a_notified_task_that_is_cancelled_keeps_its_notice),
          test(cancelled_for_the_lock_after_a_notice_is_told_later),
          test(without_the_lock_nothing_is_waited_for_or_notified),
          test(notifying_all_or_nobody_is_fine),
          test(allocation_failures_are_told))
