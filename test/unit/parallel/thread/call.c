/* SPDX-License-Identifier: MIT */
#include <duet/thread_call.h>

#include <pthread.h>
#include <stdatomic.h>

#include <duet/duet.h>

#include "base/error.h"
#include "support/held.h"
#include "support/in_task.h"
#include "support/test.h"

static int square(void *argument)
{
    int number = *(int *)argument;

    return number * number;
}

static int waits_ended;

static int await_twice(void *argument)
{
    duet_thread_call *call = argument;
    int result = 0;

    assert_status(duet_thread_call_wait(call, &result, DUET_NOW),
                  DUET_ETIMEDOUT);
    assert_status(duet_thread_call_wait(call, &result, duet_in_ms(1)),
                  DUET_ETIMEDOUT);
    waits_ended++;
    assert_status(duet_thread_call_wait(call, &result, DUET_NEVER), 0);
    assert_int_equal(result, 5);
    return 0;
}

in_task(tasks_wait_with_a_deadline)
{
    duet_thread_pool *pool = test_new_pool(1, 0);
    duet_thread_call *call;
    duet_task *tasks[2];
    test_held work;

    test_held_init(&work, 5);
    assert_status(duet_thread_pool_submit(pool, test_run_held, &work, NULL,
                                          &call, DUET_NEVER),
                  0);
    assert_status(duet_thread_call_wait(call, NULL, duet_in_ms(1)),
                  DUET_ETIMEDOUT);
    for (int i = 0; i < 2; i++)
        assert_status(duet_spawn(await_twice, call, NULL, &tasks[i]), 0);
    while (waits_ended < 2)
        assert_status(duet_sleep(duet_in_ms(1)), 0);
    sem_post(&work.go_on);
    for (int i = 0; i < 2; i++)
        assert_status(duet_join(tasks[i], NULL, DUET_NEVER), 0);
    duet_thread_call_free(call);
    test_end_pool(pool);
}

static void only_pending_calls_are_cancelled(void **state)
{
    duet_thread_pool *pool = test_new_pool(1, 0);
    duet_thread_call *running;
    duet_thread_call *pending;
    test_held work;
    int runs = 3;
    int result = 0;

    (void)state;
    test_held_init(&work, 7);
    assert_status(duet_thread_pool_submit(pool, test_run_held, &work, NULL,
                                          &running, DUET_NEVER),
                  0);
    sem_wait(&work.begun);
    assert_status(duet_thread_pool_submit(pool, square, &runs, NULL, &pending,
                                          DUET_NEVER),
                  0);
    assert_int_equal(duet_thread_call_result(pending), DUET_ESTATE);
    assert_false(duet_thread_call_cancel(running));
    assert_true(duet_thread_call_cancel(pending));
    assert_true(duet_thread_call_cancel(pending));
    sem_post(&work.go_on);
    assert_status(duet_thread_call_wait(running, &result, DUET_NEVER), 0);
    assert_int_equal(result, 7);
    assert_status(duet_thread_call_wait(pending, &result, DUET_NEVER), 0);
    assert_status(result, DUET_ECANCELED);
    duet_thread_call_free(running);
    duet_thread_call_free(pending);
    test_end_pool(pool);
}

static void handle_outlives_its_pool(void **state)
{
    duet_thread_pool *pool = test_new_pool(1, 0);
    duet_thread_call *running;
    duet_thread_call *pending;
    test_held work;
    int number = 1;
    int result = 0;

    (void)state;
    test_held_init(&work, 9);
    assert_status(duet_thread_pool_submit(pool, test_run_held, &work, NULL,
                                          &running, DUET_NEVER),
                  0);
    sem_wait(&work.begun);
    assert_status(duet_thread_pool_submit(pool, square, &number, NULL, &pending,
                                          DUET_NEVER),
                  0);
    duet_thread_pool_free(pool);
    assert_status(duet_thread_call_result(pending), DUET_ECANCELED);
    sem_post(&work.go_on);
    assert_status(duet_thread_call_wait(running, &result, DUET_NEVER), 0);
    assert_int_equal(result, 9);
    duet_thread_call_free(running);
    duet_thread_call_free(pending);
}

static int return_canceled(void *argument)
{
    (void)argument;
    return DUET_ECANCELED;
}

static void call_that_returned_is_not_cancelled(void **state)
{
    duet_thread_pool *pool = test_new_pool(1, 0);
    duet_thread_call *call;

    (void)state;
    assert_status(duet_thread_pool_submit(pool, return_canceled, NULL, NULL,
                                          &call, DUET_NEVER),
                  0);
    assert_status(duet_thread_call_wait(call, NULL, DUET_NEVER), 0);
    assert_status(duet_thread_call_result(call), DUET_ECANCELED);
    assert_false(duet_thread_call_cancel(call));
    duet_thread_call_free(call);
    test_end_pool(pool);
}

