/* SPDX-License-Identifier: MIT */
/* main.c - runs all scenarios, each on a loop of its own with virtual time. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "scenario.h"
#include "support/guard.h"

const duet_loop_options loop_options = {.virtual_time = true,
                                        .no_interrupt = true};

void note(const char *format, ...)
{
    va_list arguments;

    printf("%lld ", (long long)(duet_clock_ns() / 1000000));
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
}

const char *word(int status)
{
    switch (status) {
    case DUET_ECANCELED:
        return "cancelled";
    case DUET_ETIMEDOUT:
        return "timed out";
    case DUET_EBROKEN:
        return "broken";
    case DUET_EFULL:
        return "full";
    case DUET_EEMPTY:
        return "empty";
    case DUET_ESTATE:
        return "wrong state";
    case DUET_EALREADY:
        return "already set";
    case DUET_EIO:
        return "failed";
    case DUET_ECLOSED:
        return "closed";
    case DUET_EBUSY:
        return "busy";
    case DUET_EINVAL:
        return "invalid";
    default:
        return status >= 0 ? "ok" : duet_error_name(status);
    }
}

void must_succeed(int status, const char *call, const char *file, int line)
{
    if (status >= 0)
        return;
    fprintf(stderr, "%s:%d: %s: %s\n", file, line, call,
            duet_error_name(status));
    abort();
}

int sleep_until(int64_t ms)
{
    return duet_sleep(duet_at_ns(ms * 1000000));
}

int sleep_for(int64_t ms)
{
    return duet_sleep(duet_in_ms(ms));
}

duet_task *start(duet_task_function *function, void *argument)
{
    duet_task *task;

    must(duet_spawn(function, argument, NULL, &task));
    return task;
}

int finish(duet_task *task)
{
    int result = 0;

    must(duet_join(task, &result, DUET_NEVER));
    return result;
}

void cancel_at(duet_task *task, int64_t ms)
{
    if (ms != 0) {
        must(sleep_until(ms));
        duet_task_cancel(task);
    }
    note("result: %s", word(finish(task)));
}

int do_work(void *argument)
{
    const work *own = argument;
    int status;

    note("%s: begins", own->name);
    status = sleep_for(own->ms);
    if (status == DUET_ECANCELED) {
        note("%s: cancelled", own->name);
        if (own->clean_up_ms > 0)
            note("%s: clean-up %s", own->name,
                 word(sleep_for(own->clean_up_ms)));
        return own->swallows_cancel ? own->result : status;
    }
    note("%s: ends", own->name);
    return own->result;
}

duet_task *start_work(work *own)
{
    return start(do_work, own);
}

void start_works(work *works, size_t count, duet_task **out_tasks)
{
    for (size_t i = 0; i < count; i++)
        out_tasks[i] = start_work(&works[i]);
}

void finish_tasks(duet_task *const *tasks, size_t count)
{
    for (size_t i = 0; i < count; i++)
        finish(tasks[i]);
}

static void run_all(const scenario *each)
{
    for (; each->name != NULL; each++) {
        printf("== %s\n", each->name);
        test_guard_begin(each->name);
        if (each->makes_loops)
            must(each->run(each->argument));
        else
            must(duet_run(each->run, each->argument, &loop_options));
    }
}

int main(void)
{
    const scenario *const tables[] = {
        await_scenarios,  callback_scenarios, channel_scenarios,
        future_scenarios, group_scenarios,    local_scenarios,
        loop_scenarios,   map_scenarios,      event_scenarios,
        lock_scenarios,   queue_scenarios,    task_scenarios,
        thread_scenarios, timeout_scenarios,  wait_scenarios,
    };

    make_await_scenarios();
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        run_all(tables[i]);
    test_guard_end();
    return 0;
}
