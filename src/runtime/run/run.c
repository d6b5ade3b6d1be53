/* SPDX-License-Identifier: MIT */
/* run.c - runs a main task on a loop in this thread until all tasks have ended.
 *
 * Owns the setup and cleanup around a run: the handling of signals. Invariant:
 * what was set up before the first turn is undone after the last, whatever
 * happened. */
#include "runtime/run/run.h"

#include <signal.h>
#include <unistd.h>

#include <duet/inspect.h>

#include "base/error.h"
#include "base/limit.h"
#include "runtime/core/clock.h"
#include "runtime/look/overflow.h"
#include "runtime/core/report.h"
#include "runtime/run/shutdown.h"
#include "runtime/run/signal.h"
#include "runtime/core/task.h"
#include "runtime/core/virtual_time.h"
#include "runtime/look/watchdog.h"

/* --- the main task ------------------------------------------------------- */

/* From the C++ runtime (Itanium C++ ABI, 2.2.2); NULL without it. */
extern duet__exceptions *__cxa_get_globals(void) __attribute__((weak));

int duet__run_begin(duet_loop *loop, duet_task_function *main, void *argument)
{
    const duet_spawn_options options = {
        .name = "main", .stack_bytes = loop->options.main_stack_bytes};
    int status = duet__shutdown_read(loop);

    if (status == 0 && loop->options.report_descriptor < 0)
        status = duet__fail(DUET_EINVAL, "report_descriptor is %d",
                            loop->options.report_descriptor);
    if (status != 0)
        return status;
    loop->thread = pthread_self();
    loop->thread_exceptions =
        __cxa_get_globals != NULL ? __cxa_get_globals() : NULL;
    DUET__RUN_BEGINS(loop);
    status = duet__task_spawn(loop, &loop->background, main, argument, &options,
                              &loop->main);
    if (status == 0)
        loop->main->spawned_at = NULL; /* not by the program's code */
    else
        DUET__RUN_ENDS(loop);
    return status;
}

static void report_tasks_left(duet_loop *loop)
{
    static const char said[] = "duet: the main task has ended; still alive: ";
    int descriptor = duet__report_descriptor(loop);

    if (write(descriptor, said, sizeof said - 1) < 0)
        return;
    duet_inspect_write(loop, NULL, descriptor);
}

/* No task of the loop can go on: reports that, and cancels them all. */
static void end_rest(duet_loop *loop)
{
    static const char said[] =
        "duet: no task can go on: virtual time has no timer left, and nothing "
        "is under way: ";
    int descriptor = duet__report_descriptor(loop);

    if (!loop->is_stuck &&
        duet__write_all(descriptor, said, sizeof said - 1) == 0)
        duet_inspect_write(loop, NULL, descriptor);
    loop->is_at_rest = false;
    loop->is_stuck = true;
    duet__scope_cancel(&loop->background);
}

bool duet__run_goes_on(duet_loop *loop)
{
    if (loop->is_at_rest)
        end_rest(loop);
    if (loop->main != NULL && duet_task_is_done(loop->main)) {
        loop->main_result = duet_task_result(loop->main);
        if (loop->main_result < 0)
            duet__detail_adopt(&loop->main->detail, loop->main_result);
        duet_task_release(loop->main);
        loop->main = NULL;
        if (loop->tasks > 0 && loop->options.report_tasks_left)
            report_tasks_left(loop);
    }
    if (loop->tasks > 0 && (loop->main == NULL || loop->main->returned))
        duet__shutdown_begins(loop);
    return loop->tasks > 0;
}

int duet__run_end(duet_loop *loop)
{
    duet__shutdown_is_over(loop);
    DUET__RUN_ENDS(loop);
    if (loop->is_stuck) {
        loop->is_stuck = false;
        return duet__fail(DUET_EDEADLK,
                          "on virtual time no task could go on, and nothing "
                          "was under way");
    }
    return loop->main_result;
}

/* --- guards around a run ------------------------------------------------ */

typedef struct guards {
    duet__signal_watch interrupt;
    duet__signal_watch inspect;
    bool has_interrupt;
    bool has_inspect;
    duet__watchdog *watchdog;
} guards;

static void interrupted(void *context, int signal)
{
    duet_loop *loop = context;

    (void)signal;
    if (loop->interrupt_handlers > 0)
        return;
    if (loop->main != NULL)
        duet_task_cancel(loop->main);
    else /* only tasks that it left are still there */
        duet__scope_cancel(&loop->background);
}

static void asked_to_inspect(void *context, int signal)
{
    static const duet_inspect_options options = {.backtraces = true};
    duet_loop *loop = context;

    (void)signal;
    duet_inspect_write(loop, &options, duet__report_descriptor(loop));
}

static int start_watchdog(duet_loop *loop, duet__watchdog **out_watchdog)
{
    int64_t slow_ms = loop->options.slow_step_ms;

    if (slow_ms == 0)
        return 0;
    if (slow_ms < 0)
        return duet__fail(DUET_EINVAL, "slow_step_ms is %lld",
                          (long long)slow_ms);
    return duet__watchdog_start(loop, duet__ns_of_ms(slow_ms), out_watchdog);
}

static int start_guards(duet_loop *loop, guards *guards)
{
    int inspect_signal = loop->options.inspect_signal;
    int status;

    guards->interrupt =
        (duet__signal_watch){.called = interrupted, .context = loop};
    guards->inspect =
        (duet__signal_watch){.called = asked_to_inspect, .context = loop};
    status = start_watchdog(loop, &guards->watchdog);
    if (status == 0 && inspect_signal != 0)
        status = duet__signal_watch_start(loop, &guards->inspect,
                                          inspect_signal, false);
    if (status != 0) {
        duet__watchdog_stop(guards->watchdog);
        return status;
    }
    guards->has_inspect = inspect_signal != 0;
    guards->has_interrupt =
        !loop->options.no_interrupt &&
        duet__signal_watch_start(loop, &guards->interrupt, SIGINT, true) == 0;
    if (!loop->options.no_overflow_report)
        duet__overflow_report_start(loop);
    return 0;
}

static void stop_guards(duet_loop *loop, guards *guards)
{
    duet__watchdog_stop(guards->watchdog);
    if (guards->has_interrupt)
        duet__signal_watch_stop(&guards->interrupt);
    if (guards->has_inspect)
        duet__signal_watch_stop(&guards->inspect);
    duet__overflow_report_stop(loop);
}

/* --- runs ---------------------------------------------------------------- */

int duet_loop_run(duet_loop *loop, duet_task_function *main, void *argument)
{
    guards guards = {0};
    int status;

    if (duet__loop_current != NULL || loop->tasks > 0 || loop->embed_timer >= 0)
        return duet__fail_plainly(DUET_EBUSY);
    status = duet__virtual_time_check(&loop->options);
    if (status == 0)
        status = start_guards(loop, &guards);
    if (status != 0)
        return status;
    status = duet__run_begin(loop, main, argument);
    if (status == 0) {
        duet__loop_current = loop;
        duet__context_adopt_thread(&loop->context);
        while (duet__run_goes_on(loop))
            duet__loop_turn(loop, true);
        duet__loop_current = NULL;
        status = duet__run_end(loop);
    }
    stop_guards(loop, &guards);
    return status;
}

int duet_run(duet_task_function *main, void *argument,
             const duet_loop_options *options)
{
    duet_loop *loop;
    int status = duet_loop_new(options, &loop);

    if (status != 0)
        return status;
    status = duet_loop_run(loop, main, argument);
    duet_loop_free(loop);
    return status;
}
