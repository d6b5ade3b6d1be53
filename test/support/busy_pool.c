/* SPDX-License-Identifier: MIT */
/* busy_pool.c - keeps all threads of the loop's default pool busy. */
#include "support/busy_pool.h"

#include <semaphore.h>

#include <duet/thread_pool.h>

#include "support/test.h"

/* More than the pool has threads. */
enum { CALLS = 40 };

static sem_t go_on;

static int wait_for_go(void *argument)
{
    (void)argument;
    sem_wait(&go_on);
    return 0;
}

void test_make_pool_busy(void)
{
    duet_thread_pool *pool;

    sem_init(&go_on, 0, 0);
    assert_status(duet_default_thread_pool(&pool), 0);
    for (int i = 0; i < CALLS; i++)
        assert_status(
            duet_thread_pool_submit(pool, wait_for_go, NULL, NULL, NULL, 0), 0);
}

void test_make_pool_free(void)
{
    for (int i = 0; i < CALLS; i++)
        sem_post(&go_on);
}
