/* SPDX-License-Identifier: MIT */
#include "parallel/child/child.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <duet/duet.h>

#include "support/refuse.h"
#include "support/in_task.h"
#include "support/test.h"

static const duet_child_options all_pipes = {
    .ends = {DUET_CHILD_PIPE, DUET_CHILD_PIPE, DUET_CHILD_PIPE}};

static duet_child *start(const char *command)
{
    const char *const arguments[] = {"/bin/sh", "-c", command, NULL};
    duet_child *child;

    assert_status(duet_child_start(arguments, &all_pipes, &child), 0);
    return child;
}

in_task(bytes_go_both_ways_until_the_end)
{
    const char *const arguments[] = {"cat", NULL};
    char text[16] = "";
    duet_exit_status status;
    duet_child *child;
    size_t length;

    assert_status(duet_child_start(arguments, &all_pipes, &child), 0);
    for (int i = 0; i < 3; i++) {
        assert_status(duet_child_write(child, "ping", 4, DUET_NEVER), 0);
        assert_status(duet_child_read(child, DUET_CHILD_OUTPUT, text,
                                      sizeof text, &length, DUET_NEVER),
                      0);
        assert_int_equal(length, 4);
        assert_memory_equal(text, "ping", 4);
    }
    assert_status(duet_child_read(child, DUET_CHILD_OUTPUT, text, sizeof text,
                                  &length, duet_in_ms(1)),
                  DUET_ETIMEDOUT);
    assert_status(duet_child_wait(child, &status, duet_in_ms(1)),
                  DUET_ETIMEDOUT);
    duet_child_close_input(child);
    assert_status(duet_child_write(child, "x", 1, DUET_NEVER), DUET_ESTATE);
    assert_status(duet_child_read(child, DUET_CHILD_OUTPUT, text, sizeof text,
                                  &length, DUET_NEVER),
                  0);
    assert_int_equal(length, 0);
    assert_status(duet_child_wait(child, &status, DUET_NEVER), 0);
    assert_int_equal(status.code, 0);
    assert_int_equal(status.signal, 0);
    duet_child_free(child);
}

enum { FLOOD_BYTES = 1024 * 1024 };

static int flood(void *argument)
{
    static char bytes[FLOOD_BYTES];
    int status = duet_child_write(argument, bytes, sizeof bytes, DUET_NEVER);

    duet_child_close_input(argument);
    return status;
}

static int bytes_to_read(const duet_child *child)
{
    int count = 0;

    assert_int_equal(ioctl(duet_child_descriptor(child, DUET_CHILD_OUTPUT),
                           FIONREAD, &count),
                     0);
    return count;
}

in_task(writer_waits_while_nobody_reads)
{
    duet_child *child = start("cat");
    duet_task *writer;
    char chunk[1000];
    size_t total = 0;
    size_t length;
    int result = 1;

    assert_status(duet_spawn(flood, child, NULL, &writer), 0);
    /* Two pipes hold 128 KiB; the writer waits with the rest. */
    while (bytes_to_read(child) < 32768)
        assert_status(duet_sleep(duet_in_ms(1)), 0);
    assert_false(duet_task_is_done(writer));
    do {
        assert_status(duet_child_read(child, DUET_CHILD_OUTPUT, chunk,
                                      sizeof chunk, &length, DUET_NEVER),
                      0);
        total += length;
    } while (length > 0);
    assert_int_equal(total, FLOOD_BYTES);
    assert_status(duet_join(writer, &result, DUET_NEVER), 0);
    assert_status(result, 0);
    duet_child_free(child);
}

in_task(writing_to_an_ended_program_is_an_error_and_no_signal)
{
    duet_child *child = start("exit 7");
    duet_exit_status status;

    assert_status(duet_child_wait(child, &status, DUET_NEVER), 0);
    assert_int_equal(status.code, 7);
    assert_status(duet_child_write(child, "x", 1, DUET_NEVER), DUET_EPIPE);
    assert_status(duet_child_signal(child, SIGTERM), DUET_ESRCH);
    assert_status(duet_child_wait(child, &status, DUET_NOW), 0);
    assert_int_equal(status.code, 7);
    duet_child_free(child);
}

