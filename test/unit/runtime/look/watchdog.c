/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <duet/duet.h>

typedef struct report {
    int ends[2];
    const char *awaited; /* how the report that is waited for begins */
    char text[16384];
    size_t length;
} report;

/* Runs on, without suspending, until the report is there. On a busy machine
 * others may come first: a step is also slow if it was not let run. */
static void hog(void *argument)
{
    report *all = argument;

    while (strstr(all->text, all->awaited) == NULL) {
        struct pollfd look = {.fd = all->ends[0], .events = POLLIN};
        ssize_t got;

        if (poll(&look, 1, 1) <= 0)
            continue;
        got = read(all->ends[0], all->text + all->length,
                   sizeof all->text - 1 - all->length);
        assert_true(got > 0);
        all->length += (size_t)got;
    }
}

/* True once there is a report that shows who called whom. A step that was
 * stopped on its very first instructions has few calls to show, and is not
 * reported again: then there has to be another. */
static bool has_calls(report *all)
{
    const char *begin = strstr(all->text, all->awaited);

    if (begin != NULL && strstr(begin, "#2 ") != NULL)
        return true;
    memset(all->text, 0, sizeof all->text);
    all->length = 0;
    return false;
}

static int hog_task(void *argument)
{
    hog(argument);
    return 0;
}

static int hog_after_a_pause(void *argument)
{
    const duet_spawn_options options = {.name = "hog"};
    duet_task *task;

    assert_status(duet_sleep(duet_in_ms(30)), 0);
    while (!has_calls(argument)) {
        assert_status(duet_spawn(hog_task, argument, &options, &task), 0);
        assert_status(duet_join(task, NULL, DUET_NEVER), 0);
    }
    return 0;
}

static int hog_the_loop(void *argument)
{
    while (!has_calls(argument)) {
        assert_status(
            duet_loop_call_from_thread(duet_current_loop(), hog, argument), 0);
        assert_status(duet_sleep(duet_in_ms(1)), 0);
    }
    return 0;
}

static void expect_report(duet_task_function *body, const char *awaited)
{
    static report all;
    struct sigaction before, after;

    all = (report){.awaited = awaited};
    assert_int_equal(pipe(all.ends), 0);
    const duet_loop_options options = {.slow_step_ms = 5,
                                       .report_descriptor = all.ends[1]};
    sigaction(SIGURG, NULL, &before);
    assert_status(duet_run(body, &all, &options), 0);
    sigaction(SIGURG, NULL, &after);
    assert_true(before.sa_handler == after.sa_handler);
    close(all.ends[0]);
    close(all.ends[1]);
}

static void slow_step_is_reported_with_its_calls(void **state)
{
    (void)state;
    expect_report(hog_after_a_pause, "duet: task 'hog' has run for ");
}

static void functions_on_the_loop_are_watched_too(void **state)
{
    (void)state;
    expect_report(hog_the_loop, "duet: the loop itself has run for ");
}

static int do_nothing(void *argument)
{
    (void)argument;
    return 0;
}

static void negative_limit_is_refused(void **state)
{
    const duet_loop_options options = {.slow_step_ms = -1};

    (void)state;
    assert_status(duet_run(do_nothing, NULL, &options), DUET_EINVAL);
}

TEST_MAIN(test(slow_step_is_reported_with_its_calls),
          test(functions_on_the_loop_are_watched_too),
          test(negative_limit_is_refused))
