/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

#include <duet/duet.h>
#include <duet/thread_pool.h>

#include "base/error.h"
#include "support/held.h"
#include "support/test.h"

static int wait_for_go(void *argument)
{
    while (sem_wait(argument) != 0)
        continue;
    return duet__fail(DUET_EIO, "told so");
}

static int at_once(void *argument)
{
    (void)argument;
    return 1;
}

/* One call that waits, of one pool, and one that does not, of another. */
static int in_order_of_ends(void *argument)
{
    const duet_thread_pool_options one = {.threads = 1};
    duet_thread_completions *completion;
    duet_thread_pool *pools[2];
    duet_thread_call *calls[2];
    duet_thread_call *call;
    sem_t go_on;

    (void)argument;
    sem_init(&go_on, 0, 0);
    for (int i = 0; i < 2; i++) {
        assert_status(duet_thread_pool_new(&one, &pools[i]), 0);
        assert_status(
            duet_thread_pool_submit(pools[i], i == 0 ? wait_for_go : at_once,
                                    &go_on, NULL, &calls[i], DUET_NEVER),
            0);
    }
    assert_status(duet_thread_completions_open(calls, 2, &completion), 0);
    assert_status(duet_thread_completions_next(completion, &call, DUET_NEVER),
                  0);
    assert_ptr_equal(call, calls[1]);
    assert_status(
        duet_thread_completions_next(completion, &call, duet_in_ms(2)),
        DUET_ETIMEDOUT);
    assert_null(call);
    sem_post(&go_on);
    assert_status(duet_thread_completions_next(completion, &call, DUET_NEVER),
                  0);
    assert_ptr_equal(call, calls[0]);
    assert_status(duet_thread_call_result(call), DUET_EIO);
    assert_string_equal(duet_error_detail(), "told so");
    assert_status(duet_thread_completions_next(completion, &call, DUET_NEVER),
                  DUET_EEMPTY);
    duet_thread_completions_close(completion);
    for (int i = 0; i < 2; i++) {
        duet_thread_call_free(calls[i]);
        assert_status(duet_thread_pool_shutdown(pools[i], false, DUET_NEVER),
                      0);
        duet_thread_pool_free(pools[i]);
    }
    return 0;
}

static void calls_come_as_they_end_to_a_task(void **state)
{
    (void)state;
    assert_status(duet_run(in_order_of_ends, NULL, NULL), 0);
}

static void calls_come_as_they_end_to_a_thread(void **state)
{
    (void)state;
    assert_status(in_order_of_ends(NULL), 0);
}

static void closed_early_the_calls_go_on(void **state)
{
    duet_thread_completions *completion;
    duet_thread_pool *pool;
    duet_thread_call *calls[2];
    sem_t go_on;
    int result = 0;

    (void)state;
    sem_init(&go_on, 0, 0);
    assert_status(duet_thread_pool_new(NULL, &pool), 0);
    for (int i = 0; i < 2; i++)
        assert_status(duet_thread_pool_submit(pool, wait_for_go, &go_on, NULL,
                                              &calls[i], DUET_NEVER),
                      0);
    assert_status(duet_thread_completions_open(calls, 2, &completion), 0);
    duet_thread_completions_close(completion);
    duet_thread_completions_close(NULL);
    for (int i = 0; i < 2; i++)
        sem_post(&go_on);
    for (int i = 0; i < 2; i++) {
        assert_status(duet_thread_call_wait(calls[i], &result, DUET_NEVER), 0);
        assert_status(result, DUET_EIO);
        duet_thread_call_free(calls[i]);
    }
    assert_status(duet_thread_pool_shutdown(pool, false, DUET_NEVER), 0);
    duet_thread_pool_free(pool);
}

static void nothing_is_empty_at_once(void **state)
{
    duet_thread_completions *completion;
    duet_thread_call *call;

    (void)state;
    assert_status(duet_thread_completions_open(NULL, 0, &completion), 0);
    assert_status(duet_thread_completions_next(completion, &call, DUET_NEVER),
                  DUET_EEMPTY);
    duet_thread_completions_close(completion);
}

/* --- several who ask ------------------------------------------------------ */

static void *take_until_empty(void *argument)
{
    duet_thread_call *call;
    intptr_t taken = 0;

    while (duet_thread_completions_next(argument, &call, DUET_NEVER) == 0)
        taken++;
    return (void *)taken;
}