in_task(signal_that_ended_it_is_told)
{
    duet_child *child = start("kill -STOP $$; sleep 1000");
    duet_exit_status status;

    assert_status(duet_child_signal(child, SIGKILL), 0);
    assert_status(duet_child_wait(child, &status, DUET_NEVER), 0);
    assert_int_equal(status.signal, SIGKILL);
    assert_int_equal(status.code, -1);
    duet_child_free(child);
}

/* Waits until the shell has set its trap. */
static void await_line(duet_child *child)
{
    char text[8];
    size_t length;

    assert_status(duet_child_read(child, DUET_CHILD_OUTPUT, text, sizeof text,
                                  &length, DUET_NEVER),
                  0);
    assert_true(length > 0);
}

in_task(stop_asks_first_and_kills_then)
{
    duet_child *willing = start("exec sleep 1000");
    duet_child *stubborn = start("trap '' TERM; echo ready; exec sleep 1000");
    duet_exit_status status;

    assert_status(duet_child_stop(willing, &status, DUET_NEVER), 0);
    assert_int_equal(status.signal, SIGTERM);
    await_line(stubborn);
    assert_status(duet_child_stop(stubborn, &status, duet_in_ms(10)), 0);
    assert_int_equal(status.signal, SIGKILL);
    duet_child_free(willing);
    duet_child_free(stubborn);
}

in_task(group_is_stopped_as_a_whole)
{
    const char *const arguments[] = {"/bin/sh", "-c",
                                     "sleep 1000 & echo $!; wait", NULL};
    duet_child_options options = all_pipes;
    char text[16] = "";
    duet_child *child;
    size_t length;

    options.new_group = true;
    assert_status(duet_child_start(arguments, &options, &child), 0);
    assert_status(duet_child_read(child, DUET_CHILD_OUTPUT, text,
                                  sizeof text - 1, &length, DUET_NEVER),
                  0);
    assert_status(duet_child_stop(child, NULL, DUET_NEVER), 0);
    /* The grandchild held the pipe, and is gone, too. */
    assert_status(duet_child_read(child, DUET_CHILD_OUTPUT, text, sizeof text,
                                  &length, DUET_NEVER),
                  0);
    assert_int_equal(length, 0);
    duet_child_free(child);
}

static int count_children(void)
{
    char path[64];
    char ids[256] = "";
    int count = 0;
    FILE *file;

    snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
    file = fopen(path, "r");
    if (file == NULL)
        return -1;
    if (fgets(ids, sizeof ids, file) != NULL)
        for (const char *at = ids; *at != '\0'; at++)
            count += *at == ' ';
    fclose(file);
    return count;
}

static int leave_running(void *argument)
{
    (void)argument;
    for (int i = 0; i < 5; i++)
        duet_child_free(start("exec sleep 1000"));
    duet_child_free(NULL);
    return 0;
}

static void freed_programs_are_killed_and_no_zombie_is_left(void **state)
{
    (void)state;
    if (count_children() < 0)
        test_skip("a kernel without CONFIG_PROC_CHILDREN");
    assert_status(duet_run(leave_running, NULL, NULL), 0);
    assert_int_equal(count_children(), 0);
}

static int wait_too(void *argument)
{
    duet_exit_status status = {0};

    assert_status(duet_child_wait(argument, &status, DUET_NEVER), 0);
    return status.code;
}

static int wait_by_three(void *argument)
{
    duet_child *child = start("read line; exit 5");
    duet_call calls[3];

    (void)argument;
    for (int i = 0; i < 3; i++)
        calls[i] = (duet_call){.function = wait_too, .argument = child};
    duet_child_close_input(child);
    assert_status(duet_gather(calls, 3, NULL, DUET_NEVER), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(calls[i].result, 5);
    duet_child_free(child);
    return 0;
}

static void several_tasks_may_wait_for_one_end(void **state)
{
    (void)state;
    assert_status(duet_run(wait_by_three, NULL, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(bytes_go_both_ways_until_the_end),
        test(writer_waits_while_nobody_reads),
        test(writing_to_an_ended_program_is_an_error_and_no_signal),
        test(signal_that_ended_it_is_told),
        test(stop_asks_first_and_kills_then),
        test(group_is_stopped_as_a_whole),
        test(freed_programs_are_killed_and_no_zombie_is_left),
        test(several_tasks_may_wait_for_one_end)};

    return run_with_and_without_pidfd(tests);
}
