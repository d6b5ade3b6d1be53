/* SPDX-License-Identifier: MIT */
#include <duet/signal_handler.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "runtime/core/loop.h"
#include "support/memory.h"
#include "support/in_task.h"
#include "support/test.h"

typedef struct seen {
    int begun;
    int ended;
    char name[32];
} seen;

/* Waits, which a handler of signal(2) could not. */
static int note(void *argument)
{
    seen *own = argument;
    int status;

    own->begun++;
    snprintf(own->name, sizeof own->name, "%s",
             duet_task_name(duet_current_task()));
    status = duet_sleep(duet_in_ms(1));
    own->ended += status == 0;
    return status;
}

in_virtual_time(each_time_starts_a_task_that_may_wait)
{
    seen own = {0};
    duet_signal_handler *handler;

    assert_status(duet_signal_handler_new(SIGUSR1, note, &own, &handler), 0);
    raise(SIGUSR1);
    raise(SIGUSR1);
    assert_int_equal(own.begun, 0); /* not in the middle of a task */
    while (own.ended < 2)
        assert_status(duet_sleep(duet_in_ms(1)), 0);
    assert_int_equal(own.begun, 2);
    assert_string_equal(own.name, "signal 10");
    duet_signal_handler_free(handler);
}

static void own_handler(int signal)
{
    (void)signal;
}

in_virtual_time(a_freed_handler_starts_no_more)
{
    struct sigaction mine = {.sa_handler = own_handler};
    struct sigaction before;
    struct sigaction now;
    seen own = {0};
    duet_signal_handler *handler;

    sigaction(SIGUSR2, &mine, &before);
    assert_status(duet_signal_handler_new(SIGUSR2, note, &own, &handler), 0);
    duet_signal_handler_free(handler);
    sigaction(SIGUSR2, &before, &now);
    assert_ptr_equal(now.sa_handler, own_handler);
    assert_status(duet_sleep(duet_in_ms(1)), 0);
    assert_int_equal(own.begun, 0);
    duet_signal_handler_free(NULL);
}

in_virtual_time(what_cannot_be_caught_is_refused)
{
    seen own = {0};
    duet_signal_handler *handler;

    assert_status(duet_signal_handler_new(SIGKILL, note, &own, &handler),
                  DUET_EINVAL);
    assert_null(handler);
    assert_non_null(strstr(duet_error_detail(), "signal 9"));
}

static int make_handler(void)
{
    duet_signal_handler *handler;
    int status = duet_signal_handler_new(SIGUSR1, note, NULL, &handler);

    if (status == 0)
        duet_signal_handler_free(handler);
    else
        assert_null(handler);
    return status;
}

in_virtual_time(no_memory_is_told)
{
    test_each_allocation_failing(make_handler, 1);
}

static int interrupt_often(void *argument)
{
    duet_signal_handler *handler;

    assert_status(duet_signal_handler_new(SIGINT, note, argument, &handler), 0);
    for (int i = 0; i < 3; i++) {
        raise(SIGINT);
        assert_status(duet_sleep(duet_in_ms(1)), 0);
    }
    duet_signal_handler_free(handler);
    raise(SIGINT);
    return duet_sleep(DUET_NEVER);
}

static void a_handler_takes_sigint_from_the_main_task(void **state)
{
    seen own = {0};

    (void)state;
    assert_status(duet_run(interrupt_often, &own, NULL), DUET_ECANCELED);
    assert_int_equal(own.begun, 3);
}

static int leave_handler(void *argument)
{
    assert_status(duet_signal_handler_new(SIGUSR1, note, argument, NULL), 0);
    raise(SIGUSR1);
    return duet_sleep(duet_in_ms(1));
}

static void the_run_waits_for_the_tasks_and_frees_the_handler(void **state)
{
    struct sigaction now;
    seen own = {0};

    (void)state;
    assert_status(duet_run(leave_handler, &own, NULL), 0);
    assert_int_equal(own.begun, 1);
    assert_int_equal(own.ended, 1);
    sigaction(SIGUSR1, NULL, &now);
    assert_ptr_equal(now.sa_handler, SIG_DFL);
}

static void without_a_loop_there_is_none(void **state)
{
    duet_signal_handler *handler;

    (void)state;
    assert_status(duet_signal_handler_new(SIGUSR1, note, NULL, &handler),
                  DUET_ENOLOOP);
    assert_null(handler);
}

TEST_MAIN(test(each_time_starts_a_task_that_may_wait),
          test(a_freed_handler_starts_no_more),
          test(what_cannot_be_caught_is_refused), test(no_memory_is_told),
          test(a_handler_takes_sigint_from_the_main_task),
          test(the_run_waits_for_the_tasks_and_frees_the_handler),
          test(without_a_loop_there_is_none))
