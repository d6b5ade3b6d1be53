/* SPDX-License-Identifier: MIT */
#include <duet/wait_tasks.h>

#include "support/memory.h"
#include "support/in_task.h"
#include "support/test.h"

enum { MANY = 20 };

typedef struct job {
    int64_t ms;
    int result;
} job;

static int work(void *argument)
{
    const job *own = argument;
    int status = duet_sleep(duet_in_ms(own->ms));

    return status != 0 ? status : own->result;
}

static void start(duet_task **tasks, job *jobs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_status(duet_spawn(work, &jobs[i], NULL, &tasks[i]), 0);
}

static void join_all(duet_task **tasks, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_status(duet_join(tasks[i], NULL, DUET_NEVER), 0);
}

in_virtual_time(until_all_waits_for_the_last)
{
    job jobs[MANY];
    duet_task *tasks[MANY];
    size_t done = 0;

    for (int i = 0; i < MANY; i++)
        jobs[i] = (job){i + 1, i % 3 == 0 ? DUET_EIO : 0};
    start(tasks, jobs, MANY);
    assert_status(
        duet_tasks_wait(tasks, MANY, DUET_UNTIL_ALL, &done, DUET_NEVER), 0);
    assert_int_equal(done, MANY);
    assert_true(duet_clock_ns() == MANY * 1000000);
    assert_status(duet_tasks_wait(tasks, MANY, DUET_UNTIL_ALL, NULL, DUET_NOW),
                  0);
    join_all(tasks, MANY);
}

in_virtual_time(until_first_waits_for_the_first)
{
    job jobs[] = {{30, 0}, {10, 0}, {20, 0}};
    duet_task *tasks[3];
    size_t done = 0;

    start(tasks, jobs, 3);
    assert_status(
        duet_tasks_wait(tasks, 3, DUET_UNTIL_FIRST, &done, DUET_NEVER), 0);
    assert_int_equal(done, 1);
    assert_true(duet_task_is_done(tasks[1]));
    assert_false(duet_task_is_done(tasks[2]));
    /* One has ended already: no waiting. */
    assert_status(duet_tasks_wait(tasks, 3, DUET_UNTIL_FIRST, &done, DUET_NOW),
                  0);
    assert_true(duet_clock_ns() == 10 * 1000000);
    join_all(tasks, 3);
}

in_virtual_time(until_error_passes_over_success_and_cancellation)
{
    job jobs[] = {{10, 0}, {20, 0}, {30, DUET_EIO}, {40, 0}};
    duet_task *tasks[4];
    size_t done = 0;

    start(tasks, jobs, 4);
    assert_status(duet_yield(), 0);
    assert_true(duet_task_cancel(tasks[1]));
    assert_status(
        duet_tasks_wait(tasks, 4, DUET_UNTIL_ERROR, &done, DUET_NEVER), 0);
    assert_int_equal(done, 3);
    assert_true(duet_clock_ns() == 30 * 1000000);
    assert_status(duet_tasks_wait(tasks, 2, DUET_UNTIL_ERROR, &done, DUET_NOW),
                  0);
    assert_int_equal(done, 2);
    join_all(tasks, 4);
}

in_virtual_time(a_deadline_cancels_nothing)
{
    job jobs[] = {{10, 0}, {1000, 0}};
    duet_task *tasks[2];
    size_t done = 0;

    start(tasks, jobs, 2);
    assert_status(
        duet_tasks_wait(tasks, 2, DUET_UNTIL_ALL, &done, duet_in_ms(20)),
        DUET_ETIMEDOUT);
    assert_int_equal(done, 1);
    assert_int_equal(duet_task_cancel_requests(tasks[1]), 0);
    assert_status(duet_tasks_wait(tasks, 2, DUET_UNTIL_ALL, &done, DUET_NOW),
                  DUET_ETIMEDOUT);
    join_all(tasks, 2);
    assert_true(duet_clock_ns() == 1000LL * 1000000);
}

typedef struct waiter {
    duet_task **tasks;
    size_t count;
} waiter;

static int wait_for_all(void *argument)
{
    const waiter *own = argument;

    return duet_tasks_wait(own->tasks, own->count, DUET_UNTIL_ALL, NULL,
                           DUET_NEVER);
}

in_virtual_time(cancelling_the_waiter_cancels_nothing_else)
{
    job jobs[] = {{10, 0}, {20, 0}};
    duet_task *tasks[2];
    waiter own = {tasks, 2};
    duet_task *task;
    int result;

    start(tasks, jobs, 2);
    assert_status(duet_spawn(wait_for_all, &own, NULL, &task), 0);
    assert_status(duet_sleep(duet_in_ms(1)), 0);
    assert_true(duet_task_cancel(task));
    assert_status(duet_join(task, &result, DUET_NEVER), 0);
    assert_status(result, DUET_ECANCELED);
    join_all(tasks, 2);
    assert_true(duet_clock_ns() == 20 * 1000000);
}

