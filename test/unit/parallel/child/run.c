/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <duet/duet.h>

#include "support/refuse.h"
#include "support/in_task.h"
#include "support/test.h"
#include "support/ticker.h"

static int run_shell(const char *command, const duet_child_options *options,
                     duet_child_output *output, duet_deadline deadline)
{
    const char *const arguments[] = {"/bin/sh", "-c", command, NULL};

    return duet_child_run(arguments, options, NULL, 0, output, deadline);
}

enum { MUCH = 300 * 1000 };

in_task(more_than_pipes_hold_passes_through)
{
    const char *const arguments[] = {"cat", NULL};
    char *bytes = malloc(MUCH);
    duet_child_output output;

    assert_non_null(bytes);
    for (int i = 0; i < MUCH; i++)
        bytes[i] = (char)(i * 7);
    assert_status(
        duet_child_run(arguments, NULL, bytes, MUCH, &output, DUET_NEVER), 0);
    assert_int_equal(output.output_length, MUCH);
    assert_memory_equal(output.output, bytes, MUCH);
    assert_int_equal(output.error_length, 0);
    duet_child_output_clear(&output);
    duet_child_output_clear(&output);
    free(bytes);
}

in_task(unread_input_and_a_bad_status_are_no_failures)
{
    const char *const arguments[] = {"true", NULL};
    char *bytes = calloc(1, MUCH);
    duet_child_output output;

    assert_status(
        duet_child_run(arguments, NULL, bytes, MUCH, &output, DUET_NEVER), 0);
    assert_int_equal(output.status.code, 0);
    duet_child_output_clear(&output);
    free(bytes);
    assert_status(run_shell("echo no >&2; exit 3", NULL, &output, DUET_NEVER),
                  0);
    assert_int_equal(output.status.code, 3);
    assert_string_equal(output.error, "no\n");
    assert_string_equal(output.output, "");
    duet_child_output_clear(&output);
}

in_task(output_over_the_limit_ends_the_program)
{
    const duet_child_options four = {.output_limit_bytes = 4};
    duet_child_output output;

    assert_status(run_shell("printf 1234", &four, &output, DUET_NEVER), 0);
    assert_string_equal(output.output, "1234");
    duet_child_output_clear(&output);
    assert_status(
        run_shell("printf 12345; exec sleep 1000", &four, &output, DUET_NEVER),
        DUET_ETOOLARGE);
    assert_null(output.output);
    assert_status(run_shell("yes", NULL, &output, DUET_NEVER), DUET_ETOOLARGE);
}

in_task(deadline_terminates_then_kills)
{
    const duet_child_options soon = {.stop_ms = 5};
    duet_child_output output;

    assert_status(run_shell("exec sleep 1000", NULL, &output, duet_in_ms(20)),
                  DUET_ETIMEDOUT);
    assert_status(run_shell("trap '' TERM; while :; do sleep 0.01; done", &soon,
                            &output, duet_in_ms(50)),
                  DUET_ETIMEDOUT);
    assert_null(output.output);
}

/* The program says on the descriptor that it has begun. */
static int run_for_long(void *descriptor)
{
    const duet_child_options options = {
        .ends[DUET_CHILD_ERROR] = DUET_CHILD_DESCRIPTOR,
        .descriptors[DUET_CHILD_ERROR] = *(int *)descriptor};
    duet_child_output output;

    return run_shell("echo begun >&2; exec sleep 1000", &options, &output,
                     DUET_NEVER);
}

in_task(cancelled_run_ends_the_program)
{
    duet_task *task;
    int result = 0;
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    assert_status(duet_spawn(run_for_long, &ends[1], NULL, &task), 0);
    assert_status(duet_wait_readable(ends[0], DUET_NEVER), 0);
    duet_task_cancel(task);
    assert_status(duet_join(task, &result, DUET_NEVER), 0);
    assert_status(result, DUET_ECANCELED);
    close(ends[0]);
    close(ends[1]);
}

/* The program ends only after it has read five ticks. */
in_task(loop_ticks_while_a_program_runs)
{
    const char *const arguments[] = {"head", "-c", "5", NULL};
    static test_ticker ticker;
    duet_child_options options = {.ends[0] = DUET_CHILD_DESCRIPTOR};
    duet_child_output output;
    duet_task *task;
    int ends[2];

    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    options.descriptors[0] = ends[0];
    ticker.descriptor = ends[1];
    assert_status(duet_spawn(test_tick, &ticker, NULL, &task), 0);
    assert_status(
        duet_child_run(arguments, &options, NULL, 0, &output, DUET_NEVER), 0);
    assert_string_equal(output.output, "ttttt");
    duet_child_output_clear(&output);
    duet_task_cancel(task);
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(more_than_pipes_hold_passes_through),
        test(unread_input_and_a_bad_status_are_no_failures),
        test(output_over_the_limit_ends_the_program),
        test(deadline_terminates_then_kills),
        test(cancelled_run_ends_the_program),
        test(loop_ticks_while_a_program_runs)};

    return run_with_and_without_pidfd(tests);
}
