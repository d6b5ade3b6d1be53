/* SPDX-License-Identifier: MIT */
/* waits.c - waiting for some of several tasks, for some time, and shielded. */
#include "scenario.h"

enum { THREE = 3 };

static work three_works[] = {{.name = "a", .ms = 30},
                             {.name = "b", .ms = 10},
                             {.name = "c", .ms = 20, .result = DUET_EIO}};

/* --- wait ---------------------------------------------------------------- */

static void note_wait(duet_task *const *tasks, size_t count, duet_until until,
                      duet_deadline deadline)
{
    size_t done;
    int status = duet_tasks_wait(tasks, count, until, &done, deadline);

    /* asyncio.wait() tells of a deadline by its sets alone. */
    note("wait: %s", status == DUET_ETIMEDOUT ? "ok" : word(status));
    note("done: %zu", done);
}

static void wait_until(duet_until until, duet_deadline deadline)
{
    duet_task *tasks[THREE];

    start_works(three_works, THREE, tasks);
    note_wait(tasks, THREE, until, deadline);
    finish_tasks(tasks, THREE);
}

static int wait_first(void *argument)
{
    (void)argument;
    wait_until(DUET_UNTIL_FIRST, DUET_NEVER);
    return 0;
}

static int wait_error(void *argument)
{
    (void)argument;
    wait_until(DUET_UNTIL_ERROR, DUET_NEVER);
    return 0;
}

static int wait_all(void *argument)
{
    (void)argument;
    wait_until(DUET_UNTIL_ALL, DUET_NEVER);
    return 0;
}

static int wait_some_time(void *argument)
{
    (void)argument;
    wait_until(DUET_UNTIL_ALL, duet_in_ms(25));
    return 0;
}

static int wait_cancelled_member(void *until_error)
{
    work works[] = {{.name = "a", .ms = 10}, {.name = "b", .ms = 30}};
    duet_task *tasks[2];

    start_works(works, 2, tasks);
    must(sleep_until(5));
    duet_task_cancel(tasks[0]);
    if (until_error != NULL) {
        note_wait(tasks, 2, DUET_UNTIL_ERROR, DUET_NEVER);
    } else {
        note_wait(tasks, 2, DUET_UNTIL_FIRST, DUET_NEVER);
        note_wait(tasks, 2, DUET_UNTIL_ALL, DUET_NEVER);
    }
    return 0;
}

static int wait_for_ended(void *argument)
{
    duet_task *tasks[THREE];

    (void)argument;
    start_works(three_works, THREE, tasks);
    must(sleep_until(50));
    note_wait(tasks, THREE, DUET_UNTIL_FIRST, DUET_NEVER);
    note_wait(tasks, THREE, DUET_UNTIL_ERROR, DUET_NEVER);
    note_wait(tasks, THREE, DUET_UNTIL_ALL, DUET_NEVER);
    return 0;
}

static int wait_for_none(void *argument)
{
    (void)argument;
    note("wait: %s",
         word(duet_tasks_wait(NULL, 0, DUET_UNTIL_ALL, NULL, DUET_NEVER)));
    return 0;
}

/* --- as completed -------------------------------------------------------- */

static int as_completed(void *taken_late)
{
    duet_task_completions *completions;
    duet_task *tasks[THREE], *task;

    start_works(three_works, THREE, tasks);
    must(duet_task_completions_open(tasks, THREE, &completions));
    if (taken_late != NULL)
        must(sleep_until(50));
    for (int i = 0; i < THREE; i++) {
        must(duet_task_completions_next(completions, &task, DUET_NEVER));
        note("next: %s", word(finish(task)));
    }
    duet_task_completions_close(completions);
    return 0;
}

static int as_completed_with_deadline(void *argument)
{
    work works[] = {{.name = "a", .ms = 30}, {.name = "b", .ms = 10}};
    duet_task_completions *completions;
    duet_task *tasks[2], *task = NULL;
    int status;

    (void)argument;
    start_works(works, 2, tasks);
    must(duet_task_completions_open(tasks, 2, &completions));
    while ((status = duet_task_completions_next(completions, &task,
                                                duet_at_ns(20000000))) == 0)
        note("next: %s", word(duet_task_result(task)));
    note("next: %s", word(status));
    must(sleep_until(50));
    duet_task_completions_close(completions);
    return 0;
}

