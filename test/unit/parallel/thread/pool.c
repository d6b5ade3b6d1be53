/* SPDX-License-Identifier: MIT */
#include <duet/thread_pool.h>

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include <duet/duet.h>

#include "base/error.h"
#include "parallel/thread/pool.h"
#include "support/held.h"
#include "support/in_task.h"
#include "support/test.h"

static int square(void *argument)
{
    int number = *(int *)argument;

    return number * number;
}

static void plain_thread_waits_for_results(void **state)
{
    duet_thread_pool *pool = test_new_pool(4, 0);
    duet_thread_call *calls[20];
    int numbers[20];

    (void)state;
    for (int i = 0; i < 20; i++) {
        numbers[i] = i;
        assert_status(duet_thread_pool_submit(pool, square, &numbers[i], NULL,
                                              &calls[i], DUET_NEVER),
                      0);
    }
    for (int i = 0; i < 20; i++) {
        int result = -1;

        assert_status(duet_thread_call_wait(calls[i], &result, DUET_NEVER), 0);
        assert_int_equal(result, i * i);
        assert_true(duet_thread_call_is_done(calls[i]));
        assert_int_equal(duet_thread_call_result(calls[i]), i * i);
        assert_ptr_equal(duet_thread_call_argument(calls[i]), &numbers[i]);
        duet_thread_call_free(calls[i]);
    }
    test_end_pool(pool);
}

static bool was_refused;

static int submit_late(void *argument)
{
    duet_thread_call *call;
    int number = 4;
    int result = 0;

    assert_status(duet_thread_pool_submit(argument, square, &number, NULL,
                                          &call, duet_in_ms(2)),
                  DUET_ETIMEDOUT);
    assert_null(call);
    was_refused = true;
    assert_status(duet_thread_pool_submit(argument, square, &number, NULL,
                                          &call, DUET_NEVER),
                  0);
    assert_status(duet_thread_call_wait(call, &result, DUET_NEVER), 0);
    assert_int_equal(result, 16);
    duet_thread_call_free(call);
    return 0;
}

in_task(full_queue_is_an_error_or_a_wait)
{
    duet_thread_pool *pool = test_new_pool(1, 1);
    duet_task *task;
    test_held work[2];

    for (int i = 0; i < 2; i++)
        test_held_init(&work[i], 0);
    assert_status(
        duet_thread_pool_try_submit(pool, test_run_held, &work[0], NULL, NULL),
        0);
    sem_wait(&work[0].begun);
    assert_status(
        duet_thread_pool_try_submit(pool, test_run_held, &work[1], NULL, NULL),
        0);
    assert_status(
        duet_thread_pool_try_submit(pool, test_run_held, &work[1], NULL, NULL),
        DUET_EFULL);
    was_refused = false;
    assert_status(duet_spawn(submit_late, pool, NULL, &task), 0);
    while (!was_refused)
        assert_status(duet_sleep(duet_in_ms(1)), 0);
    sem_post(&work[0].go_on);
    sem_post(&work[1].go_on);
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
    test_end_pool(pool);
}

static int count_threads(duet_thread_pool *pool)
{
    int threads;

    duet__counted_mutex_lock(pool->guard);
    threads = pool->threads;
    duet__counted_mutex_unlock(pool->guard);
    return threads;
}

static void threads_are_made_on_demand_and_reused(void **state)
{
    duet_thread_pool *pool = test_new_pool(3, 0);
    duet_thread_call *call;
    test_held work[4];
    int number = 2;

    (void)state;
    assert_int_equal(count_threads(pool), 0);
    for (int i = 0; i < 5; i++) {
        assert_status(duet_thread_pool_submit(pool, square, &number, NULL,
                                              &call, DUET_NEVER),
                      0);
        assert_status(duet_thread_call_wait(call, NULL, DUET_NEVER), 0);
        duet_thread_call_free(call);
        duet__counted_mutex_lock(pool->guard);
        while (duet__list_is_empty(&pool->work.waiters)) {
            duet__counted_mutex_unlock(pool->guard);
            usleep(100);
            duet__counted_mutex_lock(pool->guard);
        }
        duet__counted_mutex_unlock(pool->guard);
        assert_int_equal(count_threads(pool), 1);
    }
    for (int i = 0; i < 4; i++) {
        test_held_init(&work[i], 0);
        assert_status(duet_thread_pool_submit(pool, test_run_held, &work[i],
                                              NULL, NULL, DUET_NEVER),
                      0);
    }
    assert_int_equal(count_threads(pool), 3);
    for (int i = 0; i < 4; i++)
        sem_post(&work[i].go_on);
    test_end_pool(pool);
}

