/* SPDX-License-Identifier: MIT */
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>

#include <duet/duet.h>
#include <duet/thread_pool.h>

#include "base/error.h"
#include "support/in_task.h"
#include "support/test.h"
#include "support/ticker.h"

static int wait_for_ticks(void *argument)
{
    test_await_ticks(argument, 5);
    return 42;
}

in_task(loop_ticks_while_a_call_blocks)
{
    static test_ticker ticker = {.descriptor = -1};
    int result = 0;

    assert_status(duet_spawn(test_tick, &ticker, NULL, NULL), 0);
    /* Ends only if the loop ticks while the call blocks. */
    assert_status(duet_to_thread(wait_for_ticks, &ticker, &result, DUET_NEVER),
                  0);
    assert_int_equal(result, 42);
}

typedef struct shared_call {
    sem_t go_on;
    atomic_bool begun;
    atomic_bool ended;
} shared_call;

static int wait_for_go(void *argument)
{
    shared_call *call = argument;

    atomic_store(&call->begun, true);
    while (sem_wait(&call->go_on) != 0)
        continue;
    atomic_store(&call->ended, true);
    return 0;
}

static int wait_in_task(void *argument)
{
    return duet_to_thread(wait_for_go, argument, NULL, DUET_NEVER);
}

static int give_up(void *argument)
{
    shared_call *call = argument;
    duet_task *task;
    int result = 0;

    assert_status(duet_spawn(wait_in_task, call, NULL, &task), 0);
    while (!atomic_load(&call->begun))
        assert_status(duet_sleep(duet_in_ms(1)), 0);
    duet_task_cancel(task);
    assert_status(duet_join(task, &result, DUET_NEVER), 0);
    assert_status(result, DUET_ECANCELED);
    assert_false(atomic_load(&call->ended));
    sem_post(&call->go_on);
    return 0;
}

static void run_waits_for_a_call_that_was_given_up(void **state)
{
    shared_call call = {.ended = false};

    (void)state;
    sem_init(&call.go_on, 0, 0);
    assert_status(duet_run(give_up, &call, NULL), 0);
    assert_true(atomic_load(&call.ended));
}

typedef struct owned_call {
    sem_t *go_on;
    int answer;
} owned_call;

static atomic_int frees;

static void free_owned(void *argument)
{
    atomic_fetch_add(&frees, 1);
    free(argument);
}

static int too_late(void *argument)
{
    shared_call *call = argument;

    assert_status(duet_to_thread(wait_for_go, call, NULL, DUET_NOW),
                  DUET_ETIMEDOUT);
    sem_post(&call->go_on);
    return 0;
}

static void deadline_that_has_passed_is_told(void **state)
{
    shared_call call = {.ended = false};

    (void)state;
    sem_init(&call.go_on, 0, 0);
    assert_status(duet_run(too_late, &call, NULL), 0);
}

static atomic_bool owned_begun;

static int answer(void *argument)
{
    owned_call *call = argument;

    atomic_store(&owned_begun, true);
    while (sem_wait(call->go_on) != 0)
        continue;
    call->answer = 7;
    return duet__fail(DUET_ERANGE, "seven is too much");
}

static owned_call *new_owned(sem_t *go_on)
{
    owned_call *call = calloc(1, sizeof *call);

    assert_non_null(call);
    call->go_on = go_on;
    return call;
}

static int get_back(void *argument)
{
    owned_call *call = new_owned(argument);
    int result = 0;

    sem_post(argument);
    assert_status(
        duet_to_thread_owned(answer, call, free_owned, &result, DUET_NEVER), 0);
    assert_status(result, DUET_ERANGE);
    assert_string_equal(duet_error_detail(), "seven is too much");
    assert_int_equal(call->answer, 7);
    assert_int_equal(atomic_load(&frees), 0);
    free(call);
    return 0;
}

static void owned_argument_comes_back_with_the_result(void **state)
{
    sem_t go_on;

    (void)state;
    atomic_store(&frees, 0);
    sem_init(&go_on, 0, 0);
    assert_status(duet_run(get_back, &go_on, NULL), 0);
    assert_int_equal(atomic_load(&frees), 0);
}

static int wait_owned(void *argument)
{
    return duet_to_thread_owned(answer, new_owned(argument), free_owned, NULL,
                                DUET_NEVER);
}

static int cancel_owned(void *argument)
{
    duet_task *task;
    int result = 0;

    atomic_store(&owned_begun, false);
    assert_status(duet_spawn(wait_owned, argument, NULL, &task), 0);
    while (!atomic_load(&owned_begun))
        assert_status(duet_sleep(duet_in_ms(1)), 0);
    assert_true(duet_task_cancel(task));
    assert_status(duet_join(task, &result, DUET_NEVER), 0);
    assert_status(result, DUET_ECANCELED);
    sem_post(argument);
    return 0;
}

static void owned_argument_of_a_cancelled_wait_is_freed_once(void **state)
{
    sem_t go_on;

    (void)state;
    atomic_store(&frees, 0);
    sem_init(&go_on, 0, 0);
    assert_status(duet_run(cancel_owned, &go_on, NULL), 0);
    assert_int_equal(atomic_load(&frees), 1);
}

static int compare_pools(void *argument)
{
    duet_thread_pool *first;
    duet_thread_pool *second;

    (void)argument;
    assert_status(duet_default_thread_pool(&first), 0);
    assert_status(duet_default_thread_pool(&second), 0);
    assert_ptr_equal(first, second);
    return 0;
}

static void loop_has_one_default_pool(void **state)
{
    duet_thread_pool *pool;

    (void)state;
    assert_status(duet_run(compare_pools, NULL, NULL), 0);
    assert_status(duet_default_thread_pool(&pool), DUET_ENOLOOP);
    assert_null(pool);
}

static void outside_tasks_the_argument_is_freed_too(void **state)
{
    sem_t go_on;

    (void)state;
    atomic_store(&frees, 0);
    assert_status(duet_to_thread_owned(answer, new_owned(&go_on), free_owned,
                                       NULL, DUET_NEVER),
                  DUET_ENOLOOP);
    assert_int_equal(atomic_load(&frees), 1);
}

TEST_MAIN(test(loop_ticks_while_a_call_blocks),
          test(run_waits_for_a_call_that_was_given_up),
          test(owned_argument_comes_back_with_the_result),
          test(owned_argument_of_a_cancelled_wait_is_freed_once),
          test(loop_has_one_default_pool),
          test(deadline_that_has_passed_is_told),
          test(outside_tasks_the_argument_is_freed_too))
