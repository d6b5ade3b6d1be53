/* SPDX-License-Identifier: MIT */
#include "runtime/run/shutdown.h"

#include <stdatomic.h>

#include "support/test.h"

#include <unistd.h>

#include <duet/duet.h>

typedef struct told {
    char text[8192];
} told;

/* What a run reports; its result must be `expected`. */
static void run_and_listen(duet_task_function *main, void *argument,
                           duet_loop_options options, int expected, told *out)
{
    ssize_t length;
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    options.report_descriptor = ends[1];
    assert_status(duet_run(main, argument, &options), expected);
    close(ends[1]);
    length = read(ends[0], out->text, sizeof out->text - 1);
    assert_true(length >= 0);
    out->text[length] = '\0';
    close(ends[0]);
}

static int count(const char *text, const char *part)
{
    int found = 0;

    for (; (text = strstr(text, part)) != NULL; text++)
        found++;
    return found;
}

static int sleep_for_ever(void *argument)
{
    *(int *)argument = duet_sleep(DUET_NEVER);
    return 0;
}

static int leave_a_sleeper(void *argument)
{
    const duet_spawn_options options = {.name = "sleeper"};
    duet_task *task;

    assert_status(duet_spawn(sleep_for_ever, argument, &options, &task), 0);
    duet_task_detach(task);
    return 7;
}

static void task_that_never_ends_is_named_and_cancelled(void **state)
{
    int seen = 1;
    told told;

    (void)state;
    run_and_listen(leave_a_sleeper, &seen,
                   (duet_loop_options){.virtual_time = true}, 7, &told);
    assert_status(seen, DUET_ECANCELED);
    assert_non_null(strstr(told.text, "after 30.0 s"));
    assert_non_null(strstr(told.text, "duet_loop_options.shutdown_ms"));
    assert_non_null(strstr(told.text, "\nsleeper  waits for sleep, 30.000 s"));
    assert_int_equal(count(told.text, "they are cancelled"), 1);
}

static int sleep_on(void *argument)
{
    for (int cancels = 0; cancels < *(int *)argument;)
        cancels += duet_sleep(DUET_NEVER) == DUET_ECANCELED;
    return 0;
}

/* A task's own tasks are cancelled when its function returns. */
static int leave_a_deaf_child(void *argument)
{
    const duet_spawn_options options = {.name = "deaf"};

    assert_status(duet_spawn(sleep_on, argument, &options, NULL), 0);
    return duet_yield();
}

static void task_that_hears_no_cancel_is_named_again_and_again(void **state)
{
    int cancels = 4; /* one when main returns, three with a report */
    told told;

    (void)state;
    run_and_listen(
        leave_a_deaf_child, &cancels,
        (duet_loop_options){.virtual_time = true, .shutdown_ms = 500}, 0,
        &told);
    assert_int_equal(count(told.text, "after 0.5 s"), 3);
    assert_int_equal(count(told.text, "  deaf  waits for sleep"), 3);
}

static int sleep_an_hour(void *argument)
{
    *(int *)argument = duet_sleep(duet_in_ms(3600 * 1000));
    return 0;
}

static int leave_an_hour(void *argument)
{
    duet_task *task;

    assert_status(duet_spawn(sleep_an_hour, argument, NULL, &task), 0);
    duet_task_detach(task);
    return 0;
}

static void without_a_bound_tasks_go_on(void **state)
{
    int seen = 1;
    told told;

    (void)state;
    run_and_listen(
        leave_an_hour, &seen,
        (duet_loop_options){.virtual_time = true, .shutdown_ms = DUET_NO_LIMIT},
        0, &told);
    assert_status(seen, 0);
    assert_string_equal(told.text, "");
}

static void tasks_that_end_in_time_are_not_told_of(void **state)
{
    int seen = 1;
    told told;

    (void)state;
    run_and_listen(leave_an_hour, &seen,
                   (duet_loop_options){.virtual_time = true,
                                       .shutdown_ms = 3600 * 1000 + 1},
                   0, &told);
    assert_status(seen, 0);
    assert_string_equal(told.text, "");
}

static atomic_bool has_begun;
static atomic_bool has_ended;

/* Ends once the report has been written, whenever that is. */
static int call_until_told(void *argument)
{
    const int *descriptor = argument;
    char byte;

    atomic_store(&has_begun, true);
    if (read(*descriptor, &byte, 1) == 1)
        atomic_store(&has_ended, true);
    return 0;
}

static int leave_a_call(void *argument)
{
    duet_thread_pool *pool;

    assert_status(duet_default_thread_pool(&pool), 0);
    assert_status(duet_thread_pool_submit(pool, call_until_told, argument, NULL,
                                          NULL, DUET_NEVER),
                  0);
    while (!atomic_load(&has_begun)) /* else it would be cancelled */
        assert_status(duet_sleep(duet_in_ms(1)), 0);
    return 0;
}

static void call_of_the_default_pool_is_told_of(void **state)
{
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    const duet_loop_options options = {.shutdown_ms = 1,
                                       .report_descriptor = ends[1]};
    /* Without a report the call, and with it this, would not end. */
    assert_status(duet_run(leave_a_call, &ends[0], &options), 0);
    assert_true(atomic_load(&has_ended));
    close(ends[0]);
    close(ends[1]);
}

static int do_nothing(void *argument)
{
    (void)argument;
    return 0;
}

static void bound_below_no_limit_is_refused(void **state)
{
    const duet_loop_options options = {.shutdown_ms = -2};

    (void)state;
    assert_status(duet_run(do_nothing, NULL, &options), DUET_EINVAL);
    assert_non_null(strstr(duet_error_detail(), "shutdown_ms is -2"));
}

TEST_MAIN(test(task_that_never_ends_is_named_and_cancelled),
          test(task_that_hears_no_cancel_is_named_again_and_again),
          test(without_a_bound_tasks_go_on),
          test(tasks_that_end_in_time_are_not_told_of),
          test(call_of_the_default_pool_is_told_of),
          test(bound_below_no_limit_is_refused))
