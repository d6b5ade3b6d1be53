/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <duet/duet.h>

#include "parallel/process/process.h"
#include "support/test.h"
#include "support/valgrind.h"

static int start_and_wait(duet_process_function *function)
{
    duet_exit_status status = {.code = -1};
    duet_process *process;
    int started = duet_process_start(function, &(int){1}, sizeof(int), NULL,
                                     &process, DUET_NEVER);

    if (started != 0)
        return started;
    assert_status(duet_process_wait(process, &status, DUET_NEVER), 0);
    duet_process_free(process);
    return status.code;
}

static int exit_nine(const void *argument, size_t length)
{
    (void)argument;
    return length == sizeof(int) ? 9 : 1;
}

static void server_starts_by_itself_while_there_is_one_thread(void **state)
{
    (void)state;
    assert_int_equal(start_and_wait(exit_nine), 9);
    duet_process_server_stop();
}

static int start_in_task(void *argument)
{
    (void)argument;
    assert_int_equal(start_and_wait(exit_nine), 9);
    return 0;
}

static void server_may_begin_in_a_task(void **state)
{
    (void)state;
    assert_status(duet_run(start_in_task, NULL, NULL), 0);
    duet_process_server_stop();
}

static void *wait_for_go(void *argument)
{
    sem_wait(argument);
    return NULL;
}

static void several_threads_without_a_server_are_refused(void **state)
{
    pthread_t thread;
    sem_t go_on;

    (void)state;
    sem_init(&go_on, 0, 0);
    assert_int_equal(pthread_create(&thread, NULL, wait_for_go, &go_on), 0);
    assert_status(start_and_wait(exit_nine), DUET_ESTATE);
    assert_non_null(strstr(duet_error_detail(), "duet_process_server_start()"));
    assert_status(duet_process_server_start(), DUET_ESTATE);
    sem_post(&go_on);
    pthread_join(thread, NULL);
}

static void several_threads_with_a_server_are_fine(void **state)
{
    pthread_t thread;
    sem_t go_on;

    (void)state;
    assert_status(duet_process_server_start(), 0);
    assert_status(duet_process_server_start(), 0);
    sem_init(&go_on, 0, 0);
    assert_int_equal(pthread_create(&thread, NULL, wait_for_go, &go_on), 0);
    assert_int_equal(start_and_wait(exit_nine), 9);
    sem_post(&go_on);
    pthread_join(thread, NULL);
    duet_process_server_stop();
    duet_process_server_stop();
}

/* Shared with the processes; set once the start has been told. */
static atomic_bool *may_kill;

static int kill_parent(const void *argument, size_t length)
{
    (void)argument;
    (void)length;
    while (!atomic_load(may_kill))
        usleep(1000);
    kill(getppid(), SIGKILL);
    while (pause() != 0)
        continue;
    return 0;
}

