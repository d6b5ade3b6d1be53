/* SPDX-License-Identifier: MIT */
#include "support/abort.h"
#include "support/test.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <duet/duet.h>

#ifdef DUET_THREAD_CHECKS
enum { CHECKED = true };
#else
enum { CHECKED = false };
#endif

static void *cancel_from_thread(void *task)
{
    pthread_setname_np(pthread_self(), "intruder");
    duet_task_cancel(task);
    return NULL;
}

static int let_a_thread_in(void *argument)
{
    pthread_t thread;

    (void)argument;
    pthread_create(&thread, NULL, cancel_from_thread, duet_current_task());
    pthread_join(thread, NULL);
    return 0;
}

static void foreign_thread_ends_the_program_and_is_named(void **state)
{
    char text[2048];

    (void)state;
    if (!CHECKED)
        skip();
    test_abort(let_a_thread_in, text, sizeof text);
    assert_non_null(strstr(text, "thread 'intruder'"));
    assert_non_null(strstr(text, "called duet_task_cancel()"));
    assert_non_null(strstr(text, "#1 "));
}

static int run_elsewhere(void *argument)
{
    *(pthread_t *)argument = pthread_self();
    return duet_yield();
}

static void *run_loop(void *loop)
{
    pthread_t ran_in;

    assert_status(duet_loop_run(loop, run_elsewhere, &ran_in), 0);
    assert_true(pthread_equal(ran_in, pthread_self()));
    return NULL;
}

static void loop_belongs_to_the_thread_that_runs_it(void **state)
{
    pthread_t thread;
    duet_loop *loop;

    (void)state;
    assert_status(duet_loop_new(NULL, &loop), 0);
    assert_int_equal(pthread_create(&thread, NULL, run_loop, loop), 0);
    pthread_join(thread, NULL);
    run_loop(loop);
    duet_loop_free(loop);
}

TEST_MAIN(test(foreign_thread_ends_the_program_and_is_named),
          test(loop_belongs_to_the_thread_that_runs_it))
