/* SPDX-License-Identifier: MIT */
#include <duet/thread_task.h>

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include <duet/future.h>

#include "runtime/core/loop.h"
#include "support/in_task.h"
#include "support/test.h"

static int double_it(void *argument)
{
    assert_non_null(duet_current_task());
    assert_string_equal(duet_task_name(duet_current_task()), "double");
    assert_status(duet_sleep(duet_in_ms(1)), 0);
    return *(int *)argument * 2;
}

typedef struct asker {
    duet_loop *loop;
    duet_future *done;
    duet_deadline deadline;
    size_t stack_bytes;
    int number;
    int status;
    int result;
    atomic_bool over;
} asker;

static void *ask(void *argument)
{
    asker *own = argument;
    const duet_spawn_options options = {.name = "double",
                                        .stack_bytes = own->stack_bytes};

    own->status = duet_run_from_thread(own->loop, double_it, &own->number,
                                       &options, &own->result, own->deadline);
    atomic_store(&own->over, true);
    if (own->done != NULL)
        duet_future_set_from_thread(own->done, NULL);
    return NULL;
}

enum { THREADS = 4 };

in_task(threads_get_the_results_of_their_tasks)
{
    asker askers[THREADS];
    pthread_t threads[THREADS];

    for (int i = 0; i < THREADS; i++) {
        askers[i] = (asker){.loop = duet_current_loop(),
                            .deadline = DUET_NEVER,
                            .number = i + 1};
        askers[i].stack_bytes = i == 3 ? SIZE_MAX : 0;
        assert_status(duet_future_new(&askers[i].done), 0);
        assert_int_equal(pthread_create(&threads[i], NULL, ask, &askers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        assert_status(duet_future_wait(askers[i].done, NULL, DUET_NEVER), 0);
        pthread_join(threads[i], NULL);
        duet_future_free(askers[i].done);
    }
    for (int i = 0; i < 3; i++) {
        assert_status(askers[i].status, 0);
        assert_int_equal(askers[i].result, (i + 1) * 2);
    }
    assert_status(askers[3].status, DUET_EINVAL);
    assert_status(duet_run_from_thread(duet_current_loop(), double_it, NULL,
                                       NULL, NULL, DUET_NEVER),
                  DUET_EDEADLK);
}

static int return_soon(void *argument)
{
    (void)argument;
    return 0;
}

static void a_thread_waits_until_the_loop_runs(void **state)
{
    duet_loop *loop;
    asker own = {.deadline = DUET_NEVER, .number = 4, .status = 1};
    pthread_t thread;

    (void)state;
    assert_status(duet_loop_new(NULL, &loop), 0);
    own.loop = loop;
    assert_int_equal(pthread_create(&thread, NULL, ask, &own), 0);
    while (!atomic_load(&own.over))
        assert_status(duet_loop_run(loop, return_soon, NULL), 0);
    pthread_join(thread, NULL);
    assert_status(own.status, 0);
    assert_int_equal(own.result, 8);
    duet_loop_free(loop);
}

static bool has_been_asked(duet_loop *loop)
{
    bool asked;

    pthread_mutex_lock(&loop->inbox_mutex);
    asked = !duet__run_queue_is_empty(&loop->inbox);
    pthread_mutex_unlock(&loop->inbox_mutex);
    return asked;
}

static void a_thread_is_told_that_the_loop_was_freed(void **state)
{
    duet_loop *loop;
    asker own = {.deadline = DUET_NEVER, .number = 4, .status = 1};
    pthread_t thread;

    (void)state;
    assert_status(duet_loop_new(NULL, &loop), 0);
    own.loop = loop;
    assert_int_equal(pthread_create(&thread, NULL, ask, &own), 0);
    while (!has_been_asked(loop))
        sched_yield();
    duet_loop_free(loop);
    pthread_join(thread, NULL);
    assert_status(own.status, DUET_ECLOSED);
}

/* --- deadlines --------------------------------------------------------------
 */

typedef struct slow_work {
    duet_loop *loop;
    duet_future *done;
    int says; /* when cancelled */
    atomic_bool has_begun;
    bool was_cancelled;
    int status;
    int result;
    int answered; /* in time */
} slow_work;

static int end_when_cancelled(void *argument)
{
    slow_work *own = argument;

    atomic_store(&own->has_begun, true);
    own->was_cancelled = duet_sleep(DUET_NEVER) == DUET_ECANCELED;
    assert_status(duet_yield(), 0); /* cleaning up takes its time */
    return own->says;
}

/* Until the task began in time: on a slow machine that takes longer. */
static void *ask_for_slow_work(void *argument)
{
    slow_work *own = argument;
    int64_t ms = 10;

    do {
        ms *= 2;
        own->status = duet_run_from_thread(own->loop, end_when_cancelled, own,
                                           NULL, &own->result, duet_in_ms(ms));
    } while (!atomic_load(&own->has_begun));
    duet_future_set_from_thread(own->done, NULL);
    return NULL;
}

static int be_too_slow(void *argument)
{
    slow_work *own = argument;
    pthread_t thread;

    own->loop = duet_current_loop();
    assert_status(duet_future_new(&own->done), 0);
    assert_int_equal(pthread_create(&thread, NULL, ask_for_slow_work, own), 0);
    assert_status(duet_future_wait(own->done, NULL, DUET_NEVER), 0);
    pthread_join(thread, NULL);
    duet_future_free(own->done);
    assert_true(own->was_cancelled);
    return 0;
}

static void task_is_cancelled_at_the_deadline(void **state)
{
    slow_work own = {.says = DUET_ECANCELED, .result = 1};

    (void)state;
    assert_status(duet_run(be_too_slow, &own, NULL), 0);
    assert_status(own.status, DUET_ETIMEDOUT);
    assert_int_equal(own.result, 1);
}

static void task_that_ends_well_though_cancelled_is_heard(void **state)
{
    slow_work own = {.says = 5};

    (void)state;
    assert_status(duet_run(be_too_slow, &own, NULL), 0);
    assert_status(own.status, 0);
    assert_int_equal(own.result, 5);
}

static int never_called(void *argument)
{
    (void)argument;
    fail();
    return 0;
}

static void *ask_in_vain(void *loop)
{
    assert_status(duet_run_from_thread(loop, never_called, NULL, NULL, NULL,
                                       duet_in_ms(5)),
                  DUET_ETIMEDOUT);
    assert_status(
        duet_run_from_thread(loop, never_called, NULL, NULL, NULL, DUET_NOW),
        DUET_ETIMEDOUT);
    return NULL;
}

static void loop_that_does_not_run_in_time_never_calls(void **state)
{
    duet_loop *loop;
    pthread_t thread;

    (void)state;
    assert_status(duet_loop_new(NULL, &loop), 0);
    assert_int_equal(pthread_create(&thread, NULL, ask_in_vain, loop), 0);
    pthread_join(thread, NULL);
    assert_false(has_been_asked(loop));
    assert_status(duet_loop_run(loop, return_soon, NULL), 0);
    duet_loop_free(loop);
}

enum { RACES = 300 };

static int double_or_end(void *argument)
{
    int status = duet_sleep(duet_in_ns(700000));

    return status == 0 ? *(int *)argument * 2 : status;
}

/* Asks again and again, with deadlines that pass about when the task ends. */
static void *ask_often(void *argument)
{
    slow_work *own = argument;
    int number = 4;

    for (int i = 0; i < RACES; i++) {
        const duet_spawn_options options = {.name = "double"};
        int result = 0;
        int status = duet_run_from_thread(
            own->loop, double_or_end, &number, &options, &result,
            i + 1 == RACES ? DUET_NEVER : duet_in_ns(i * 5000));

        if (status == 0)
            assert_int_equal(result, 8);
        else
            assert_status(status, DUET_ETIMEDOUT);
        own->answered += status == 0;
    }
    duet_future_set_from_thread(own->done, NULL);
    return NULL;
}

in_task(deadlines_may_pass_at_any_moment)
{
    slow_work own = {.loop = duet_current_loop()};
    pthread_t thread;

    assert_status(duet_future_new(&own.done), 0);
    assert_int_equal(pthread_create(&thread, NULL, ask_often, &own), 0);
    assert_status(duet_future_wait(own.done, NULL, DUET_NEVER), 0);
    pthread_join(thread, NULL);
    duet_future_free(own.done);
    /* Some had no time for their sleep, the last had all. */
    assert_in_range(own.answered, 1, RACES - 1);
}

TEST_MAIN(test(threads_get_the_results_of_their_tasks),
          test(a_thread_waits_until_the_loop_runs),
          test(a_thread_is_told_that_the_loop_was_freed),
          test(task_is_cancelled_at_the_deadline),
          test(task_that_ends_well_though_cancelled_is_heard),
          test(loop_that_does_not_run_in_time_never_calls),
          test(deadlines_may_pass_at_any_moment))
