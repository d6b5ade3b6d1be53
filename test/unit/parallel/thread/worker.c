/* SPDX-License-Identifier: MIT */
#include "parallel/thread/worker.h"

#include <semaphore.h>
#include <stdatomic.h>
#include <unistd.h>

#include <duet/duet.h>

#include "base/error.h"
#include "support/held.h"
#include "support/test.h"

static int square(void *argument)
{
    int number = *(int *)argument;

    return number * number;
}

static int count_threads(duet_thread_pool *pool)
{
    int threads;

    duet__counted_mutex_lock(pool->guard);
    threads = pool->threads;
    duet__counted_mutex_unlock(pool->guard);
    return threads;
}

static void idle_threads_end(void **state)
{
    const duet_thread_pool_options options = {.threads = 2, .idle_ms = 1};
    duet_thread_pool *pool;
    int number = 2;

    (void)state;
    assert_status(duet_thread_pool_new(&options, &pool), 0);
    for (int i = 0; i < 3; i++) {
        assert_status(duet_thread_pool_submit(pool, square, &number, NULL, NULL,
                                              DUET_NEVER),
                      0);
        while (count_threads(pool) > 0)
            usleep(500);
    }
    test_end_pool(pool);
}

static int count_start(void *argument)
{
    atomic_fetch_add((atomic_int *)argument, 1);
    return 0;
}

static void initializer_runs_once_in_each_thread(void **state)
{
    atomic_int starts = 0;
    const duet_thread_pool_options options = {.threads = 2,
                                              .initializer = count_start,
                                              .initializer_argument = &starts};
    duet_thread_pool *pool;
    test_held work[2];

    (void)state;
    assert_status(duet_thread_pool_new(&options, &pool), 0);
    for (int i = 0; i < 2; i++) {
        test_held_init(&work[i], 0);
        assert_status(duet_thread_pool_submit(pool, test_run_held, &work[i],
                                              NULL, NULL, DUET_NEVER),
                      0);
    }
    for (int i = 0; i < 2; i++)
        sem_wait(&work[i].begun);
    assert_int_equal(atomic_load(&starts), 2);
    for (int i = 0; i < 2; i++)
        sem_post(&work[i].go_on);
    test_end_pool(pool);
}

static int fail_after_signal(void *argument)
{
    sem_wait(argument);
    return duet__fail(DUET_EACCES, "no key");
}

static void failing_initializer_breaks_the_pool(void **state)
{
    sem_t go_on;
    const duet_thread_pool_options options = {.initializer = fail_after_signal,
                                              .initializer_argument = &go_on};
    duet_thread_pool *pool;
    duet_thread_call *call;
    int number = 2;
    int result = 0;

    (void)state;
    sem_init(&go_on, 0, 0);
    assert_status(duet_thread_pool_new(&options, &pool), 0);
    assert_status(
        duet_thread_pool_submit(pool, square, &number, NULL, &call, DUET_NEVER),
        0);
    sem_post(&go_on);
    assert_status(duet_thread_call_wait(call, &result, DUET_NEVER), 0);
    assert_status(result, DUET_EBROKEN);
    assert_string_equal(duet_error_detail(),
                        "pool 'duet-pool': an initializer failed: no key");
    duet_fail(0, "%s", "");
    assert_status(
        duet_thread_pool_try_submit(pool, square, &number, NULL, NULL),
        DUET_EBROKEN);
    assert_string_equal(duet_error_detail(),
                        "pool 'duet-pool': an initializer failed: no key");
    duet_thread_call_free(call);
    test_end_pool(pool);
}

static int ask_whose(void *pool)
{
    return duet__pool_worker_is_of(pool) ? 1 : 0;
}

static void thread_knows_its_pool(void **state)
{
    duet_thread_pool *own = test_new_pool(1, 0);
    duet_thread_pool *other = test_new_pool(1, 0);
    duet_thread_pool *asked[] = {own, other};

    (void)state;
    assert_false(duet__pool_worker_is_of(own));
    for (int i = 0; i < 2; i++) {
        duet_thread_call *call;
        int result;

        assert_status(duet_thread_pool_submit(own, ask_whose, asked[i], NULL,
                                              &call, DUET_NEVER),
                      0);
        assert_status(duet_thread_call_wait(call, &result, DUET_NEVER), 0);
        assert_int_equal(result, asked[i] == own);
        duet_thread_call_free(call);
    }
    test_end_pool(own);
    test_end_pool(other);
}

TEST_MAIN(test(idle_threads_end), test(initializer_runs_once_in_each_thread),
          test(failing_initializer_breaks_the_pool),
          test(thread_knows_its_pool))
