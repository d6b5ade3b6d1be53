/* SPDX-License-Identifier: MIT */
/* held.h - calls in threads that end when the test lets them. */
#ifndef DUET_TEST_SUPPORT_HELD_H
#define DUET_TEST_SUPPORT_HELD_H

#include <semaphore.h>

#include <duet/thread_pool.h>

/* A call that says when it has begun and ends when it is told to. */
typedef struct test_held {
    sem_t begun;
    sem_t go_on;
    int result;
} test_held;

void test_held_init(test_held *call, int result);

/* A duet_thread_function; its argument is a test_held. */
int test_run_held(void *held);

/* Submits the call and waits until it has begun; the handle. */
duet_thread_call *test_hold(duet_thread_pool *pool, test_held *call,
                            int result);

duet_thread_pool *test_new_pool(int threads, int64_t queue_limit);

/* Waits for all calls, and frees the pool. */
void test_end_pool(duet_thread_pool *pool);

#endif