static int as_completed_of_none(void *argument)
{
    duet_task_completions *completions;
    duet_task *task;

    (void)argument;
    must(duet_task_completions_open(NULL, 0, &completions));
    note("next: %s",
         word(duet_task_completions_next(completions, &task, DUET_NEVER)));
    duet_task_completions_close(completions);
    return 0;
}

/* --- wait for ------------------------------------------------------------ */

static int wait_for(work own, duet_deadline deadline)
{
    int result = 0;
    int status = duet_wait_for(do_work, &own, NULL, &result, deadline);

    note("wait for: %s", word(status == 0 ? result : status));
    return status;
}

static int wait_for_several(void *argument)
{
    (void)argument;
    wait_for((work){.name = "quick", .ms = 10}, duet_in_ms(20));
    wait_for((work){.name = "failing", .ms = 10, .result = DUET_EIO},
             duet_in_ms(20));
    wait_for((work){.name = "slow", .ms = 50}, duet_in_ms(20));
    wait_for((work){.name = "tidy", .ms = 50, .clean_up_ms = 30},
             duet_in_ms(20));
    wait_for((work){.name = "stubborn",
                    .ms = 50,
                    .clean_up_ms = 30,
                    .swallows_cancel = true},
             duet_in_ms(20));
    wait_for((work){.name = "clumsy",
                    .ms = 50,
                    .result = DUET_EIO,
                    .clean_up_ms = 30,
                    .swallows_cancel = true},
             duet_in_ms(20));
    wait_for((work){.name = "never", .ms = 50}, DUET_NOW);
    return 0;
}

static int wait_for_tidy(void *argument)
{
    (void)argument;
    return wait_for((work){.name = "tidy", .ms = 50, .clean_up_ms = 10},
                    duet_in_ms(40));
}

static int wait_for_cancelled(void *argument)
{
    (void)argument;
    cancel_at(start(wait_for_tidy, NULL), 5);
    return 0;
}

/* --- shield -------------------------------------------------------------- */

static int shield_it(void *task)
{
    int result = 0;
    int status = duet_shield(task, &result, DUET_NEVER);

    status = status == 0 ? result : status;
    note("shield: %s", word(status));
    return status;
}

static int shielded(void *argument)
{
    duet_task *task = start_work(argument);

    cancel_at(start(shield_it, task), 10);
    note("inner: %s", word(finish(task)));
    return 0;
}

static int shielded_from_inside(void *argument)
{
    work inner = {.name = "inner", .ms = 30};
    duet_task *task = start_work(&inner);
    duet_task *outer = start(shield_it, task);

    (void)argument;
    must(sleep_until(10));
    duet_task_cancel(task);
    finish(outer);
    return 0;
}

static int shielded_fails(void *argument)
{
    work inner = {.name = "inner", .ms = 30, .result = DUET_EIO};

    (void)argument;
    note("outer: %s", word(finish(start(shield_it, start_work(&inner)))));
    return 0;
}

static int shielded_in_timeout(void *argument)
{
    work inner = {.name = "inner", .ms = 30};
    duet_task *task = start_work(&inner);
    int result;

    (void)argument;
    note("shield: %s", word(duet_shield(task, &result, duet_in_ms(10))));
    note("inner: %s", word(finish(task)));
    return 0;
}

static work thirty = {.name = "inner", .ms = 30};
static work thirty_fails = {.name = "inner", .ms = 30, .result = DUET_EIO};

const scenario wait_scenarios[] = {
    {"wait, first", wait_first, NULL, false},
    {"wait, error", wait_error, NULL, false},
    {"wait, all", wait_all, NULL, false},
    {"wait, some time", wait_some_time, NULL, false},
    {"wait, cancelled member", wait_cancelled_member, NULL, false},
    {"wait, error of a cancelled member", wait_cancelled_member, "", false},
    {"wait, all have ended", wait_for_ended, NULL, false},
    {"wait for none", wait_for_none, NULL, false},
    {"as completed", as_completed, NULL, false},
    {"as completed, taken late", as_completed, "", false},
    {"as completed, deadline", as_completed_with_deadline, NULL, false},
    {"as completed of none", as_completed_of_none, NULL, false},
    {"wait for", wait_for_several, NULL, false},
    {"wait for, cancelled", wait_for_cancelled, NULL, false},
    {"shielded", shielded, &thirty, false},
    {"shielded, fails unheard", shielded, &thirty_fails, false},
    {"shielded from inside", shielded_from_inside, NULL, false},
    {"shielded, fails", shielded_fails, NULL, false},
    {"shielded, deadline", shielded_in_timeout, NULL, false},
    {0},
};