static void call_tells_whether_it_runs(void **state)
{
    duet_thread_pool *pool = test_new_pool(1, 0);
    duet_thread_call *pending;
    duet_thread_call *running;
    test_held work;
    int number = 2;

    (void)state;
    running = test_hold(pool, &work, 0);
    assert_status(duet_thread_pool_submit(pool, square, &number, NULL, &pending,
                                          DUET_NEVER),
                  0);
    assert_true(duet_thread_call_is_running(running));
    assert_false(duet_thread_call_is_running(pending));
    sem_post(&work.go_on);
    assert_status(duet_thread_call_wait(running, NULL, DUET_NEVER), 0);
    assert_false(duet_thread_call_is_running(running));
    duet_thread_call_free(running);
    duet_thread_call_free(pending);
    test_end_pool(pool);
}

/* --- listeners ----------------------------------------------------------- */

typedef struct heard {
    int count;
    int result;
    pthread_t by;
    char detail[32];
} heard;

static void hear(duet_thread_call *call, void *argument)
{
    heard *own = argument;

    own->count++;
    own->result = duet_thread_call_result(call);
    own->by = pthread_self();
    snprintf(own->detail, sizeof own->detail, "%s", duet_error_detail());
}

static int fail_when_told(void *argument)
{
    test_run_held(argument);
    return duet__fail(DUET_EIO, "no luck");
}

static void listeners_hear_of_every_kind_of_end(void **state)
{
    duet_thread_pool *pool = test_new_pool(1, 0);
    duet_thread_call *calls[3];
    heard ends[4] = {{0}};
    test_held work;
    int number = 3;

    (void)state;
    test_held_init(&work, 0);
    for (int i = 0; i < 3; i++) {
        assert_status(duet_thread_pool_submit(pool,
                                              i == 0 ? fail_when_told : square,
                                              i == 0 ? (void *)&work : &number,
                                              NULL, &calls[i], DUET_NEVER),
                      0);
        assert_status(duet_thread_call_on_end(calls[i], hear, &ends[i]), 0);
    }
    assert_true(duet_thread_call_cancel(calls[1]));
    assert_int_equal(ends[1].count, 1);
    assert_status(ends[1].result, DUET_ECANCELED);
    assert_int_equal(ends[0].count + ends[2].count, 0);
    sem_post(&work.go_on);
    assert_status(duet_thread_pool_shutdown(pool, false, DUET_NEVER), 0);
    assert_int_equal(ends[0].count, 1);
    assert_status(ends[0].result, DUET_EIO);
    assert_string_equal(ends[0].detail, "no luck");
    assert_false(pthread_equal(ends[0].by, pthread_self()));
    assert_int_equal(ends[2].result, 9);
    assert_status(duet_thread_call_on_end(calls[2], hear, &ends[3]), 0);
    assert_int_equal(ends[3].count, 1);
    assert_true(pthread_equal(ends[3].by, pthread_self()));
    for (int i = 0; i < 3; i++)
        duet_thread_call_free(calls[i]);
    duet_thread_pool_free(pool);
}

/* A call's end, made known on the loop by a future. */
static void settle(duet_thread_call *call, void *argument)
{
    (void)call;
    assert_status(duet_future_set_from_thread(argument, argument), 0);
    duet_future_free(argument);
}

static void forget(duet_thread_call *call, void *argument)
{
    atomic_int *count = argument;

    assert_status(duet_thread_call_result(call), 0);
    atomic_fetch_add(count, 1);
}

in_task(listeners_are_called_in_order_without_a_handle)
{
    duet_thread_pool *pool = test_new_pool(1, 0);
    duet_future *future;
    duet_thread_call *call;
    atomic_int forgotten = 0;
    test_held work;

    call = test_hold(pool, &work, 0);
    assert_status(duet_future_new(&future), 0);
    assert_status(duet_thread_call_on_end(call, forget, &forgotten), 0);
    assert_status(duet_thread_call_on_end(call, forget, &forgotten), 0);
    assert_status(
        duet_thread_call_on_end(call, settle, duet_future_hold(future)), 0);
    duet_thread_call_free(call); /* it is heard of all the same */
    sem_post(&work.go_on);
    assert_status(duet_future_wait(future, NULL, DUET_NEVER), 0);
    assert_int_equal(atomic_load(&forgotten), 2);
    duet_future_free(future);
    test_end_pool(pool);
}

TEST_MAIN(test(tasks_wait_with_a_deadline),
          test(only_pending_calls_are_cancelled),
          test(call_that_returned_is_not_cancelled),
          test(call_tells_whether_it_runs), test(handle_outlives_its_pool),
          test(listeners_hear_of_every_kind_of_end),
          test(listeners_are_called_in_order_without_a_handle))
