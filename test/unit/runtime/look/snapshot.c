/* SPDX-License-Identifier: MIT */
#include "runtime/look/snapshot.h"

#include "support/in_task.h"
#include "support/test.h"

#include <duet/duet.h>

#include "support/memory.h"

static int wait_for_end(void *argument)
{
    (void)argument;
    return duet_sleep(DUET_NEVER);
}

static int with_children(void *argument)
{
    const duet_spawn_options first = {.name = "first"};
    const duet_spawn_options second = {.name = "second"};
    const duet_spawn_options member = {.name = "member"};
    duet_group *group;

    (void)argument;
    assert_status(duet_group_open(&group), 0);
    assert_status(duet_spawn(wait_for_end, NULL, &first, NULL), 0);
    assert_status(duet_spawn(wait_for_end, NULL, &second, NULL), 0);
    assert_status(duet_group_spawn(group, wait_for_end, NULL, &member, NULL),
                  0);
    return duet_group_close(group, 0);
}

static void expect(const duet__snapshot *snapshot, size_t index,
                   const char *name, size_t depth, size_t parent)
{
    assert_string_equal(snapshot->tasks[index].task->name, name);
    assert_int_equal(snapshot->tasks[index].depth, depth);
    assert_int_equal(snapshot->tasks[index].parent, parent);
}

in_task(tasks_come_below_their_owners_in_spawning_order)
{
    const duet_spawn_options parent = {.name = "parent"};
    const duet_spawn_options last = {.name = "last"};
    duet__snapshot snapshot;
    duet_task *ended;

    assert_status(duet_spawn(with_children, NULL, &parent, NULL), 0);
    assert_status(duet_spawn(wait_for_end, NULL, &last, &ended), 0);
    assert_status(duet_yield(), 0);
    assert_status(duet_yield(), 0);
    assert_status(duet__snapshot_take(duet_current_loop(), &snapshot), 0);
    assert_int_equal(snapshot.count, 6);
    expect(&snapshot, 0, "main", 0, SIZE_MAX);
    expect(&snapshot, 1, "parent", 1, 0);
    expect(&snapshot, 2, "first", 2, 1);
    expect(&snapshot, 3, "second", 2, 1);
    expect(&snapshot, 4, "member", 2, 1);
    expect(&snapshot, 5, "last", 1, 0);
    assert_true(duet__snapshot_has(&snapshot, ended));
    assert_false(duet__snapshot_has(&snapshot, &snapshot));
    duet__snapshot_free(&snapshot);
    /* One that has ended is no longer shown, whether its handle is held or
     * not. */
    duet_task_cancel(ended);
    assert_status(duet_task_wait(ended, DUET_NEVER), 0);
    assert_status(duet__snapshot_take(duet_current_loop(), &snapshot), 0);
    assert_int_equal(snapshot.count, 5);
    assert_false(duet__snapshot_has(&snapshot, ended));
    duet__snapshot_free(&snapshot);
}

static int go_deeper(void *argument)
{
    size_t *left = argument;
    duet__snapshot snapshot;
    size_t depth;

    if (*left > 0) {
        --*left;
        duet_call deeper = {.function = go_deeper, .argument = left};
        return duet_gather(&deeper, 1, NULL, DUET_NEVER);
    }
    assert_status(duet__snapshot_take(duet_current_loop(), &snapshot), 0);
    depth = snapshot.tasks[snapshot.count - 1].depth;
    duet__snapshot_free(&snapshot);
    return (int)depth == 3000 ? 0 : DUET_ESTATE;
}

static void depth_costs_no_stack(void **state)
{
    size_t left = 3000;

    (void)state;
    assert_status(duet_run(go_deeper, &left, NULL), 0);
}

static int end_at_once(void *argument)
{
    (void)argument;
    return 0;
}

/* More than the pool keeps warm: the pages of the others are given back. */
in_task(stacks_given_back_hold_no_tasks)
{
    enum { MANY = 5000 };
    static duet_call calls[MANY];
    duet__snapshot snapshot;

    for (size_t i = 0; i < MANY; i++)
        calls[i] = (duet_call){.function = end_at_once};
    assert_status(duet_gather(calls, MANY, NULL, DUET_NEVER), 0);
    assert_status(duet__snapshot_take(duet_current_loop(), &snapshot), 0);
    assert_int_equal(snapshot.count, 1);
    duet__snapshot_free(&snapshot);
}

in_task(without_memory_there_is_no_snapshot)
{
    duet__snapshot snapshot;

    for (int nth = 1; nth <= 4; nth++) {
        test_fail_allocation(nth);
        assert_status(duet__snapshot_take(duet_current_loop(), &snapshot),
                      DUET_ENOMEM);
        assert_null(snapshot.tasks);
    }
    test_fail_allocation(0);
    assert_status(duet__snapshot_take(duet_current_loop(), &snapshot), 0);
    duet__snapshot_free(&snapshot);
}

TEST_MAIN(test(tasks_come_below_their_owners_in_spawning_order),
          test(depth_costs_no_stack), test(stacks_given_back_hold_no_tasks),
          test(without_memory_there_is_no_snapshot))
