/* SPDX-License-Identifier: MIT */
#include <duet/process.h>

#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <duet/duet.h>

#include "parallel/process/process.h"
#include "support/in_task.h"
#include "support/process.h"
#include "support/ticker.h"

static int exit_with(const void *argument, size_t length)
{
    return length == sizeof(int) ? *(const int *)argument : 99;
}

static int exit_code(int code)
{
    duet_exit_status status = {.code = -1};
    duet_process *process;

    assert_status(duet_process_start(exit_with, &code, sizeof code, NULL,
                                     &process, DUET_NEVER),
                  0);
    assert_true(duet_process_id(process) > 0);
    assert_status(duet_process_wait(process, &status, DUET_NEVER), 0);
    assert_int_equal(status.signal, 0);
    assert_status(duet_process_wait(process, &status, DUET_NOW), 0);
    assert_status(duet_process_signal(process, SIGTERM), DUET_ESRCH);
    duet_process_free(process);
    return status.code;
}

static void exit_codes_come_back(void **state)
{
    (void)state;
    assert_int_equal(exit_code(0), 0);
    assert_int_equal(exit_code(255), 255);
    assert_int_equal(exit_code(256), 1);
    assert_int_equal(exit_code(DUET_EIO), 1);
}

static int wait_for_signal(const void *argument, size_t length)
{
    (void)argument;
    (void)length;
    while (pause() != 0)
        continue;
    return 0;
}

static int end_it(void *argument)
{
    duet_exit_status status;
    duet_process *process;

    assert_status(duet_process_start(wait_for_signal, NULL, 0, NULL, &process,
                                     DUET_NEVER),
                  0);
    assert_status(duet_process_wait(process, &status, DUET_NOW),
                  DUET_ETIMEDOUT);
    assert_status(duet_process_wait(process, &status, duet_in_ms(1)),
                  DUET_ETIMEDOUT);
    assert_status(duet_process_signal(process, *(int *)argument), 0);
    assert_status(duet_process_wait(process, &status, DUET_NEVER), 0);
    assert_int_equal(status.signal, *(int *)argument);
    assert_int_equal(status.code, -1);
    duet_process_free(process);
    return 0;
}

static void signals_terminate_and_kill(void **state)
{
    int signals[] = {SIGTERM, SIGKILL};

    (void)state;
    assert_status(duet_run(end_it, &signals[0], NULL), 0);
    assert_status(end_it(&signals[1]), 0);
}

/* Signals that reach the server after the process's end must not cost its
 * status. */
static void status_survives_signals_that_come_too_late(void **state)
{
    int code = 7;

    (void)state;
    for (int i = 0; i < 12; i++) {
        duet_exit_status status;
        duet_process *process;

        assert_status(duet_process_start(exit_with, &code, sizeof code, NULL,
                                         &process, DUET_NEVER),
                      0);
        assert_status(duet_process_signal(process, -1), DUET_EINVAL);
        assert_status(duet_process_signal(process, SIGRTMAX + 1), DUET_EINVAL);
        for (int sent = 0; sent < i * i; sent++) {
            int result = duet_process_signal(process, SIGCONT);

            assert_true(result == 0 || result == DUET_ESRCH);
        }
        assert_status(duet_process_wait(process, &status, DUET_NEVER), 0);
        assert_int_equal(status.code, 7);
        duet_process_free(process);
    }
}

static int abort_at_once(const void *argument, size_t length)
{
    (void)argument;
    (void)length;
    abort();
}

static void abort_is_a_signal(void **state)
{
    duet_exit_status status;
    duet_process *process;

    (void)state;
    assert_status(
        duet_process_start(abort_at_once, NULL, 0, NULL, &process, DUET_NEVER),
        0);
    assert_status(duet_process_wait(process, &status, DUET_NEVER), 0);
    assert_int_equal(status.signal, SIGABRT);
    assert_int_equal(status.code, -1);
    duet_process_free(process);
}

static int count_descriptors(const void *argument, size_t length)
{
    char byte;

    (void)argument;
    (void)length;
    if (read(STDIN_FILENO, &byte, 1) != 0)
        return 98;
    return test_open_descriptors();
}

static void process_has_no_descriptor_of_ours(void **state)
{
    duet_exit_status status;
    duet_process *process;
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0); /* without FD_CLOEXEC */
    assert_status(duet_process_start(count_descriptors, NULL, 0, NULL, &process,
                                     DUET_NEVER),
                  0);
    assert_status(duet_process_wait(process, &status, DUET_NEVER), 0);
    assert_int_equal(status.code, 3);
    duet_process_free(process);
    close(ends[0]);
    close(ends[1]);
}

static int sleep_a_little(void *argument)
{
    (void)argument;
    return duet_sleep(duet_in_ms(1)) == 0 ? 33 : 1;
}

static int run_a_loop(const void *argument, size_t length)
{
    char deep[256 * 1024]; /* more than the stack of a task */

    (void)argument;
    (void)length;
    memset(deep, 1, sizeof deep);
    return duet_run(sleep_a_little, deep, NULL);
}

