/* SPDX-License-Identifier: MIT */
/* held.c - calls in threads that end when the test lets them. */
#include "support/held.h"

#include "support/test.h"

void test_held_init(test_held *call, int result)
{
    sem_init(&call->begun, 0, 0);
    sem_init(&call->go_on, 0, 0);
    call->result = result;
}

int test_run_held(void *argument)
{
    test_held *call = argument;

    sem_post(&call->begun);
    while (sem_wait(&call->go_on) != 0)
        continue;
    return call->result;
}

duet_thread_call *test_hold(duet_thread_pool *pool, test_held *call, int result)
{
    duet_thread_call *handle;

    test_held_init(call, result);
    assert_status(duet_thread_pool_submit(pool, test_run_held, call, NULL,
                                          &handle, DUET_NEVER),
                  0);
    while (sem_wait(&call->begun) != 0)
        continue;
    return handle;
}

duet_thread_pool *test_new_pool(int threads, int64_t queue_limit)
{
    const duet_thread_pool_options options = {.threads = threads,
                                              .queue_limit = queue_limit};
    duet_thread_pool *pool;

    assert_status(duet_thread_pool_new(&options, &pool), 0);
    return pool;
}

void test_end_pool(duet_thread_pool *pool)
{
    assert_status(duet_thread_pool_shutdown(pool, false, DUET_NEVER), 0);
    duet_thread_pool_free(pool);
}
