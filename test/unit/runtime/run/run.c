/* SPDX-License-Identifier: MIT */
#include <signal.h>

#include "support/test.h"

#include <unistd.h>

#include <duet/duet.h>

#include "base/error.h"
#include "runtime/core/task.h"

static int outlive(void *argument)
{
    (void)argument;
    return duet_sleep(duet_in_ms(1000));
}

static int leave_one_behind(void *argument)
{
    const duet_spawn_options options = {.name = "straggler"};
    duet_loop *loop = duet_current_loop();

    (void)argument;
    return duet__task_spawn(loop, &loop->background, outlive, NULL, &options,
                            NULL);
}

static void tasks_left_are_reported_if_asked(void **state)
{
    char text[2048];
    ssize_t length;
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    const duet_loop_options options = {.virtual_time = true,
                                       .report_tasks_left = true,
                                       .report_descriptor = ends[1]};
    assert_status(duet_run(leave_one_behind, NULL, &options), 0);
    close(ends[1]);
    length = read(ends[0], text, sizeof text - 1);
    assert_true(length > 0);
    text[length] = '\0';
    assert_non_null(strstr(text, "the main task has ended; still alive: 1"));
    assert_non_null(strstr(text, "\nstraggler  "));
    close(ends[0]);
}

static int run_inside(void *argument)
{
    (void)argument;
    return duet_run(outlive, NULL, NULL);
}

static void loop_in_a_loop_is_refused(void **state)
{
    (void)state;
    assert_status(duet_run(run_inside, NULL, NULL), DUET_EBUSY);
}

static int return_argument(void *argument)
{
    return *(int *)argument;
}

static void loop_runs_again_and_again(void **state)
{
    duet_loop *loop;

    (void)state;
    assert_status(duet_loop_new(NULL, &loop), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(duet_loop_run(loop, return_argument, &i), i);
    duet_loop_free(loop);
}

static int interrupt_and_wait(void *argument)
{
    raise(SIGINT);
    *(int *)argument = duet_sleep(DUET_NEVER);
    return 0;
}

static int leave_detached(void *argument)
{
    duet_task *task;

    assert_status(duet_spawn(interrupt_and_wait, argument, NULL, &task), 0);
    duet_task_detach(task);
    return 0;
}

static void an_interrupt_after_the_main_task_cancels_what_it_left(void **state)
{
    int seen = 1;

    (void)state;
    assert_status(duet_run(leave_detached, &seen, NULL), 0);
    assert_status(seen, DUET_ECANCELED);
}

static int fail_with_detail(void *argument)
{
    (void)argument;
    duet__fail(DUET_EURL, "main's own");
    duet__detail_set_phase(3);
    return DUET_EURL;
}

static void detail_of_a_failed_main_outlives_the_loop(void **state)
{
    (void)state;
    duet__fail(DUET_EINVAL, "older");
    assert_status(duet_run(fail_with_detail, NULL, NULL), DUET_EURL);
    assert_string_equal(duet_error_detail(), "main's own");
    assert_int_equal(duet__detail_phase(), 3);
}

TEST_MAIN(test(detail_of_a_failed_main_outlives_the_loop),
          test(an_interrupt_after_the_main_task_cancels_what_it_left),
          test(tasks_left_are_reported_if_asked),
          test(loop_in_a_loop_is_refused), test(loop_runs_again_and_again))
