/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <duet/duet.h>

#include "support/in_task.h"
#include "support/test.h"
#include "support/valgrind.h"

/* Runs a shell command and compares what it prints. */
static void compare(const char *command, const duet_child_options *options,
                    const char *expected)
{
    const char *const arguments[] = {"/bin/sh", "-c", command, NULL};
    duet_child_output output;

    assert_status(
        duet_child_run(arguments, options, NULL, 0, &output, DUET_NEVER), 0);
    assert_string_equal(output.error, "");
    assert_string_equal(output.output, expected);
    assert_int_equal(output.status.code, 0);
    duet_child_output_clear(&output);
}

in_task(program_gets_its_environment_and_folder)
{
    const char *const environment[] = {"COLOUR=blue", "PATH=/usr/bin:/bin",
                                       NULL};
    const duet_child_options options = {.environment = environment,
                                        .folder = "/usr"};

    setenv("DUET_TEST_SEEN", "yes", 1);
    compare("echo $DUET_TEST_SEEN", NULL, "yes\n");
    compare("pwd; echo $COLOUR $DUET_TEST_SEEN", &options, "/usr\nblue\n");
}

in_task(arguments_arrive_as_they_are)
{
    const char *const arguments[] = {"printf", "%s|", "a b", "", "$HOME", NULL};
    duet_child_output output;

    assert_status(duet_child_run(arguments, NULL, NULL, 0, &output, DUET_NEVER),
                  0);
    assert_string_equal(output.output, "a b||$HOME|");
    duet_child_output_clear(&output);
}

in_task(program_inherits_no_other_descriptor)
{
    int leaked = fcntl(STDOUT_FILENO, F_DUPFD, 40); /* without FD_CLOEXEC */
    const char *const arguments[] = {"ls", "/proc/self/fd", NULL};
    duet_child_output output;

    assert_true(leaked >= 40);
    assert_status(duet_child_run(arguments, NULL, NULL, 0, &output, DUET_NEVER),
                  0);
    /* 3 is what ls opens itself. */
    assert_string_equal(output.output, "0\n1\n2\n3\n");
    duet_child_output_clear(&output);
    close(leaked);
}

static int look_at_signals(void *argument)
{
    (void)argument;
    /* Without 32 and 33, which belong to the C library. */
    compare("for set in SigBlk SigIgn; do "
            "echo $((0x$(sed -n \"s/$set:.//p\" /proc/self/status) "
            "& 0x7fffffff)); done",
            NULL, "0\n0\n");
    return 0;
}

static void signals_are_unblocked_and_at_their_defaults(void **state)
{
    sigset_t usr1;

    (void)state;
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &usr1, NULL);
    signal(SIGPIPE, SIG_IGN);
    assert_status(duet_run(look_at_signals, NULL, NULL), 0);
    signal(SIGPIPE, SIG_DFL);
    pthread_sigmask(SIG_UNBLOCK, &usr1, NULL);
}

in_task(streams_lead_where_the_options_say)
{
    int ends[2];
    char text[16] = "";
    const duet_child_options merged = {.ends[2] = DUET_CHILD_TO_OUTPUT};
    duet_child_options given = {
        .ends = {DUET_CHILD_NULL, DUET_CHILD_DESCRIPTOR}};

    compare("echo out; echo err >&2", &merged, "out\nerr\n");
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    given.descriptors[1] = ends[1];
    compare("cat; echo there", &given, "");
    close(ends[1]);
    assert_int_equal(read(ends[0], text, sizeof text), 6);
    assert_string_equal(text, "there\n");
    close(ends[0]);
}

static int name_what_is_missing(void *argument)
{
    const char *const missing[] = {"/no/such/program", NULL};
    const char *const folder[] = {"/", NULL};
    const char *const fine[] = {"true", NULL};
    const duet_child_options nowhere = {.folder = "/no/such/folder"};
    duet_child *child;

    (void)argument;
    assert_status(duet_child_start(missing, NULL, &child), DUET_ENOENT);
    assert_null(child);
    assert_non_null(strstr(duet_error_detail(), "/no/such/program"));
    assert_status(duet_child_start(folder, NULL, &child), DUET_EACCES);
    assert_status(duet_child_start(fine, &nowhere, &child), DUET_ENOENT);
    assert_non_null(strstr(duet_error_detail(), "/no/such/folder"));
    return 0;
}

static void failures_to_start_name_the_program(void **state)
{
    (void)state;
    test_needs_kernel("vfork() that shares memory");
    if (test_on_valgrind())
        test_skip("vfork() is a fork() here and cannot tell of failure");
    assert_status(duet_run(name_what_is_missing, NULL, NULL), 0);
}

in_task(nonsense_is_refused)
{
    const char *const fine[] = {"true", NULL};
    const char *const none[] = {NULL};
    const duet_child_options closed = {.ends[1] = DUET_CHILD_DESCRIPTOR,
                                       .descriptors[1] = 999};
    const duet_child_options odd = {.ends[1] = DUET_CHILD_TO_OUTPUT};
    const duet_child_options negative = {.stop_ms = -5};
    duet_child *child;

    assert_status(duet_child_start(fine, &closed, &child), DUET_EBADF);
    assert_status(duet_child_start(fine, &odd, &child), DUET_EINVAL);
    assert_status(duet_child_start(fine, &negative, &child), DUET_EINVAL);
    assert_status(duet_child_start(none, NULL, &child), DUET_EINVAL);
}

/* The pipes of the program begin below 3 then. */
in_task(program_of_a_process_without_streams_has_its_own)
{
    const char *const arguments[] = {"/bin/sh", "-c", "cat; echo error >&2",
                                     NULL};
    duet_child_output output;
    int kept[3];
    int status;

    for (int i = 0; i < 3; i++) {
        kept[i] = fcntl(i, F_DUPFD_CLOEXEC, 100);
        close(i);
    }
    status = duet_child_run(arguments, NULL, "input", 5, &output, DUET_NEVER);
    for (int i = 0; i < 3; i++) {
        (void)dup2(kept[i], i);
        close(kept[i]);
    }
    assert_status(status, 0);
    assert_string_equal(output.output, "input");
    assert_string_equal(output.error, "error\n");
    duet_child_output_clear(&output);
}

TEST_MAIN(test(program_of_a_process_without_streams_has_its_own),
          test(program_gets_its_environment_and_folder),
          test(arguments_arrive_as_they_are),
          test(program_inherits_no_other_descriptor),
          test(signals_are_unblocked_and_at_their_defaults),
          test(streams_lead_where_the_options_say),
          test(failures_to_start_name_the_program), test(nonsense_is_refused))
