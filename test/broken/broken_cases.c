/* SPDX-License-Identifier: MIT */
/* broken_cases.c - cases that fail in the places where cmocka cannot leave
 * them, with good ones between; the last one hangs. */
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <duet/duet.h>

#include "support/run.h"
#include "support/test.h"

static int sleeper(void *argument)
{
    return duet_event_wait(argument, DUET_NEVER);
}

static int passes(void *argument)
{
    (void)argument;
    return duet_sleep(duet_in_ms(1));
}

static void a_passes(void **state)
{
    (void)state;
    test_run(passes, NULL);
}

/* A second task and a descriptor stay behind. */
static int fail_in_task(void *event)
{
    int ends[2];

    assert_status(duet_spawn(sleeper, event, NULL, NULL), 0);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(duet_yield(), 1234);
    return 0;
}

static void b_fails_in_a_task(void **state)
{
    duet_event *event;

    (void)state;
    assert_status(duet_event_new(&event), 0);
    test_run(fail_in_task, event);
}

static void c_passes(void **state)
{
    a_passes(state);
}

static void fail_here(void *argument)
{
    (void)argument;
    assert_string_equal("this", "that");
}

static int fail_in_callback(void *argument)
{
    assert_status(duet_call_soon(fail_here, argument), 0);
    return duet_sleep(duet_in_ms(1000));
}

static void d_fails_in_a_callback(void **state)
{
    (void)state;
    test_run(fail_in_callback, NULL);
}

static void *fail_in_thread(void *argument)
{
    fail_here(argument);
    return NULL;
}

static void e_fails_in_a_thread(void **state)
{
    pthread_t thread;

    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, fail_in_thread, NULL), 0);
    pthread_join(thread, NULL);
}

/* A child's end is told to its parent alone. */
static void f_passes_with_a_child_that_fails(void **state)
{
    pid_t child = fork();
    int status;

    (void)state;
    if (child == 0)
        assert_true(child != 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), EXIT_FAILURE);
}

static void g_fails_where_cmocka_can_leave(void **state)
{
    (void)state;
    assert_int_equal(4321, 0);
}

static int hang(void *event)
{
    const duet_spawn_options options = {.name = "dreamer"};
    duet_task *task;

    assert_status(duet_spawn(sleeper, event, &options, &task), 0);
    return duet_join(task, NULL, DUET_NEVER);
}

static void h_hangs(void **state)
{
    duet_event *event;

    (void)state;
    assert_status(duet_event_new(&event), 0);
    assert_status(duet_run(hang, event, NULL), 0);
}

static void i_never_runs(void **state)
{
    (void)state;
}

TEST_MAIN(test(a_passes), test(b_fails_in_a_task), test(c_passes),
          test(d_fails_in_a_callback), test(e_fails_in_a_thread),
          test(f_passes_with_a_child_that_fails),
          test(g_fails_where_cmocka_can_leave), test(h_hangs),
          test(i_never_runs))
