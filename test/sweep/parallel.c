/* SPDX-License-Identifier: MIT */
/* parallel.c - calls of a thread pool and of a process pool, threads, processes
 * and programs, again and again, while each of their allocations and system
 * calls fails in turn, in whichever thread of this program makes it.
 *
 * Whatever failed, the call has its right result or a code that says so, at
 * once; the next one has its result, and nothing is left running or open. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <duet/child.h>
#include <duet/duet.h>
#include <duet/process_pool.h>
#include <duet/shared.h>
#include <duet/thread_pool.h>

#include "fault.h"
#include "support/test.h"
#include "support/worker.h"
#include "sweep.h"

enum {
    HANGS_MS = 60000, /* a call that takes so long hangs */
    POLLS_MAX = 300,  /* of one trial; more is spinning */
    WRONG = 1,        /* in place of a status: a result that is not right */
    CALLS = 3,
};

static duet_deadline soon(void)
{
    return duet_in_ms(HANGS_MS);
}

/* --- threads -------------------------------------------------------------- */

static int add_one(void *number)
{
    return *(int *)number + 1;
}

static int is_right(int status, int result, int expected)
{
    return status == 0 && result != expected ? WRONG : status;
}

static int run_thread(void)
{
    duet_thread *thread;
    int number = 41;
    int result = 0;
    int status = duet_thread_start(add_one, &number, NULL, &thread);

    if (status != 0)
        return status;
    status = duet_thread_join(thread, &result, soon());
    if (status != 0) {
        fault_disarm();
        assert_status(duet_thread_join(thread, NULL, DUET_NEVER), 0);
    }
    return is_right(status, result, 42);
}

static int call_to_thread(void)
{
    static int number = 41;
    int result = 0;
    int status = duet_to_thread(add_one, &number, &result, soon());

    return is_right(status, result, 42);
}

static int call_new_pool(void)
{
    const duet_thread_pool_options options = {.threads = 2};
    duet_thread_call *calls[CALLS] = {NULL};
    static int numbers[CALLS] = {1, 2, 3};
    duet_thread_pool *pool;
    int status = duet_thread_pool_new(&options, &pool);

    for (int i = 0; status == 0 && i < CALLS; i++)
        status = duet_thread_pool_submit(pool, add_one, &numbers[i], NULL,
                                         &calls[i], soon());
    for (int i = 0; i < CALLS; i++) {
        int result = 0;

        if (status == 0)
            status = duet_thread_call_wait(calls[i], &result, soon());
        status = is_right(status, result, i + 2);
        duet_thread_call_free(calls[i]);
    }
    duet_thread_pool_free(pool);
    return status;
}

static int map_in_threads(void)
{
    static int numbers[CALLS] = {1, 2, 3};
    int results[CALLS] = {0};
    int status = duet_thread_pool_map_array(
        NULL, add_one, numbers, CALLS, sizeof *numbers, NULL, results, soon());

    for (int i = 0; i < CALLS; i++)
        status = is_right(status, results[i], i + 2);
    return status;
}

/* --- processes ------------------------------------------------------------ */

static int exit_with(const void *argument, size_t length)
{
    (void)length;
    return *(const int *)argument;
}

static int run_process(void)
{
    const int number = 7;
    duet_exit_status exit = {0};
    duet_process *process;
    int status = duet_process_start(exit_with, &number, sizeof number, NULL,
                                    &process, soon());

    if (status == 0)
        status = duet_process_wait(process, &exit, soon());
    duet_process_free(process);
    return is_right(status, exit.code, 7);
}

static int call_process(duet_process_pool *pool, int number)
{
    duet_process_output output;
    int status = duet_process_pool_call(pool, worker_square, &number,
                                        sizeof number, &output, soon());
    int result = output.result;

    duet_process_output_clear(&output);
    return is_right(status, result, number * number);
}

static int call_new_process_pool(void)
{
    const duet_process_pool_options options = {.workers = 1};
    duet_process_pool *pool;
    int status = duet_process_pool_new(&options, &pool);

    for (int i = 0; status == 0 && i < CALLS; i++)
        status = call_process(pool, i + 2);
    duet_process_pool_free(pool);
    return status;
}

static duet_process_pool *warm_pool;

static int call_warm_process_pool(void)
{
    return call_process(warm_pool, 12);
}

static int run_program(void)
{
    static const char *const arguments[] = {"cat", NULL};
    duet_child_output output;
    int status = duet_child_run(arguments, NULL, "hello", 5, &output, soon());

    if (status == 0 && strcmp(output.output, "hello") != 0)
        status = WRONG;
    duet_child_output_clear(&output);
    return status;
}

