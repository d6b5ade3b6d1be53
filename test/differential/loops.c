/* SPDX-License-Identifier: MIT */
/* loops.c - loops made, run, run again and interrupted. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scenario.h"

/* What happens outside a loop, where there is no virtual time. */
static void tell(const char *what, const char *how)
{
    printf("%s: %s\n", what, how);
}

static void tell_run(duet_task_function *main, void *argument)
{
    tell("run", word(duet_run(main, argument, &loop_options)));
}

static int main_ends(void *argument)
{
    (void)argument;
    tell_run(do_work, &(work){.name = "well", .ms = 10});
    tell_run(do_work, &(work){.name = "failing", .ms = 10, .result = DUET_EIO});
    return 0;
}

static int cancel_self(void *argument)
{
    (void)argument;
    duet_task_cancel(duet_current_task());
    return sleep_for(10);
}

static int main_cancels_itself(void *argument)
{
    (void)argument;
    tell_run(cancel_self, NULL);
    return 0;
}

static int run_within(void *argument)
{
    work never = {.name = "never", .ms = 1};

    (void)argument;
    note("run: %s", word(duet_run(do_work, &never, &loop_options)));
    return 0;
}

static int run_in_a_run(void *argument)
{
    (void)argument;
    tell_run(run_within, NULL);
    return 0;
}

/* --- one loop, several runs ---------------------------------------------- */

static int run_twice(void *argument)
{
    duet_loop *loop;

    (void)argument;
    must(duet_loop_new(&loop_options, &loop));
    tell("first", word(duet_loop_run(
                      loop, do_work,
                      &(work){.name = "a", .ms = 10, .result = DUET_EIO})));
    tell("second",
         word(duet_loop_run(loop, do_work, &(work){.name = "b", .ms = 10})));
    duet_loop_free(loop);
    return 0;
}

static work quick = {.name = "quick", .ms = 5};
static work slow = {.name = "slow", .ms = 30, .clean_up_ms = 5};

static int leave_two(void *detaches)
{
    duet_task *one, *two;

    one = start_work(&quick);
    two = start_work(&slow);
    if (detaches != NULL) {
        duet_task_detach(one);
        duet_task_detach(two);
    }
    must(sleep_until(10));
    note("main ends");
    return 0;
}

static int tasks_left(void *detaches)
{
    tell_run(leave_two, detaches);
    return 0;
}

static int tasks_left_between_runs(void *argument)
{
    duet_loop *loop;

    (void)argument;
    must(duet_loop_new(&loop_options, &loop));
    tell("first", word(duet_loop_run(loop, leave_two, NULL)));
    tell("second",
         word(duet_loop_run(loop, do_work, &(work){.name = "b", .ms = 50})));
    duet_loop_free(loop);
    return 0;
}

/* --- interrupted --------------------------------------------------------- */

static int interrupt_self(void *argument)
{
    int times = *(int *)argument;

    for (int i = 0; i < times; i++) {
        raise(SIGINT);
        note("sleep: %s", word(sleep_for(10)));
        note("requests: %d", duet_task_cancel_requests(duet_current_task()));
    }
    note("clean-up: %s", word(sleep_for(5)));
    return DUET_ECANCELED;
}

static int interrupt_and_go_on(void *argument)
{
    (void)argument;
    raise(SIGINT);
    note("sleep: %s", word(sleep_for(10)));
    note("sleep: %s", word(sleep_for(10)));
    return 0;
}

/* In a process of its own, for the second SIGINT ends it. */
static void tell_interrupted(duet_task_function *main, void *argument)
{
    const duet_loop_options interrupted = {.virtual_time = true};
    int status;
    pid_t child;

    fflush(stdout);
    child = fork();
    must(child);
    if (child == 0) {
        signal(SIGINT, SIG_DFL);
        status = duet_run(main, argument, &interrupted);
        tell("run", status == DUET_ECANCELED ? "interrupted" : word(status));
        fflush(stdout);
        _exit(0);
    }
    must(waitpid(child, &status, 0));
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGINT)
        tell("run", "interrupted");
    else if (status != 0)
        tell("run", "crashed");
}

static int interrupted(void *argument)
{
    (void)argument;
    tell_interrupted(interrupt_self, &(int){1});
    return 0;
}

static int interrupted_and_goes_on(void *argument)
{
    (void)argument;
    tell_interrupted(interrupt_and_go_on, NULL);
    return 0;
}

static int interrupted_twice(void *argument)
{
    setvbuf(stdout, NULL, _IOLBF, 0); /* what is said before the end */
    (void)argument;
    tell_interrupted(interrupt_self, &(int){2});
    return 0;
}

/* --- other signals ------------------------------------------------------- */

static int note_signal(void *name)
{
    note("%s", (const char *)name);
    must(sleep_for(5));
    note("%s: done", (const char *)name);
    return 0;
}

static int handle_signals(void *argument)
{
    duet_signal_handler *first, *second;

    (void)argument;
    must(duet_signal_handler_new(SIGUSR1, note_signal, "first", &first));
    must(duet_signal_handler_new(SIGUSR2, note_signal, "second", &second));
    raise(SIGUSR1);
    must(sleep_until(10));
    raise(SIGUSR2);
    must(sleep_until(12));
    raise(SIGUSR1);
    must(sleep_until(20));
    duet_signal_handler_free(first);
    signal(SIGUSR1, SIG_IGN);
    raise(SIGUSR1);
    must(sleep_until(30));
    duet_signal_handler_free(second);
    return 0;
}

const scenario loop_scenarios[] = {
    {"main ends", main_ends, NULL, true},
    {"main cancels itself", main_cancels_itself, NULL, true},
    {"run in a run", run_in_a_run, NULL, true},
    {"run twice", run_twice, NULL, true},
    {"tasks left at the end", tasks_left, NULL, true},
    {"detached tasks at the end", tasks_left, "", true},
    {"tasks left between runs", tasks_left_between_runs, NULL, true},
    {"signals handled", handle_signals, NULL, false},
    {"interrupted", interrupted, NULL, true},
    {"interrupted, and main goes on", interrupted_and_goes_on, NULL, true},
    {"interrupted twice", interrupted_twice, NULL, true},
    {0},
};