in_task(process_may_run_a_loop_on_a_deep_stack)
{
    duet_exit_status status;
    duet_process *process;

    assert_status(
        duet_process_start(run_a_loop, NULL, 0, NULL, &process, DUET_NEVER), 0);
    assert_status(duet_process_wait(process, &status, DUET_NEVER), 0);
    assert_int_equal(status.code, 33);
    duet_process_free(process);
}

static int add_to_both(const void *argument, size_t length)
{
    duet_shared *value = duet_process_shared(0);
    duet_shared *counter = duet_process_shared(1);
    int rounds = *(const int *)argument;

    (void)length;
    if (value == NULL || counter == NULL || duet_process_shared(2) != NULL)
        return 1;
    for (int i = 0; i < rounds; i++) {
        if (duet_shared_lock(value, NULL, DUET_NEVER) != 0)
            return 2;
        ++*(int64_t *)duet_shared_at(value, 0);
        duet_shared_unlock(value);
        duet_shared_add(counter, 0, 1);
    }
    return 0;
}

static void count_with(int processes, int rounds)
{
    duet_shared *shared[2];
    const duet_process_options options = {.shared = shared, .shared_count = 2};
    duet_process *all[100];
    duet_exit_status status;

    for (int i = 0; i < 2; i++)
        assert_status(duet_shared_new(1, sizeof(int64_t), &shared[i]), 0);
    for (int i = 0; i < processes; i++)
        assert_status(duet_process_start(add_to_both, &rounds, sizeof rounds,
                                         &options, &all[i], DUET_NEVER),
                      0);
    for (int i = 0; i < processes; i++) {
        assert_status(duet_process_wait(all[i], &status, DUET_NEVER), 0);
        assert_int_equal(status.code, 0);
        duet_process_free(all[i]);
    }
    assert_int_equal(duet_shared_get(shared[0], 0), processes * rounds);
    assert_int_equal(duet_shared_get(shared[1], 0), processes * rounds);
    for (int i = 0; i < 2; i++)
        duet_shared_free(shared[i]);
}

static void five_processes_that_add_one_end_at_five(void **state)
{
    (void)state;
    count_with(5, 1);
}

static void a_hundred_processes_count_exactly(void **state)
{
    (void)state;
    count_with(100, 10000);
}

static int die_with_the_lock(const void *argument, size_t length)
{
    (void)argument;
    (void)length;
    if (duet_shared_lock(duet_process_shared(0), NULL, DUET_NEVER) != 0)
        return 1;
    raise(SIGKILL);
    return 2;
}

static void lock_of_a_dead_process_is_free_again(void **state)
{
    duet_shared *shared;
    const duet_process_options options = {.shared = &shared, .shared_count = 1};
    duet_exit_status status;
    duet_process *process;
    bool died = false;

    (void)state;
    test_needs_kernel("robust futexes");
    assert_status(duet_shared_new(1, 8, &shared), 0);
    assert_status(duet_process_start(die_with_the_lock, NULL, 0, &options,
                                     &process, DUET_NEVER),
                  0);
    assert_status(duet_process_wait(process, &status, DUET_NEVER), 0);
    assert_int_equal(status.signal, SIGKILL);
    assert_status(duet_shared_lock(shared, &died, DUET_NEVER), 0);
    assert_true(died);
    duet_shared_unlock(shared);
    duet_process_free(process);
    duet_shared_free(shared);
}

static int await_five(const void *argument, size_t length)
{
    char bytes[5];
    size_t total = 0;
    ssize_t count;

    (void)argument;
    (void)length;
    while (total < 5 &&
           (count = read(duet_process_descriptor(0), bytes, 5 - total)) > 0)
        total += (size_t)count;
    return (int)total;
}

/* The process ends only after it has read five ticks. */
in_task(loop_ticks_while_a_process_runs)
{
    static test_ticker ticker;
    duet_exit_status status;
    duet_process *process;
    duet_task *task;
    int ends[2];
    const duet_process_options options = {.descriptors = &ends[0],
                                          .descriptor_count = 1};

    assert_int_equal(pipe(ends), 0);
    assert_status(
        duet_process_start(await_five, NULL, 0, &options, &process, DUET_NEVER),
        0);
    ticker.descriptor = ends[1];
    assert_status(duet_spawn(test_tick, &ticker, NULL, &task), 0);
    assert_status(duet_process_wait(process, &status, DUET_NEVER), 0);
    assert_int_equal(status.code, 5);
    duet_task_cancel(task);
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
    duet_process_free(process);
    close(ends[0]);
    close(ends[1]);
}

static int hold_pipe(const void *argument, size_t length)
{
    (void)argument;
    (void)length;
    while (pause() != 0)
        continue;
    return 0;
}

static int wait_too(void *argument)
{
    duet_exit_status status = {0};

    assert_status(duet_process_wait(argument, &status, DUET_NEVER), 0);
    return status.code;
}

