/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <stdlib.h>

#include "runtime/compose/as_ended.h"
#include "support/in_task.h"

static duet__as_ended all;
static duet__link entries[3];

static void set_up(void)
{
    duet__as_ended_init(&all, 3);
    for (int i = 0; i < 3; i++)
        duet__link_init(&entries[i]);
}

static int next(duet_deadline deadline)
{
    duet__link *entry;
    int status =
        duet__as_ended_next(&all, "test", DUET__FOR_TASKS, &entry, deadline);

    return status != 0 ? status : (int)(entry - entries);
}

static int take_next(void *argument)
{
    (void)argument;
    return next(DUET_NEVER);
}

static duet_task *spawn_waiter(void)
{
    const duet_spawn_options now = {.start_now = true};
    duet_task *task;

    assert_status(duet_spawn(take_next, NULL, &now, &task), 0);
    assert_false(duet_task_is_done(task));
    return task;
}

static int result_of(duet_task *task)
{
    int result = 1000;

    (void)!duet_join(task, &result, DUET_NEVER);
    return result;
}

in_task(entries_are_taken_in_the_order_of_their_ends)
{
    set_up();
    duet__as_ended_add(&all, &entries[2]);
    duet__as_ended_add(&all, &entries[0]);
    assert_int_equal(next(DUET_NOW), 2);
    assert_int_equal(next(DUET_NOW), 0);
    assert_status(next(DUET_NOW), DUET_ETIMEDOUT);
    duet__as_ended_add(&all, &entries[1]);
    assert_int_equal(next(DUET_NOW), 1);
    assert_status(next(DUET_NEVER), DUET_EEMPTY);
}

in_task(last_one_wakes_who_waits_in_vain)
{
    duet_task *first;
    duet_task *second;

    set_up();
    for (int i = 0; i < 2; i++) {
        duet__as_ended_add(&all, &entries[i]);
        assert_int_equal(next(DUET_NOW), i);
    }
    first = spawn_waiter();
    second = spawn_waiter();
    duet__as_ended_add(&all, &entries[2]);
    assert_int_equal(result_of(first), 2);
    assert_status(result_of(second), DUET_EEMPTY);
}

in_task(woken_waiter_that_is_cancelled_passes_the_wake_up_on)
{
    duet_task *first;
    duet_task *second;

    set_up();
    first = spawn_waiter();
    second = spawn_waiter();
    duet__as_ended_add(&all, &entries[1]);
    duet_task_cancel(first);
    assert_status(result_of(first), DUET_ECANCELED);
    assert_int_equal(result_of(second), 1);
    assert_true(duet__list_is_empty(&all.waiters));
}

static void array_that_no_memory_holds_is_refused(void **state)
{
    void *memory = duet__as_ended_alloc(16, 3, 8);

    (void)state;
    assert_non_null(memory);
    free(memory);
    assert_null(duet__as_ended_alloc(16, SIZE_MAX / 4, 8));
    assert_null(duet__as_ended_alloc(16, SIZE_MAX / 8, 8));
}

static void first_end_or_first_failure_is_enough(void **state)
{
    (void)state;
    assert_true(duet__until_is_met(DUET_UNTIL_FIRST, false));
    assert_false(duet__until_is_met(DUET_UNTIL_ERROR, false));
    assert_true(duet__until_is_met(DUET_UNTIL_ERROR, true));
    assert_false(duet__until_is_met(DUET_UNTIL_ALL, true));
}

TEST_MAIN(test(entries_are_taken_in_the_order_of_their_ends),
          test(last_one_wakes_who_waits_in_vain),
          test(woken_waiter_that_is_cancelled_passes_the_wake_up_on),
          test(array_that_no_memory_holds_is_refused),
          test(first_end_or_first_failure_is_enough))
