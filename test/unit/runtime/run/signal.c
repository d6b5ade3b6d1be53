/* SPDX-License-Identifier: MIT */
#include "runtime/run/signal.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/core/loop.h"
#include "support/in_task.h"
#include "support/test.h"

typedef struct seen {
    int times;
    int signal;
} seen;

static void count(void *context, int signal)
{
    seen *own = context;

    assert_null(duet_current_task());
    own->times++;
    own->signal = signal;
}

in_virtual_time(every_time_is_told_on_the_loop)
{
    seen first = {0};
    seen second = {0};
    duet__signal_watch watches[] = {{.called = count, .context = &first},
                                    {.called = count, .context = &second}};
    duet_loop *loop = duet_current_loop();

    for (int i = 0; i < 2; i++)
        assert_status(
            duet__signal_watch_start(loop, &watches[i], SIGUSR1, false), 0);
    raise(SIGUSR1);
    raise(SIGUSR1);
    assert_int_equal(first.times, 0); /* not in the middle of a task */
    assert_status(duet_sleep(duet_in_ms(1)), 0);
    assert_int_equal(first.times, 2);
    assert_int_equal(first.signal, SIGUSR1);
    assert_int_equal(second.times, 2);
    duet__signal_watch_stop(&watches[0]);
    raise(SIGUSR1);
    assert_status(duet_sleep(duet_in_ms(1)), 0);
    assert_int_equal(first.times, 2);
    assert_int_equal(second.times, 3);
    duet__signal_watch_stop(&watches[1]);
}

static volatile sig_atomic_t own_handler_ran;

static void own_handler(int signal)
{
    own_handler_ran = signal;
}

in_virtual_time(the_previous_handler_comes_back)
{
    seen own = {0};
    duet__signal_watch watch = {.called = count, .context = &own};
    struct sigaction mine = {.sa_handler = own_handler};
    struct sigaction before;

    sigaction(SIGUSR2, &mine, &before);
    assert_status(
        duet__signal_watch_start(duet_current_loop(), &watch, SIGUSR2, false),
        0);
    raise(SIGUSR2);
    assert_int_equal(own_handler_ran, 0);
    duet__signal_watch_stop(&watch);
    raise(SIGUSR2);
    assert_int_equal(own_handler_ran, SIGUSR2);
    sigaction(SIGUSR2, &before, NULL);
}

in_virtual_time(what_cannot_be_caught_is_refused)
{
    duet__signal_watch watch = {.called = count};
    duet_loop *loop = duet_current_loop();

    assert_status(duet__signal_watch_start(loop, &watch, SIGKILL, false),
                  DUET_EINVAL);
    assert_status(duet__signal_watch_start(loop, &watch, 0, false),
                  DUET_EINVAL);
    assert_status(duet__signal_watch_start(loop, &watch, 1000, false),
                  DUET_EINVAL);
}

in_virtual_time(there_are_so_many_watches_and_no_more)
{
    enum { MANY = 70 };
    static duet__signal_watch watches[MANY];
    seen own = {0};
    int started = 0;
    int status = 0;

    while (started < MANY && status == 0) {
        watches[started] =
            (duet__signal_watch){.called = count, .context = &own};
        status = duet__signal_watch_start(duet_current_loop(),
                                          &watches[started], SIGUSR1, false);
        started += status == 0;
    }
    assert_status(status, DUET_ELIMIT);
    raise(SIGUSR1);
    assert_status(duet_sleep(duet_in_ms(1)), 0);
    assert_int_equal(own.times, started);
    for (int i = 0; i < started; i++)
        duet__signal_watch_stop(&watches[i]);
}

static int interrupt_twice(void *argument)
{
    (void)argument;
    raise(SIGINT);
    assert_status(duet_sleep(DUET_NEVER), DUET_ECANCELED);
    raise(SIGINT);
    return 0;
}

static void the_second_interrupt_ends_the_program(void **state)
{
    const struct rlimit no_core = {0, 0};
    pid_t child = fork();
    int ended;

    (void)state;
    assert_true(child >= 0);
    if (child == 0) {
        setrlimit(RLIMIT_CORE, &no_core);
        duet_run(interrupt_twice, NULL, NULL);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_true(WIFSIGNALED(ended));
    assert_int_equal(WTERMSIG(ended), SIGINT);
}

TEST_MAIN(test(every_time_is_told_on_the_loop),
          test(the_previous_handler_comes_back),
          test(what_cannot_be_caught_is_refused),
          test(there_are_so_many_watches_and_no_more),
          test(the_second_interrupt_ends_the_program))