static void each_call_is_handed_to_one_of_those_who_ask(void **state)
{
    enum { CALLS = 3, ASKERS = 5 };
    duet_thread_pool *pool = test_new_pool(CALLS, 0);
    duet_thread_completions *completion;
    duet_thread_call *calls[CALLS];
    pthread_t askers[ASKERS];
    test_held work[CALLS];
    intptr_t total = 0;

    (void)state;
    for (int i = 0; i < CALLS; i++)
        calls[i] = test_hold(pool, &work[i], 0);
    assert_status(duet_thread_completions_open(calls, CALLS, &completion), 0);
    for (int i = 0; i < ASKERS; i++)
        pthread_create(&askers[i], NULL, take_until_empty, completion);
    usleep(2000);
    for (int i = 0; i < CALLS; i++)
        sem_post(&work[i].go_on);
    for (int i = 0; i < ASKERS; i++) {
        void *taken;

        pthread_join(askers[i], &taken);
        total += (intptr_t)taken;
    }
    assert_int_equal(total, CALLS);
    duet_thread_completions_close(completion);
    for (int i = 0; i < CALLS; i++)
        duet_thread_call_free(calls[i]);
    test_end_pool(pool);
}

static void handed_out_calls_may_be_freed_at_once(void **state)
{
    duet_thread_pool *pool = test_new_pool(2, 0);
    duet_thread_completions *completion;
    duet_thread_call *calls[2];
    duet_thread_call *call;

    (void)state;
    for (int i = 0; i < 2; i++)
        assert_status(duet_thread_pool_submit(pool, at_once, NULL, NULL,
                                              &calls[i], DUET_NEVER),
                      0);
    assert_status(duet_thread_completions_open(calls, 2, &completion), 0);
    while (duet_thread_completions_next(completion, &call, DUET_NEVER) == 0)
        duet_thread_call_free(call);
    duet_thread_completions_close(completion);
    test_end_pool(pool);
}

/* --- some of several ------------------------------------------------------ */

static int wait_for_some(void *argument)
{
    duet_thread_pool *pool = test_new_pool(3, 0);
    duet_thread_call *calls[3];
    test_held work[3];
    size_t done = 9;

    (void)argument;
    for (int i = 0; i < 3; i++)
        calls[i] = test_hold(pool, &work[i], i == 1 ? DUET_EIO : i);
    assert_status(duet_thread_calls_wait(calls, 3, DUET_UNTIL_FIRST, &done,
                                         duet_in_ms(1)),
                  DUET_ETIMEDOUT);
    assert_int_equal(done, 0);
    sem_post(&work[2].go_on);
    assert_status(
        duet_thread_calls_wait(calls, 3, DUET_UNTIL_FIRST, &done, DUET_NEVER),
        0);
    assert_int_equal(done, 1);
    assert_true(duet_thread_call_is_done(calls[2]));
    assert_status(
        duet_thread_calls_wait(calls, 3, DUET_UNTIL_ERROR, &done, DUET_NOW),
        DUET_ETIMEDOUT);
    assert_int_equal(done, 1);
    sem_post(&work[1].go_on);
    assert_status(
        duet_thread_calls_wait(calls, 3, DUET_UNTIL_ERROR, &done, DUET_NEVER),
        0);
    assert_int_equal(done, 2);
    assert_status(duet_thread_call_result(calls[1]), DUET_EIO);
    sem_post(&work[0].go_on);
    assert_status(
        duet_thread_calls_wait(calls, 3, DUET_UNTIL_ALL, NULL, DUET_NEVER), 0);
    assert_int_equal(duet_thread_call_result(calls[0]), 0);
    assert_status(
        duet_thread_calls_wait(calls, 0, DUET_UNTIL_ALL, &done, DUET_NOW), 0);
    assert_int_equal(done, 0);
    for (int i = 0; i < 3; i++)
        duet_thread_call_free(calls[i]);
    test_end_pool(pool);
    return 0;
}

static void task_waits_for_some_of_several(void **state)
{
    (void)state;
    assert_status(duet_run(wait_for_some, NULL, NULL), 0);
}

static void thread_waits_for_some_of_several(void **state)
{
    (void)state;
    assert_status(wait_for_some(NULL), 0);
}

static void cancelled_call_is_no_error(void **state)
{
    duet_thread_pool *pool = test_new_pool(1, 0);
    duet_thread_call *calls[2];
    test_held work;
    size_t done;

    (void)state;
    calls[0] = test_hold(pool, &work, 0);
    assert_status(duet_thread_pool_submit(pool, at_once, NULL, NULL, &calls[1],
                                          DUET_NEVER),
                  0);
    duet_thread_call_cancel(calls[1]);
    assert_status(
        duet_thread_calls_wait(calls, 2, DUET_UNTIL_ERROR, &done, DUET_NOW),
        DUET_ETIMEDOUT);
    assert_int_equal(done, 1);
    sem_post(&work.go_on);
    for (int i = 0; i < 2; i++)
        duet_thread_call_free(calls[i]);
    test_end_pool(pool);
}

TEST_MAIN(test(calls_come_as_they_end_to_a_task),
          test(calls_come_as_they_end_to_a_thread),
          test(closed_early_the_calls_go_on), test(nothing_is_empty_at_once),
          test(each_call_is_handed_to_one_of_those_who_ask),
          test(handed_out_calls_may_be_freed_at_once),
          test(task_waits_for_some_of_several),
          test(thread_waits_for_some_of_several),
          test(cancelled_call_is_no_error))