in_virtual_time(nobody_and_oneself_are_refused)
{
    duet_task *self = duet_current_task();

    assert_status(duet_tasks_wait(NULL, 0, DUET_UNTIL_ALL, NULL, DUET_NEVER),
                  DUET_EINVAL);
    assert_status(duet_tasks_wait(&self, 1, DUET_UNTIL_ALL, NULL, DUET_NEVER),
                  DUET_EDEADLK);
}

/* --- as completed -------------------------------------------------------- */

in_virtual_time(tasks_are_given_in_the_order_they_ended)
{
    job jobs[] = {{30, 0}, {10, 1}, {20, 2}, {5, 3}};
    duet_task *tasks[4];
    duet_task *task;
    duet_task_completions *all;
    const int order[] = {3, 1, 2, 0};

    start(tasks, jobs, 4);
    assert_status(duet_sleep(duet_in_ms(7)), 0);
    assert_status(duet_task_completions_open(tasks, 4, &all), 0);
    for (int i = 0; i < 4; i++) {
        assert_status(duet_task_completions_next(all, &task, DUET_NEVER), 0);
        assert_ptr_equal(task, tasks[order[i]]);
        assert_int_equal(duet_task_result(task), order[i]);
        assert_status(duet_join(task, NULL, DUET_NOW), 0);
    }
    assert_status(duet_task_completions_next(all, &task, DUET_NEVER),
                  DUET_EEMPTY);
    assert_null(task);
    duet_task_completions_close(all);
}

in_virtual_time(collecting_goes_on_after_a_deadline)
{
    job jobs[] = {{10, 0}, {20, 0}};
    duet_task *tasks[2];
    duet_task *task;
    duet_task_completions *all;

    start(tasks, jobs, 2);
    assert_status(duet_task_completions_open(tasks, 2, &all), 0);
    assert_status(duet_task_completions_next(all, &task, duet_in_ms(5)),
                  DUET_ETIMEDOUT);
    assert_status(duet_task_completions_next(all, &task, DUET_NEVER), 0);
    assert_ptr_equal(task, tasks[0]);
    duet_task_completions_close(all); /* the other goes on */
    join_all(tasks, 2);
    duet_task_completions_close(NULL);
    assert_status(duet_task_completions_open(NULL, 0, &all), 0);
    assert_status(duet_task_completions_next(all, &task, DUET_NEVER),
                  DUET_EEMPTY);
    duet_task_completions_close(all);
}

static int take_one(void *argument)
{
    duet_task *task;

    return duet_task_completions_next(argument, &task, DUET_NEVER);
}

static duet_task *collectors[3];

static int cancel_collector_when_ended(void *argument)
{
    assert_status(duet_task_wait(argument, DUET_NEVER), 0);
    assert_true(duet_task_cancel(collectors[0]));
    return 0;
}

in_virtual_time(no_completion_is_lost_to_a_cancelled_collector)
{
    static const int expected[] = {DUET_ECANCELED, 0, DUET_EEMPTY};
    job jobs[] = {{10, 0}};
    duet_task *tasks[1];
    duet_task_completions *all;
    int result;

    start(tasks, jobs, 1);
    /* It hears of the end first, and cancels who was just woken for it. */
    assert_status(duet_spawn(cancel_collector_when_ended, tasks[0], NULL, NULL),
                  0);
    assert_status(duet_yield(), 0);
    assert_status(duet_task_completions_open(tasks, 1, &all), 0);
    for (int i = 0; i < 3; i++)
        assert_status(duet_spawn(take_one, all, NULL, &collectors[i]), 0);
    for (int i = 0; i < 3; i++) {
        assert_status(duet_join(collectors[i], &result, DUET_NEVER), 0);
        assert_status(result, expected[i]);
    }
    duet_task_completions_close(all);
    join_all(tasks, 1);
}

static job idle[MANY];
static duet_task *idle_tasks[MANY];

static int wait_and_collect(void)
{
    duet_task_completions *all;
    int status =
        duet_tasks_wait(idle_tasks, MANY, DUET_UNTIL_ALL, NULL, DUET_NEVER);

    if (status == 0)
        status = duet_task_completions_open(idle_tasks, MANY, &all);
    if (status == 0)
        duet_task_completions_close(all);
    return status;
}

in_virtual_time(allocation_failures_are_told)
{
    start(idle_tasks, idle, MANY);
    assert_status(duet_sleep(duet_in_ms(1)), 0);
    test_each_allocation_failing(wait_and_collect, 2);
    join_all(idle_tasks, MANY);
}

TEST_MAIN(test(until_all_waits_for_the_last),
          test(until_first_waits_for_the_first),
          test(until_error_passes_over_success_and_cancellation),
          test(a_deadline_cancels_nothing),
          test(cancelling_the_waiter_cancels_nothing_else),
          test(nobody_and_oneself_are_refused),
          test(tasks_are_given_in_the_order_they_ended),
          test(collecting_goes_on_after_a_deadline),
          test(no_completion_is_lost_to_a_cancelled_collector),
          test(allocation_failures_are_told))
