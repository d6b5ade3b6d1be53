/* SPDX-License-Identifier: MIT */
#include <duet/thread_task.h>

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include <duet/future.h>

#include "runtime/loop.h"
#include "support/run.h"
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
                                       &options, &own->result);
    atomic_store(&own->over, true);
    if (own->done != NULL)
        duet_future_set_from_thread(own->done, NULL);
    return NULL;
}

enum { THREADS = 4 };

static int be_asked(void *argument)
{
    asker askers[THREADS];
    pthread_t threads[THREADS];

    (void)argument;
    for (int i = 0; i < THREADS; i++) {
        askers[i] = (asker){.loop = duet_current_loop(), .number = i + 1};
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
    assert_status(
        duet_run_from_thread(duet_current_loop(), double_it, NULL, NULL, NULL),
        DUET_EDEADLK);
    return 0;
}

static void threads_get_the_results_of_their_tasks(void **state)
{
    (void)state;
    assert_status(duet_run(be_asked, NULL, NULL), 0);
}

static int return_soon(void *argument)
{
    (void)argument;
    return 0;
}

static void a_thread_waits_until_the_loop_runs(void **state)
{
    duet_loop *loop;
    asker own = {.number = 4, .status = 1};
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
    asker own = {.number = 4, .status = 1};
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

TEST_MAIN(test(threads_get_the_results_of_their_tasks),
          test(a_thread_waits_until_the_loop_runs),
          test(a_thread_is_told_that_the_loop_was_freed))
