/* SPDX-License-Identifier: MIT */
#include <semaphore.h>

#include <duet/duet.h>
#include <duet/thread_pool.h>

#include "base/error.h"
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
    duet_thread_completion *completion;
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
    assert_status(duet_thread_completion_open(calls, 2, &completion), 0);
    assert_status(duet_thread_completion_next(completion, &call, DUET_NEVER),
                  0);
    assert_ptr_equal(call, calls[1]);
    assert_status(duet_thread_completion_next(completion, &call, duet_in_ms(2)),
                  DUET_ETIMEDOUT);
    assert_null(call);
    sem_post(&go_on);
    assert_status(duet_thread_completion_next(completion, &call, DUET_NEVER),
                  0);
    assert_ptr_equal(call, calls[0]);
    assert_status(duet_thread_call_result(call), DUET_EIO);
    assert_string_equal(duet_error_detail(), "told so");
    assert_status(duet_thread_completion_next(completion, &call, DUET_NEVER),
                  DUET_EEMPTY);
    duet_thread_completion_close(completion);
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
    duet_thread_completion *completion;
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
    assert_status(duet_thread_completion_open(calls, 2, &completion), 0);
    duet_thread_completion_close(completion);
    duet_thread_completion_close(NULL);
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
    duet_thread_completion *completion;
    duet_thread_call *call;

    (void)state;
    assert_status(duet_thread_completion_open(NULL, 0, &completion), 0);
    assert_status(duet_thread_completion_next(completion, &call, DUET_NEVER),
                  DUET_EEMPTY);
    duet_thread_completion_close(completion);
}

TEST_MAIN(test(calls_come_as_they_end_to_a_task),
          test(calls_come_as_they_end_to_a_thread),
          test(closed_early_the_calls_go_on), test(nothing_is_empty_at_once))
