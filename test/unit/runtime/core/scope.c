/* SPDX-License-Identifier: MIT */
#include "runtime/core/scope.h"

#include "runtime/core/task.h"
#include "support/in_task.h"
#include "support/test.h"

static int sleep_a_second(void *argument)
{
    int status = duet_sleep(duet_in_ms(1000));

    if (argument != NULL)
        *(int *)argument = status;
    return status;
}

static void spawn_into(duet__scope *scope, int *seen)
{
    assert_status(duet__task_spawn(duet_current_loop(), scope, sleep_a_second,
                                   seen, NULL, NULL),
                  0);
}

in_virtual_time(waiting_ends_with_the_last_task)
{
    duet__scope scope;
    int seen[2] = {1, 1};

    duet__scope_init(&scope, duet_current_task());
    assert_status(duet__scope_wait(&scope), 0);
    spawn_into(&scope, &seen[0]);
    spawn_into(&scope, &seen[1]);
    assert_status(duet__scope_wait(&scope), 0);
    assert_status(seen[0], 0);
    assert_status(seen[1], 0);
    assert_true(duet__list_is_empty(&scope.running));
    assert_null(scope.closer);
}

static int wait_for_scope(void *argument)
{
    return duet__scope_wait(argument);
}

in_virtual_time(cancelling_the_waiter_cancels_the_tasks)
{
    duet__scope scope;
    int seen[2] = {1, 1};
    duet_task *waiter;
    int result;

    duet__scope_init(&scope, duet_current_task());
    spawn_into(&scope, &seen[0]);
    spawn_into(&scope, &seen[1]);
    assert_status(duet_spawn(wait_for_scope, &scope, NULL, &waiter), 0);
    assert_status(duet_yield(), 0);
    assert_true(duet_task_cancel(waiter));
    assert_status(duet_join(waiter, &result, DUET_NEVER), 0);
    assert_status(result, DUET_ECANCELED);
    assert_status(seen[0], DUET_ECANCELED);
    assert_status(seen[1], DUET_ECANCELED);
    assert_true(duet_clock_ns() == 0);
}

in_virtual_time(a_pending_request_cancels_the_tasks_too)
{
    duet__scope scope;
    int seen = 1;

    duet__scope_init(&scope, duet_current_task());
    spawn_into(&scope, &seen);
    assert_status(duet_yield(), 0);
    duet_task_cancel(duet_current_task());
    assert_status(duet__scope_wait(&scope), DUET_ECANCELED);
    assert_status(seen, DUET_ECANCELED);
    assert_status(duet_yield(), 0);
}

in_virtual_time(a_pending_request_outlives_an_empty_scope)
{
    duet__scope scope;

    duet__scope_init(&scope, duet_current_task());
    duet_task_cancel(duet_current_task());
    assert_status(duet__scope_wait(&scope), 0);
    assert_status(duet_yield(), DUET_ECANCELED);
}

static int end_of_scope(void *argument)
{
    duet__scope scope;

    duet__scope_init(&scope, duet_current_task());
    spawn_into(&scope, NULL);
    return duet__scope_end(&scope, *(int *)argument);
}

static int end_then_yield(void *argument)
{
    int status = end_of_scope(argument);

    *(int *)argument = duet_yield();
    return status;
}

/* A request that comes while the last task ends is told once, too. */
in_virtual_time(a_request_is_told_once_after_any_end)
{
    static const struct {
        int status, told, next;
    } ends[] = {{0, DUET_ECANCELED, 0},
                {7, DUET_ECANCELED, 0},
                {DUET_ETIMEDOUT, DUET_ECANCELED, 0},
                {DUET_ECANCELED, DUET_ECANCELED, 0},
                {DUET_EIO, DUET_EIO, DUET_ECANCELED}};

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        for (int late = 0; late < 2; late++) {
            int status = ends[i].status;
            duet_task *task;
            int result;

            assert_status(duet_spawn(end_then_yield, &status, NULL, &task), 0);
            assert_status(duet_sleep(duet_in_ms(late ? 1000 : 10)), 0);
            duet_task_cancel(task);
            assert_status(duet_join(task, &result, DUET_NEVER), 0);
            assert_status(result, ends[i].told);
            assert_status(status, ends[i].next);
        }
    }
}

in_virtual_time(handles_of_ended_tasks_are_released)
{
    duet__scope scope;
    duet_task *task;

    duet__scope_init(&scope, duet_current_task());
    for (int i = 0; i < 3; i++)
        assert_status(duet__task_spawn(duet_current_loop(), &scope,
                                       sleep_a_second, NULL, NULL, &task),
                      0);
    assert_status(duet__scope_wait(&scope), 0);
    assert_false(duet__list_is_empty(&scope.ended));
    assert_true(duet_task_is_done(task));
    duet__task_release_ended(&scope);
    assert_true(duet__list_is_empty(&scope.ended));
}

TEST_MAIN(test(waiting_ends_with_the_last_task),
          test(cancelling_the_waiter_cancels_the_tasks),
          test(a_pending_request_cancels_the_tasks_too),
          test(a_pending_request_outlives_an_empty_scope),
          test(a_request_is_told_once_after_any_end),
          test(handles_of_ended_tasks_are_released))
