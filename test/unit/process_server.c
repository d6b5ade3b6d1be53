/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include <duet/duet.h>

#include "parallel/process.h"
#include "support/test.h"

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

/* Those that make threads come last: an emulator's own threads are told from
 * ours only while there was none of ours. */
TEST_MAIN(test(server_starts_by_itself_while_there_is_one_thread),
          test(server_may_begin_in_a_task),
          test(death_of_the_server_is_told_and_repaired),
          test(process_may_start_processes),
          test(several_threads_with_a_server_are_fine),
          test(several_threads_without_a_server_are_refused))
