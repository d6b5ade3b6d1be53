/* SPDX-License-Identifier: MIT */
/* busy_pool.c - the loop's default pool as a test wants it. */
#include "support/busy_pool.h"

#include <semaphore.h>

#include <duet/duet.h>

#include "parallel/thread/pool.h"
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
        assert_status(duet_thread_pool_submit(pool, wait_for_go, NULL, NULL,
                                              NULL, DUET_NOW),
                      0);
}

void test_make_pool_free(void)
{
    for (int i = 0; i < CALLS; i++)
        sem_post(&go_on);
}

static bool has_begun_all(const duet_thread_pool *pool)
{
    return pool->queued == 0;
}

static bool has_ended_all(const duet_thread_pool *pool)
{
    /* Else each call has a reference, too. */
    return pool->guard->references == 1;
}

/* The sleep comes first: tasks that are ready give their calls meanwhile. */
static void await_pool(bool (*is_so)(const duet_thread_pool *pool))
{
    duet_thread_pool *pool;
    bool so;

    assert_status(duet_default_thread_pool(&pool), 0);
    do {
        assert_status(duet_sleep(duet_in_ms(1)), 0);
        duet__counted_mutex_lock(pool->guard);
        so = is_so(pool);
        duet__counted_mutex_unlock(pool->guard);
    } while (!so);
}

void test_await_begun_calls(void)
{
    await_pool(has_begun_all);
}

void test_await_idle_pool(void)
{
    await_pool(has_ended_all);
}