static void there_are_four_more_threads_than_cores_by_default(void **state)
{
    enum { CALLS = 40 };
    static test_held work[CALLS];
    duet_thread_pool *pool;
    cpu_set_t cores;
    int expected;

    (void)state;
    assert_int_equal(sched_getaffinity(0, sizeof cores, &cores), 0);
    expected = CPU_COUNT(&cores) + 4 < 32 ? CPU_COUNT(&cores) + 4 : 32;
    assert_status(duet_thread_pool_new(NULL, &pool), 0);
    for (int i = 0; i < CALLS; i++) {
        test_held_init(&work[i], 0);
        assert_status(duet_thread_pool_try_submit(pool, test_run_held, &work[i],
                                                  NULL, NULL),
                      0);
    }
    assert_int_equal(count_threads(pool), expected);
    for (int i = 0; i < CALLS; i++)
        sem_post(&work[i].go_on);
    test_end_pool(pool);
}

static void shutdown_waits_or_cancels_what_has_not_begun(void **state)
{
    duet_thread_pool *pool = test_new_pool(1, 0);
    duet_thread_call *pending;
    test_held work;
    int number = 2;

    (void)state;
    test_held_init(&work, 0);
    assert_status(duet_thread_pool_submit(pool, test_run_held, &work, NULL,
                                          NULL, DUET_NEVER),
                  0);
    sem_wait(&work.begun);
    assert_status(duet_thread_pool_submit(pool, square, &number, NULL, &pending,
                                          DUET_NEVER),
                  0);
    assert_status(duet_thread_pool_shutdown(pool, false, duet_in_ms(1)),
                  DUET_ETIMEDOUT);
    assert_false(duet_thread_call_is_done(pending));
    assert_status(
        duet_thread_pool_submit(pool, square, &number, NULL, NULL, DUET_NEVER),
        DUET_ECLOSED);
    assert_status(duet_thread_pool_shutdown(pool, true, duet_in_ms(1)),
                  DUET_ETIMEDOUT);
    assert_status(duet_thread_call_result(pending), DUET_ECANCELED);
    sem_post(&work.go_on);
    assert_status(duet_thread_pool_shutdown(pool, true, DUET_NEVER), 0);
    duet_thread_call_free(pending);
    duet_thread_pool_free(pool);
}

static int shut_own_pool(void *argument)
{
    return duet_thread_pool_shutdown(argument, false, DUET_NEVER);
}

static void call_cannot_wait_for_its_own_pool(void **state)
{
    duet_thread_pool *pool = test_new_pool(1, 0);
    duet_thread_call *call;
    int result = 0;

    (void)state;
    assert_status(duet_thread_pool_submit(pool, shut_own_pool, pool, NULL,
                                          &call, DUET_NEVER),
                  0);
    assert_status(duet_thread_call_wait(call, &result, DUET_NEVER), 0);
    assert_status(result, DUET_EDEADLK);
    duet_thread_call_free(call);
    test_end_pool(pool);
}

static atomic_int frees;

static void count_free(void *argument)
{
    atomic_fetch_add(&frees, 1);
    free(argument);
}

static int fail_with_detail(void *argument)
{
    return duet__fail(DUET_EIO, "number %d", *(int *)argument);
}

static void pool_frees_the_argument_in_every_case(void **state)
{
    duet_thread_pool *pool = test_new_pool(1, 1);
    duet_thread_call *call;
    test_held work;
    int result = 0;

    (void)state;
    atomic_store(&frees, 0);
    test_held_init(&work, 0);
    int *number = malloc(sizeof *number);
    *number = 12;
    assert_status(duet_thread_pool_submit(pool, fail_with_detail, number,
                                          count_free, &call, DUET_NEVER),
                  0);
    assert_status(duet_thread_call_wait(call, &result, DUET_NEVER), 0);
    assert_status(result, DUET_EIO);
    assert_string_equal(duet_error_detail(), "number 12");
    duet_thread_call_free(call);
    assert_status(
        duet_thread_pool_try_submit(pool, test_run_held, &work, NULL, NULL), 0);
    sem_wait(&work.begun);
    assert_status(duet_thread_pool_try_submit(pool, square, calloc(1, 4),
                                              count_free, NULL),
                  0);
    assert_status(duet_thread_pool_try_submit(pool, square, calloc(1, 4),
                                              count_free, NULL),
                  DUET_EFULL);
    sem_post(&work.go_on);
    test_end_pool(pool);
    assert_int_equal(atomic_load(&frees), 3);
}

static void options_out_of_range_are_refused(void **state)
{
    const duet_thread_pool_options wrong[] = {{.threads = -1},
                                              {.threads = 1025},
                                              {.idle_ms = -2},
                                              {.stack_bytes = 100},
                                              {.queue_limit = -2}};
    duet_thread_pool *pool;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_status(duet_thread_pool_new(&wrong[i], &pool), DUET_EINVAL);
        assert_null(pool);
    }
    duet_thread_pool_free(NULL);
    duet_thread_call_free(NULL);
}

TEST_MAIN(test(plain_thread_waits_for_results),
          test(full_queue_is_an_error_or_a_wait),
          test(threads_are_made_on_demand_and_reused),
          test(there_are_four_more_threads_than_cores_by_default),
          test(shutdown_waits_or_cancels_what_has_not_begun),
          test(call_cannot_wait_for_its_own_pool),
          test(pool_frees_the_argument_in_every_case),
          test(options_out_of_range_are_refused))
