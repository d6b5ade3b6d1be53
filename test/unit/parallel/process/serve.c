/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <duet/duet.h>

#include "parallel/process/process.h"
#include "support/process.h"

/* What a process finds around itself; each bit is one finding. */
static int look_around(const void *argument, size_t length)
{
    struct sigaction action;
    char name[16] = "";
    sigset_t mask;
    int found = 0;

    (void)length;
    if (((uintptr_t)argument & 15) == 0)
        found |= 1;
    prctl(PR_GET_NAME, name);
    if (strcmp(name, "a-name-of-fifte") == 0)
        found |= 2;
    sigaction(SIGINT, NULL, &action);
    if (action.sa_handler == SIG_IGN)
        found |= 4;
    sigaction(SIGPIPE, NULL, &action);
    if (action.sa_handler == SIG_DFL)
        found |= 8;
    sigprocmask(SIG_SETMASK, NULL, &mask);
    if (!sigismember(&mask, SIGCHLD) && !sigismember(&mask, SIGTERM))
        found |= 16;
    if (duet_current_loop() == NULL && duet_current_task() == NULL)
        found |= 32;
    if (duet_process_descriptor(0) == -1)
        found |= 64;
    return found;
}

static void process_begins_as_promised(void **state)
{
    const duet_process_options options = {.name = "a-name-of-fifteen-bytes"};
    duet_exit_status status;
    duet_process *process;

    (void)state;
    assert_status(
        duet_process_start(look_around, "x", 1, &options, &process, DUET_NEVER),
        0);
    assert_status(duet_process_wait(process, &status, DUET_NEVER), 0);
    assert_int_equal(status.code, 127);
    duet_process_free(process);
}

static int overflow(const void *argument, size_t length)
{
    volatile char frame[4096];

    frame[0] = (char)length;
    if (length == SIZE_MAX)
        return 0;
    return overflow(argument, length + 1) + frame[0];
}

static void overflow_of_the_stack_is_a_signal(void **state)
{
    duet_exit_status status;
    duet_process *process;

    (void)state;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    test_skip("the sanitizer ends the process in its own way");
#endif
    assert_status(
        duet_process_start(overflow, NULL, 0, NULL, &process, DUET_NEVER), 0);
    assert_status(duet_process_wait(process, &status, DUET_NEVER), 0);
    assert_int_equal(status.signal, SIGSEGV);
    duet_process_free(process);
}

static int sleep_for_ever(const void *argument, size_t length)
{
    (void)argument;
    (void)length;
    while (pause() != 0)
        continue;
    return 0;
}

static void stop_of_the_server_ends_its_processes(void **state)
{
    duet_process *processes[20];
    int ends[2];
    const duet_process_options options = {.descriptors = &ends[1],
                                          .descriptor_count = 1};
    char byte;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    for (int i = 0; i < 20; i++)
        assert_status(duet_process_start(sleep_for_ever, NULL, 0, &options,
                                         &processes[i], DUET_NEVER),
                      0);
    close(ends[1]);
    duet_process_server_stop();
    assert_int_equal(read(ends[0], &byte, 1), 0);
    for (int i = 0; i < 20; i++) {
        assert_status(duet_process_wait(processes[i], NULL, DUET_NEVER),
                      DUET_EBROKEN);
        duet_process_free(processes[i]);
    }
    close(ends[0]);
    assert_status(duet_process_server_start(), 0);
}

PROCESS_TEST_MAIN(test(process_begins_as_promised),
                  test(overflow_of_the_stack_is_a_signal),
                  cmocka_unit_test(stop_of_the_server_ends_its_processes))