static int share_memory(void)
{
    duet_shared *shared;
    int status = duet_shared_new(10, sizeof(int64_t), &shared);

    if (status != 0)
        return status;
    status = duet_shared_lock(shared, NULL, soon());
    if (status == 0) {
        status = is_right(0, (int)duet_shared_add(shared, 9, 42), 42);
        duet_shared_unlock(shared);
    }
    duet_shared_free(shared);
    return status;
}

/* --- trials --------------------------------------------------------------- */

typedef struct trial {
    const char *name;
    int (*run)(void);
} trial;

static const trial trials[] = {
    {"thread", run_thread},
    {"to_thread", call_to_thread},
    {"new pool", call_new_pool},
    {"map", map_in_threads},
    {"process", run_process},
    {"new process pool", call_new_process_pool},
    {"process pool", call_warm_process_pool},
    {"program", run_program},
    {"shared", share_memory},
};

static const fault faults[] = {
    {"memory", FAULT_MEMORY, ENOMEM},
    {"pair EMFILE", FAULT_PAIR, EMFILE},
    {"pair ENFILE", FAULT_PAIR, ENFILE},
    {"open EMFILE", FAULT_OPEN, EMFILE},
    {"epoll_ctl ENOMEM", FAULT_EPOLL_CTL, ENOMEM},
    {"epoll_ctl ENOSPC", FAULT_EPOLL_CTL, ENOSPC},
    {"epoll_wait EINTR", FAULT_EPOLL_WAIT, EINTR},
    {"send EINTR", FAULT_SEND, EINTR},
    {"send EAGAIN", FAULT_SEND, EAGAIN},
    {"recv EINTR", FAULT_RECV, EINTR},
    {"recv EAGAIN", FAULT_RECV, EAGAIN},
    {"recv ENOMEM", FAULT_RECV, ENOMEM},
    {"fcntl EMFILE", FAULT_FCNTL, EMFILE},
    {"ftruncate ENOSPC", FAULT_TRUNCATE, ENOSPC},
    {"thread EAGAIN", FAULT_THREAD, EAGAIN},
};

/* --- the trial ------------------------------------------------------------ */

static void complain(const sweep *sweep, const fault *fault, int nth,
                     const char *what, int status)
{
    sweep_complain(sweep, fault, nth, "%s: %s (%s)", what,
                   status == WRONG ? "a wrong result" : duet_error_name(status),
                   duet_error_message(status == WRONG ? 0 : status));
}

static bool is_honest(const fault *fault, int status)
{
    switch (fault->error) {
    case EINTR:
        return false;
    case EAGAIN:
        return fault->call == FAULT_THREAD && status == DUET_ELIMIT;
    case ENOMEM:
        /* The C library tells a thread without memory by EAGAIN. */
        return status == DUET_ENOMEM || status == DUET_ELIMIT;
    default:
        return status == -fault->error || status == DUET_ENOMEM;
    }
}

static bool try(const sweep *sweep, const fault *fault, int nth)
{
    const trial *trial = sweep->trial;
    int descriptors = test_open_descriptors();
    bool has_struck;
    int status;

    fault_arm(fault, nth);
    status = trial->run();
    if (fault_polls() > POLLS_MAX)
        complain(sweep, fault, nth, "the loop spins", fault_polls());
    has_struck = fault_disarm();
    if (status != 0 && !(has_struck && is_honest(fault, status)))
        complain(sweep, fault, nth, "failed", status);
    status = trial->run();
    if (status != 0)
        complain(sweep, fault, nth, "the next failed", status);
    if (fault->call != FAULT_NONE && test_open_descriptors() > descriptors)
        complain(sweep, fault, nth, "a descriptor is left", 0);
    return has_struck;
}

static int run_all(void *argument)
{
    static const fault none = {"none", FAULT_NONE, 0};
    const duet_process_pool_options options = {.workers = 1};

    (void)argument;
    assert_status(duet_process_pool_new(&options, &warm_pool), 0);
    for (size_t i = 0; i < sizeof trials / sizeof *trials; i++) {
        const sweep one = {
            trials[i].name, faults, sizeof faults / sizeof *faults, try,
            &trials[i],     0};

        (void)try(&one, &none, 0); /* makes what stays: threads, a worker */
        sweep_all(&one);
    }
    duet_process_pool_free(warm_pool);
    return 0;
}

static void whatever_fails_the_next_call_has_its_result(void **state)
{
    (void)state;
    assert_status(duet_run(run_all, NULL, NULL), 0);
    assert_int_equal(sweep_complaints(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(whatever_fails_the_next_call_has_its_result),
    };
    int failed;

    if (!fault_is_possible())
        return 77;
    if (duet_process_server_start() != 0)
        return 1;
    fault_watch_all_threads();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    duet_process_server_stop();
    return failed;
}