static void death_of_the_server_is_told_and_repaired(void **state)
{
    duet_process *process;

    (void)state;
    may_kill = mmap(NULL, sizeof *may_kill, PROT_READ | PROT_WRITE,
                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(may_kill != MAP_FAILED);
    assert_status(
        duet_process_start(kill_parent, NULL, 0, NULL, &process, DUET_NEVER),
        0);
    atomic_store(may_kill, true);
    assert_status(duet_process_wait(process, NULL, DUET_NEVER), DUET_EBROKEN);
    duet_process_free(process);
    assert_status(start_and_wait(exit_nine), DUET_EBROKEN);
    assert_int_equal(start_and_wait(exit_nine), 9);
    duet_process_server_stop();
    munmap(may_kill, sizeof *may_kill);
}

static int start_grandchild(const void *argument, size_t length)
{
    (void)argument;
    (void)length;
    return start_and_wait(exit_nine) + 1;
}

static void process_may_start_processes(void **state)
{
    (void)state;
    assert_int_equal(start_and_wait(start_grandchild), 10);
    duet_process_server_stop();
}

static int write_and_stay(const void *argument, size_t length)
{
    (void)argument;
    (void)length;
    if (write(duet_process_descriptor(15), ".", 1) != 1)
        return 1;
    while (pause() != 0)
        continue;
    return 0;
}

/* Starts one that has sixteen descriptors and uses the last. */
static int start_with_many(const int pipe[2], duet_process **process)
{
    struct pollfd polls[] = {{.fd = pipe[0], .events = POLLIN},
                             {.events = POLLIN}};
    int descriptors[16];
    const duet_process_options options = {.descriptors = descriptors,
                                          .descriptor_count = 16};
    char byte;
    int status;

    for (int i = 0; i < 16; i++)
        descriptors[i] = pipe[1];
    status = duet_process_start(write_and_stay, NULL, 0, &options, process,
                                DUET_NEVER);
    if (status != 0)
        return status;
    polls[1].fd = duet_process_end_descriptor(*process);
    poll(polls, 2, -1);
    return polls[0].revents != 0 && read(pipe[0], &byte, 1) == 1 ? 0 : DUET_EIO;
}

/* Fewer descriptors than the server wants; the hard limit is lowered for good,
 * so this is done in a process. */
static int start_too_many(const void *argument, size_t length)
{
    enum { LIMIT = 80, MOST = 60 };
    const struct rlimit few = {LIMIT, LIMIT};
    duet_process *all[MOST];
    int started = 0;
    int status = 0;
    int ends[2];

    (void)argument;
    (void)length;
    setrlimit(RLIMIT_NOFILE, &few);
    if (pipe(ends) != 0)
        return 1;
    while (started < MOST && status == 0) {
        status = start_with_many(ends, &all[started]);
        started += status == 0;
    }
    if (status != DUET_EMFILE || started == 0)
        return 2;
    for (int i = 0; i < started; i++) /* none of them died of it */
        if (duet_process_wait(all[i], NULL, DUET_NOW) != DUET_ETIMEDOUT)
            return 3;
    duet_process_free(all[--started]);
    while ((status = start_and_wait(exit_nine)) == DUET_EMFILE)
        usleep(1000); /* until the server has heard of the end */
    for (int i = 0; i < started; i++)
        duet_process_free(all[i]);
    return status;
}

static void too_many_processes_are_refused_and_harm_none(void **state)
{
    (void)state;
    if (test_on_valgrind())
        test_skip("the hard limit cannot be lowered here");
    assert_int_equal(start_and_wait(start_too_many), 9);
    duet_process_server_stop();
}

/* The program raises its own limit after the server was started. */
static int raise_own_limit(const void *argument, size_t length)
{
    enum { COUNT = 50 };
    struct rlimit limit;
    struct rlimit low;
    duet_process *all[COUNT];
    int ends[2];

    (void)argument;
    (void)length;
    getrlimit(RLIMIT_NOFILE, &limit);
    low = limit;
    low.rlim_cur = 40;
    setrlimit(RLIMIT_NOFILE, &low);
    if (duet_process_server_start() != 0 || pipe(ends) != 0)
        return 1;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    for (int i = 0; i < COUNT; i++)
        if (start_with_many(ends, &all[i]) != 0)
            return 2;
    for (int i = 0; i < COUNT; i++)
        duet_process_free(all[i]);
    return 9;
}

static void server_takes_more_descriptors_than_the_program_had(void **state)
{
    (void)state;
    assert_int_equal(start_and_wait(raise_own_limit), 9);
    duet_process_server_stop();
}

static int tell_limit(const void *argument, size_t length)
{
    struct rlimit limit;

    (void)length;
    getrlimit(RLIMIT_NOFILE, &limit);
    return memcmp(&limit, argument, sizeof limit) == 0 ? 0 : 1;
}

static void processes_have_the_limits_of_the_program(void **state)
{
    struct rlimit limit;
    duet_exit_status status;
    duet_process *process;

    (void)state;
    getrlimit(RLIMIT_NOFILE, &limit);
    assert_status(duet_process_start(tell_limit, &limit, sizeof limit, NULL,
                                     &process, DUET_NEVER),
                  0);
    assert_status(duet_process_wait(process, &status, DUET_NEVER), 0);
    assert_int_equal(status.code, 0);
    duet_process_free(process);
    duet_process_server_stop();
}

/* Those that make threads come last: an emulator's own threads are told from
 * ours only while there was none of ours. */
TEST_MAIN(test(server_starts_by_itself_while_there_is_one_thread),
          test(server_may_begin_in_a_task),
          test(death_of_the_server_is_told_and_repaired),
          test(process_may_start_processes),
          test(too_many_processes_are_refused_and_harm_none),
          test(server_takes_more_descriptors_than_the_program_had),
          test(processes_have_the_limits_of_the_program),
          test(several_threads_with_a_server_are_fine),
          test(several_threads_without_a_server_are_refused))
