/* SPDX-License-Identifier: MIT */
/* main.c - runs all scenarios, each on a loop of its own with virtual time. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "scenario.h"

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
    return duet_sleep(ms * 1000000);
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

static void run_all(const scenario *scenarios)
{
    const duet_loop_options options = {.virtual_time = true,
                                       .no_interrupt = true};

    for (; scenarios->name != NULL; scenarios++) {
        printf("== %s\n", scenarios->name);
        must(duet_run(scenarios->run, scenarios->argument, &options));
    }
}

int main(void)
{
    make_await_scenarios();
    run_all(await_scenarios);
    run_all(primitive_scenarios);
    run_all(task_scenarios);
    run_all(wait_scenarios);
    return 0;
}