static int wait_by_three(void *argument)
{
    int ends[2];
    const duet_process_options options = {.descriptors = &ends[0],
                                          .descriptor_count = 1};
    duet_process *process;
    duet_call calls[3];

    (void)argument;
    assert_int_equal(pipe(ends), 0);
    assert_status(
        duet_process_start(await_five, NULL, 0, &options, &process, DUET_NEVER),
        0);
    for (int i = 0; i < 3; i++)
        calls[i] = (duet_call){.function = wait_too, .argument = process};
    assert_int_equal(write(ends[1], "12345", 5), 5);
    assert_status(duet_gather(calls, 3, NULL, DUET_NEVER), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(calls[i].result, 5);
    assert_status(
        duet_wait_readable(duet_process_end_descriptor(process), DUET_NEVER),
        0);
    duet_process_free(process);
    close(ends[0]);
    close(ends[1]);
    return 0;
}

static void several_tasks_may_wait_for_one_end(void **state)
{
    (void)state;
    assert_status(duet_run(wait_by_three, NULL, NULL), 0);
}

/* Answers each byte from the first descriptor over the second. */
static int echo_next(const void *argument, size_t length)
{
    char byte;

    (void)argument;
    (void)length;
    while (read(duet_process_descriptor(0), &byte, 1) == 1) {
        byte++;
        if (write(duet_process_descriptor(1), &byte, 1) != 1)
            return 1;
    }
    return duet_process_descriptor(2) == -1 ? 0 : 2;
}

in_task(process_talks_over_descriptors_it_was_given)
{
    int there[2];
    int back[2];
    duet_exit_status status;
    duet_process *process;
    char byte = 'a';

    assert_int_equal(pipe2(there, O_CLOEXEC), 0);
    assert_int_equal(pipe2(back, O_CLOEXEC), 0);
    const int descriptors[] = {there[0], back[1]};
    const duet_process_options options = {.descriptors = descriptors,
                                          .descriptor_count = 2};
    assert_status(
        duet_process_start(echo_next, NULL, 0, &options, &process, DUET_NEVER),
        0);
    close(there[0]);
    close(back[1]);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(write(there[1], &byte, 1), 1);
        assert_status(duet_wait_readable(back[0], DUET_NEVER), 0);
        assert_int_equal(read(back[0], &byte, 1), 1);
    }
    assert_int_equal(byte, 'd');
    close(there[1]);
    assert_status(duet_process_wait(process, &status, DUET_NEVER), 0);
    assert_int_equal(status.code, 0);
    close(back[0]);
    duet_process_free(process);
}

static void freed_process_is_killed(void **state)
{
    duet_process *process;
    int ends[2];
    const duet_process_options options = {.descriptors = &ends[1],
                                          .descriptor_count = 1};
    char byte;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_status(
        duet_process_start(hold_pipe, NULL, 0, &options, &process, DUET_NEVER),
        0);
    close(ends[1]);
    duet_process_free(process);
    duet_process_free(NULL);
    /* The end is read once the process no longer holds the pipe. */
    assert_int_equal(read(ends[0], &byte, 1), 0);
    close(ends[0]);
}

static void limits_are_told(void **state)
{
    static char bytes[65537];
    duet_shared *shared[17] = {NULL};
    const duet_process_options many = {.shared = shared, .shared_count = 17};
    const int descriptors[17] = {-1};
    const duet_process_options closed = {.descriptors = descriptors,
                                         .descriptor_count = 1};
    const duet_process_options open = {.descriptors = descriptors,
                                       .descriptor_count = 17};
    duet_process *process;

    (void)state;
    assert_status(duet_process_start(exit_with, bytes, sizeof bytes, NULL,
                                     &process, DUET_NEVER),
                  DUET_ETOOLARGE);
    assert_status(
        duet_process_start(exit_with, NULL, 0, &many, &process, DUET_NEVER),
        DUET_EINVAL);
    assert_status(
        duet_process_start(exit_with, NULL, 0, &open, &process, DUET_NEVER),
        DUET_EINVAL);
    assert_status(
        duet_process_start(exit_with, NULL, 0, &closed, &process, DUET_NEVER),
        DUET_EBADF);
    assert_null(process);
    assert_status(
        duet_process_start(exit_with, bytes, 65536, NULL, &process, DUET_NEVER),
        0);
    duet_process_free(process);
    assert_null(duet_process_shared(0));
}

PROCESS_TEST_MAIN(test(exit_codes_come_back), test(signals_terminate_and_kill),
                  test(abort_is_a_signal),
                  test(status_survives_signals_that_come_too_late),
                  test(process_has_no_descriptor_of_ours),
                  test(process_may_run_a_loop_on_a_deep_stack),
                  test(five_processes_that_add_one_end_at_five),
                  test(a_hundred_processes_count_exactly),
                  test(lock_of_a_dead_process_is_free_again),
                  test(loop_ticks_while_a_process_runs),
                  test(several_tasks_may_wait_for_one_end),
                  test(process_talks_over_descriptors_it_was_given),
                  test(freed_process_is_killed), test(limits_are_told))
