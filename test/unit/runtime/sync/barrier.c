/* SPDX-License-Identifier: MIT */
#include <duet/barrier.h>

#include "support/memory.h"
#include "support/in_task.h"
#include "support/test.h"

static duet_barrier *barrier;

typedef struct party {
    duet_deadline deadline;
    int status;
    size_t index;
} party;

static int arrive(void *argument)
{
    party *one = argument;

    one->status = duet_barrier_wait(barrier, &one->index, one->deadline);
    return one->status;
}

static duet_task *start(party *one, duet_deadline deadline)
{
    const duet_spawn_options now = {.start_now = true};
    duet_task *task;

    *one = (party){deadline, 1, 99};
    assert_status(duet_spawn(arrive, one, &now, &task), 0);
    return task;
}

static void join(duet_task *task)
{
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
}

in_virtual_time(all_go_on_when_the_last_arrives_again_and_again)
{
    party parties[6];
    duet_task *tasks[6];

    assert_status(duet_barrier_new(3, &barrier), 0);
    for (int i = 0; i < 6; i++) {
        tasks[i] = start(&parties[i], DUET_NEVER);
        assert_int_equal(duet_barrier_waiting(barrier), (i + 1) % 3);
    }
    for (int i = 0; i < 6; i++) {
        join(tasks[i]);
        assert_status(parties[i].status, 0);
        assert_int_equal(parties[i].index, i % 3);
    }
    duet_barrier_free(barrier);
}

in_virtual_time(a_barrier_for_one_never_waits)
{
    size_t index = 99;

    assert_status(duet_barrier_new(0, &barrier), DUET_EINVAL);
    assert_null(barrier);
    assert_status(duet_barrier_new(1, &barrier), 0);
    assert_status(duet_barrier_wait(barrier, &index, DUET_NOW), 0);
    assert_int_equal(index, 0);
    assert_status(duet_barrier_wait(barrier, NULL, DUET_NOW), 0);
    duet_barrier_free(barrier);
}

in_virtual_time(who_gives_up_leaves_and_breaks_nothing)
{
    party parties[5];
    duet_task *tasks[5];

    assert_status(duet_barrier_new(3, &barrier), 0);
    tasks[0] = start(&parties[0], duet_in_ms(1));
    tasks[1] = start(&parties[1], DUET_NEVER);
    assert_true(duet_task_cancel(tasks[1]));
    assert_status(duet_sleep(duet_in_ms(2)), 0);
    assert_int_equal(duet_barrier_waiting(barrier), 0);
    assert_status(duet_barrier_wait(barrier, NULL, DUET_NOW), DUET_ETIMEDOUT);
    for (int i = 2; i < 5; i++)
        tasks[i] = start(&parties[i], DUET_NEVER);
    for (int i = 0; i < 5; i++)
        join(tasks[i]);
    assert_status(parties[0].status, DUET_ETIMEDOUT);
    assert_status(parties[1].status, DUET_ECANCELED);
    for (int i = 2; i < 5; i++) {
        assert_status(parties[i].status, 0);
        assert_int_equal(parties[i].index, i - 2);
    }
    duet_barrier_free(barrier);
}

in_virtual_time(reset_breaks_the_waits_but_not_the_barrier)
{
    party parties[3];
    duet_task *task;

    assert_status(duet_barrier_new(2, &barrier), 0);
    task = start(&parties[0], DUET_NEVER);
    duet_barrier_reset(barrier);
    join(task);
    assert_status(parties[0].status, DUET_EBROKEN);
    assert_false(duet_barrier_is_broken(barrier));
    task = start(&parties[1], DUET_NEVER);
    join(start(&parties[2], DUET_NEVER));
    join(task);
    assert_status(parties[2].status, 0);
    duet_barrier_free(barrier);
}

in_virtual_time(abort_breaks_the_barrier_until_reset)
{
    party one;
    duet_task *task;

    assert_status(duet_barrier_new(2, &barrier), 0);
    task = start(&one, DUET_NEVER);
    duet_barrier_abort(barrier);
    join(task);
    assert_status(one.status, DUET_EBROKEN);
    assert_true(duet_barrier_is_broken(barrier));
    assert_status(duet_barrier_wait(barrier, NULL, DUET_NEVER), DUET_EBROKEN);
    duet_barrier_reset(barrier);
    assert_false(duet_barrier_is_broken(barrier));
    assert_status(duet_barrier_wait(barrier, NULL, DUET_NOW), DUET_ETIMEDOUT);
    duet_barrier_free(barrier);
}

static int make_and_free(void)
{
    duet_barrier *own;
    int status = duet_barrier_new(2, &own);

    duet_barrier_free(own);
    return status;
}

static void allocation_failures_are_told(void **state)
{
    (void)state;
    test_each_allocation_failing(make_and_free, 1);
}

TEST_MAIN(test(all_go_on_when_the_last_arrives_again_and_again),
          test(a_barrier_for_one_never_waits),
          test(who_gives_up_leaves_and_breaks_nothing),
          test(reset_breaks_the_waits_but_not_the_barrier),
          test(abort_breaks_the_barrier_until_reset),
          test(allocation_failures_are_told))
