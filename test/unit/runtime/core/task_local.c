/* SPDX-License-Identifier: MIT */
#include <duet/callback.h>
#include <duet/future.h>
#include <duet/task_local.h>

#include "support/memory.h"
#include "support/in_task.h"
#include "support/test.h"

static const char name;
static const char number;
static int one = 1;
static int two = 2;

in_virtual_time(a_value_is_its_tasks_own)
{
    assert_null(duet_task_local_get(&name));
    assert_status(duet_task_local_set(&name, &one), 0);
    assert_status(duet_task_local_set(&number, &two), 0);
    assert_ptr_equal(duet_task_local_get(&name), &one);
    assert_status(duet_task_local_set(&name, &two), 0);
    assert_ptr_equal(duet_task_local_get(&name), &two);
    assert_ptr_equal(duet_task_local_get(&number), &two);
    assert_status(duet_task_local_set(&name, NULL), 0);
    assert_null(duet_task_local_get(&name));
}

static int see_and_change(void *argument)
{
    assert_ptr_equal(duet_task_local_get(&name), argument);
    assert_status(duet_task_local_set(&name, &two), 0);
    assert_status(duet_yield(), 0);
    assert_ptr_equal(duet_task_local_get(&name), &two);
    return 0;
}

in_virtual_time(a_spawned_task_inherits_and_changes_its_own)
{
    assert_status(duet_task_local_set(&name, &one), 0);
    assert_status(duet_spawn(see_and_change, &one, NULL, NULL), 0);
    assert_status(duet_spawn(see_and_change, &one, NULL, NULL), 0);
    /* Set after spawning: they do not see it. */
    assert_status(duet_task_local_set(&name, &two), 0);
    for (int i = 0; i < 3; i++)
        assert_status(duet_yield(), 0);
    assert_ptr_equal(duet_task_local_get(&name), &two);
}

static int see_late(void *argument)
{
    assert_status(duet_sleep(duet_in_ms(5)), 0);
    assert_ptr_equal(duet_task_local_get(&name), argument);
    return 0;
}

static int leave_detached(void *argument)
{
    duet_task *task;

    (void)argument;
    assert_status(duet_task_local_set(&name, &one), 0);
    assert_status(duet_spawn(see_late, &one, NULL, &task), 0);
    duet_task_detach(task);
    return 0;
}

in_virtual_time(values_live_as_long_as_a_task_sees_them)
{
    assert_status(duet_spawn(leave_detached, NULL, NULL, NULL), 0);
    assert_status(duet_sleep(duet_in_ms(1)), 0);
    assert_null(duet_task_local_get(&name));
}

static void see_called(void *argument)
{
    assert_ptr_equal(duet_task_local_get(&name), argument);
    assert_status(duet_task_local_set(&name, &two), DUET_ENOLOOP);
}

static void see_ended(int result, void *argument)
{
    assert_status(result, 0);
    see_called(argument);
}

static void see_settled(duet_future *future, void *argument)
{
    (void)future;
    see_called(argument);
}

static void see_and_spawn(void *argument)
{
    see_called(argument);
    assert_status(duet_spawn(see_and_change, argument, NULL, NULL), 0);
}

in_virtual_time(a_callback_sees_the_values_of_who_asked_for_it)
{
    duet_future *future;
    duet_future *forgotten;
    duet_task *task;

    assert_status(duet_task_local_set(&name, &one), 0);
    assert_status(duet_future_new(&future), 0);
    assert_status(duet_future_new(&forgotten), 0);
    assert_status(duet_spawn(see_and_change, &one, NULL, &task), 0);
    assert_status(duet_call_soon(see_called, &one), 0);
    assert_status(duet_call_at(duet_in_ms(10), see_and_spawn, &one, NULL), 0);
    assert_status(duet_call_at(DUET_NEVER, see_called, &one, NULL), 0);
    assert_status(duet_task_on_end(task, see_ended, &one), 0);
    assert_status(duet_future_add_callback(future, see_settled, &one), 0);
    assert_status(duet_future_add_callback(forgotten, see_settled, &one), 0);
    assert_status(duet_task_local_set(&name, &two), 0);
    assert_status(duet_future_set(future, NULL), 0);
    assert_status(duet_sleep(duet_in_ms(20)), 0);
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
    duet_future_free(future);
    duet_future_free(forgotten);
}

in_virtual_time(there_are_so_many_and_no_more)
{
    static const char keys[65];

    for (int i = 0; i < 64; i++)
        assert_status(duet_task_local_set(&keys[i], &one), 0);
    assert_status(duet_task_local_set(&keys[64], &one), DUET_EFULL);
    assert_status(duet_task_local_set(&keys[3], &two), 0);
    assert_ptr_equal(duet_task_local_get(&keys[3]), &two);
    assert_ptr_equal(duet_task_local_get(&keys[63]), &one);
}

static int set_both(void)
{
    int status = duet_task_local_set(&name, &one);

    return status != 0 ? status : duet_task_local_set(&number, &one);
}

static int set_in_task(void *argument)
{
    *(int *)argument = set_both();
    return 0;
}

static int spawn_that_sets(void)
{
    duet_task *task;
    int status = 0;

    assert_status(duet_spawn(set_in_task, &status, NULL, &task), 0);
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
    return status;
}

in_virtual_time(allocation_failures_are_told)
{
    test_each_allocation_failing(spawn_that_sets, 2);
}

static void outside_a_task_there_are_none(void **state)
{
    (void)state;
    assert_status(duet_task_local_set(&name, &one), DUET_ENOLOOP);
    assert_null(duet_task_local_get(&name));
}

TEST_MAIN(test(a_value_is_its_tasks_own),
          test(a_spawned_task_inherits_and_changes_its_own),
          test(values_live_as_long_as_a_task_sees_them),
          test(a_callback_sees_the_values_of_who_asked_for_it),
          test(there_are_so_many_and_no_more),
          test(allocation_failures_are_told),
          test(outside_a_task_there_are_none))
