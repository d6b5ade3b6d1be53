/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <duet/duet.h>

/* Longer than any load makes a thread wait. */
static const duet_loop_options patient = {.virtual_time = true,
                                          .virtual_silence_ms = 30000};
static const duet_loop_options virtual_time = {.virtual_time = true};

/* --- work ---------------------------------------------------------------- */

static int pause_really(void *argument)
{
    usleep(50000);
    *(int *)argument = 1;
    return 7;
}

static int call_within_a_second(void *argument)
{
    int result = 0;
    int status =
        duet_to_thread(pause_really, argument, &result, duet_in_ms(1000));

    assert_int_equal(result, 7);
    assert_true(duet_clock_ns() == 0);
    return status;
}

static void call_in_a_thread_is_waited_for(void **state)
{
    int done = 0;

    (void)state;
    assert_status(duet_run(call_within_a_second, &done, &virtual_time), 0);
    assert_int_equal(done, 1);
}

static int read_within_a_second(void *argument)
{
    char *bytes;
    size_t length;

    (void)argument;
    assert_status(duet_whole_file_read("/proc/self/status", NULL, &bytes,
                                       &length, duet_in_ms(1000)),
                  0);
    free(bytes);
    assert_true(duet_clock_ns() == 0);
    return 0;
}

static void file_is_waited_for(void **state)
{
    (void)state;
    assert_status(duet_run(read_within_a_second, NULL, &virtual_time), 0);
}

static int run_within_a_second(void *argument)
{
    static const char *const words[] = {"sh", "-c", "sleep 0.05; exit 3", NULL};
    duet_child *child;
    duet_exit_status status;

    (void)argument;
    assert_status(duet_child_start(words, NULL, &child), 0);
    assert_status(duet_child_wait(child, &status, duet_in_ms(1000)), 0);
    assert_int_equal(status.code, 3);
    assert_true(duet_clock_ns() == 0);
    duet_child_free(child);
    return 0;
}

static void program_is_waited_for(void **state)
{
    (void)state;
    assert_status(duet_run(run_within_a_second, NULL, &virtual_time), 0);
}

/* A call that waits for the loop, which waits for it. */
static int sleep_a_moment(void *argument)
{
    (void)argument;
    return duet_sleep(duet_in_ms(10));
}

static int call_the_loop(void *argument)
{
    return duet_run_from_thread(argument, sleep_a_moment, NULL, NULL, NULL,
                                DUET_NEVER);
}

static int be_called_by_a_call(void *argument)
{
    int result = 1;

    (void)argument;
    assert_status(duet_to_thread(call_the_loop, duet_current_loop(), &result,
                                 duet_in_ms(3600000)),
                  0);
    return result;
}

static void call_that_waits_for_the_loop_does_not_stop_it(void **state)
{
    (void)state;
    assert_status(duet_run(be_called_by_a_call, NULL, &virtual_time), 0);
}

/* --- peers --------------------------------------------------------------- */

static void *write_late(void *argument)
{
    usleep(50000);
    assert_int_equal(write(*(int *)argument, "x", 1), 1);
    return NULL;
}

static int read_late(void *argument)
{
    int *ends = argument;
    pthread_t thread;

    assert_int_equal(pthread_create(&thread, NULL, write_late, &ends[1]), 0);
    assert_status(duet_wait_readable(ends[0], duet_in_ms(1)), 0);
    assert_true(duet_clock_ns() == 0);
    pthread_join(thread, NULL);
    return 0;
}

static int read_what_never_comes(void *argument)
{
    int *ends = argument;

    assert_status(duet_wait_readable(ends[0], duet_in_ms(500)), DUET_ETIMEDOUT);
    assert_true(duet_clock_ns() == 500000000);
    return 0;
}

static void run_with_pipe(duet_task_function *main,
                          const duet_loop_options *options)
{
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    assert_status(duet_run(main, ends, options), 0);
    close(ends[0]);
    close(ends[1]);
}

static void peer_is_waited_for_while_it_may_speak(void **state)
{
    (void)state;
    run_with_pipe(read_late, &patient);
}

static void silent_peer_lets_the_clock_jump(void **state)
{
    (void)state;
    run_with_pipe(read_what_never_comes, &virtual_time);
}

static int sleep_beside(void *argument)
{
    (void)argument;
    return duet_sleep(duet_in_ms(3600000));
}

static void nobody_outside_is_waited_for_if_no_task_does(void **state)
{
    (void)state;
    assert_status(duet_run(sleep_beside, NULL, &patient), 0);
}

/* --- no way on ----------------------------------------------------------- */

static int wait_for_event(void *argument)
{
    return duet_event_wait(argument, DUET_NEVER);
}

static int wait_for_each_other(void *argument)
{
    const duet_spawn_options options = {.name = "hopeless"};
    duet_event *event;
    duet_task *task;
    int result = 0;

    (void)argument;
    assert_status(duet_event_new(&event), 0);
    assert_status(duet_spawn(wait_for_event, event, &options, &task), 0);
    assert_status(duet_join(task, &result, DUET_NEVER), DUET_ECANCELED);
    duet_task_release(task);
    duet_event_free(event);
    return 0;
}

static void what_can_never_go_on_is_told_and_ends(void **state)
{
    duet_loop_options options = {.virtual_time = true};
    char text[4096] = "";
    int report = memfd_create("report", MFD_CLOEXEC);

    (void)state;
    assert_true(report >= 0);
    options.report_descriptor = report;
    assert_status(duet_run(wait_for_each_other, NULL, &options), DUET_EDEADLK);
    assert_non_null(strstr(duet_error_message(DUET_EDEADLK), "virtual time"));
    assert_true(pread(report, text, sizeof text - 1, 0) > 0);
    assert_non_null(strstr(text, "no task can go on"));
    assert_non_null(strstr(text, "main  waits for "));
    assert_non_null(strstr(text, "hopeless  waits for event"));
    close(report);
}

static void set_event(void *argument)
{
    duet_event_set(argument);
}

typedef struct caller {
    duet_loop *loop;
    duet_event *event;
} caller;

static void *call_late(void *argument)
{
    caller *caller = argument;

    usleep(50000);
    assert_status(
        duet_loop_call_from_thread(caller->loop, set_event, caller->event), 0);
    return NULL;
}

static int be_called(void *argument)
{
    caller caller = {.loop = duet_current_loop()};
    pthread_t thread;

    (void)argument;
    assert_status(duet_event_new(&caller.event), 0);
    assert_int_equal(pthread_create(&thread, NULL, call_late, &caller), 0);
    assert_status(duet_event_wait(caller.event, DUET_NEVER), 0);
    pthread_join(thread, NULL);
    duet_event_free(caller.event);
    return 0;
}

static void call_from_another_thread_comes_in_time(void **state)
{
    (void)state;
    assert_status(duet_run(be_called, NULL, &virtual_time), 0);
}

static void silence_below_0_is_refused(void **state)
{
    const duet_loop_options options = {.virtual_silence_ms = -1};

    (void)state;
    assert_status(duet_run(sleep_beside, NULL, &options), DUET_EINVAL);
}

TEST_MAIN(test(call_in_a_thread_is_waited_for), test(file_is_waited_for),
          test(program_is_waited_for),
          test(call_that_waits_for_the_loop_does_not_stop_it),
          test(peer_is_waited_for_while_it_may_speak),
          test(silent_peer_lets_the_clock_jump),
          test(nobody_outside_is_waited_for_if_no_task_does),
          test(what_can_never_go_on_is_told_and_ends),
          test(call_from_another_thread_comes_in_time),
          test(silence_below_0_is_refused))
