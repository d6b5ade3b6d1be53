/* SPDX-License-Identifier: MIT */
/* waits.c - waiting for some of several tasks, and for some time only. */
#include "scenario.h"

typedef struct work {
    const char *name;
    int ms;
    int result;
    int clean_up_ms;
    bool swallows_cancel;
} work;

static int do_work(void *argument)
{
    const work *own = argument;
    int status = sleep_for(own->ms);

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

/* --- wait ---------------------------------------------------------------- */

enum { THREE = 3 };

static void wait_until(duet_until until, duet_deadline deadline)
{
    static work works[] = {{"a", 30, 0, 0, false},
                           {"b", 10, 0, 0, false},
                           {"c", 20, DUET_EIO, 0, false}};
    duet_task *tasks[THREE];
    size_t done;
    int status;

    for (int i = 0; i < THREE; i++)
        tasks[i] = start(do_work, &works[i]);
    status = duet_wait_tasks(tasks, THREE, until, &done, deadline);
    /* asyncio.wait() tells of a deadline by its sets alone. */
    note("wait: %s", status == DUET_ETIMEDOUT ? "ok" : word(status));
    note("done: %zu", done);
    for (int i = 0; i < THREE; i++)
        finish(tasks[i]);
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

static int wait_for_no_error(void *argument)
{
    work works[] = {{"a", 10, 0, 0, false}, {"b", 30, 0, 0, false}};
    duet_task *tasks[] = {start(do_work, &works[0]), start(do_work, &works[1])};
    size_t done;

    (void)argument;
    must(sleep_until(5));
    duet_task_cancel(tasks[0]);
    note("wait: %s",
         word(duet_wait_tasks(tasks, 2, DUET_UNTIL_FIRST, &done, DUET_NEVER)));
    note("done: %zu", done);
    note("wait: %s",
         word(duet_wait_tasks(tasks, 2, DUET_UNTIL_ALL, &done, DUET_NEVER)));
    note("done: %zu", done);
    return 0;
}

/* --- as completed -------------------------------------------------------- */

static int as_completed(void *argument)
{
    static work works[] = {{"a", 30, 0, 0, false},
                           {"b", 10, DUET_EIO, 0, false},
                           {"c", 20, 0, 0, false}};
    duet_completions *completions;
    duet_task *tasks[THREE], *task;

    (void)argument;
    for (int i = 0; i < THREE; i++)
        tasks[i] = start(do_work, &works[i]);
    must(duet_completions_new(tasks, THREE, &completions));
    for (int i = 0; i < THREE; i++) {
        must(duet_completions_next(completions, &task, DUET_NEVER));
        note("next: %s", word(finish(task)));
    }
    duet_completions_free(completions);
    return 0;
}

static int as_completed_with_deadline(void *argument)
{
    work works[] = {{"a", 30, 0, 0, false}, {"b", 10, 0, 0, false}};
    duet_task *tasks[] = {start(do_work, &works[0]), start(do_work, &works[1])};
    duet_completions *completions;
    duet_task *task = NULL;
    int status;

    (void)argument;
    must(duet_completions_new(tasks, 2, &completions));
    while ((status = duet_completions_next(completions, &task, 20000000)) == 0)
        note("next: %s", word(duet_task_result(task)));
    note("next: %s", word(status));
    must(sleep_until(50));
    duet_completions_free(completions);
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
    wait_for((work){"quick", 10, 0, 0, false}, duet_in_ms(20));
    wait_for((work){"failing", 10, DUET_EIO, 0, false}, duet_in_ms(20));
    wait_for((work){"slow", 50, 0, 0, false}, duet_in_ms(20));
    wait_for((work){"tidy", 50, 0, 30, false}, duet_in_ms(20));
    wait_for((work){"stubborn", 50, 1, 30, true}, duet_in_ms(20));
    wait_for((work){"never", 50, 0, 0, false}, DUET_NOW);
    return 0;
}

static int wait_for_tidy(void *argument)
{
    work tidy = {"tidy", 50, 0, 10, false};

    (void)argument;
    return wait_for(tidy, duet_in_ms(40));
}

static int wait_for_cancelled(void *argument)
{
    duet_task *task = start(wait_for_tidy, NULL);

    (void)argument;
    must(sleep_until(5));
    duet_task_cancel(task);
    note("result: %s", word(finish(task)));
    return 0;
}

/* --- timeouts ------------------------------------------------------------ */

/* Two timeouts around one sleep. */
typedef struct nest {
    int outer_ms;
    int inner_ms;
    int sleep_ms;
    int cancel_at_ms; /* 0: not */
} nest;

static int sleep_in_nest(void *argument)
{
    const nest *own = argument;
    duet_timeout *outer, *inner;
    int status;

    must(duet_timeout_open(duet_in_ms(own->outer_ms), &outer));
    must(duet_timeout_open(duet_in_ms(own->inner_ms), &inner));
    status = sleep_for(own->sleep_ms);
    note("sleep: %s", word(status));
    note("expired: %d %d", duet_timeout_has_expired(inner),
         duet_timeout_has_expired(outer));
    status = duet_timeout_close(inner, status);
    note("inner: %s", word(status));
    status = duet_timeout_close(outer, status);
    note("outer: %s", word(status));
    note("requests: %d", duet_task_cancel_requests(duet_current_task()));
    note("next: %s", word(sleep_for(1)));
    return status;
}

static int timeouts_nested(void *argument)
{
    nest *own = argument;
    duet_task *task = start(sleep_in_nest, own);

    if (own->cancel_at_ms != 0) {
        must(sleep_until(own->cancel_at_ms));
        duet_task_cancel(task);
    }
    note("result: %s", word(finish(task)));
    return 0;
}

static int timeout_moved(void *argument)
{
    duet_timeout *timeout;
    int status;

    (void)argument;
    must(duet_timeout_open(duet_in_ms(10), &timeout));
    must(sleep_for(5));
    must(duet_timeout_move(timeout, 30000000));
    note("sleep: %s", word(sleep_for(15)));
    status = sleep_for(50);
    note("sleep: %s", word(status));
    note("move: %s", word(duet_timeout_move(timeout, 90000000)));
    note("timeout: %s", word(duet_timeout_close(timeout, status)));
    return 0;
}

/* --- shield -------------------------------------------------------------- */

static int shield_it(void *task)
{
    int result;
    int status = duet_shield(task, &result, DUET_NEVER);

    note("shield: %s", word(status == 0 ? result : status));
    return status;
}

static int shielded(void *argument)
{
    work inner = {"inner", 30, 0, 0, false};
    duet_task *task = start(do_work, &inner);
    duet_task *outer = start(shield_it, task);

    (void)argument;
    must(sleep_until(10));
    duet_task_cancel(outer);
    note("outer: %s", word(finish(outer)));
    note("inner: %s", word(finish(task)));
    return 0;
}

static int shielded_from_inside(void *argument)
{
    work inner = {"inner", 30, 0, 0, false};
    duet_task *task = start(do_work, &inner);
    duet_task *outer = start(shield_it, task);

    (void)argument;
    must(sleep_until(10));
    duet_task_cancel(task);
    finish(outer);
    return 0;
}

static nest inner_first = {50, 10, 80, 0};
static nest outer_first = {10, 50, 80, 0};
static nest both_at_once = {10, 10, 80, 0};
static nest none = {50, 50, 10, 0};
static nest cancelled = {50, 60, 80, 10};
static nest cancelled_and_inner = {50, 10, 80, 10};

const scenario wait_scenarios[] = {
    {"wait, first", wait_first, NULL},
    {"wait, error", wait_error, NULL},
    {"wait, all", wait_all, NULL},
    {"wait, some time", wait_some_time, NULL},
    {"wait, cancelled member", wait_for_no_error, NULL},
    {"as completed", as_completed, NULL},
    {"as completed, deadline", as_completed_with_deadline, NULL},
    {"wait for", wait_for_several, NULL},
    {"wait for, cancelled", wait_for_cancelled, NULL},
    {"timeouts, inner first", timeouts_nested, &inner_first},
    {"timeouts, outer first", timeouts_nested, &outer_first},
    {"timeouts, both at once", timeouts_nested, &both_at_once},
    {"timeouts, none", timeouts_nested, &none},
    {"timeouts, cancelled", timeouts_nested, &cancelled},
    {"timeouts, cancelled as one expires", timeouts_nested,
     &cancelled_and_inner},
    {"timeout moved", timeout_moved, NULL},
    {"shielded", shielded, NULL},
    {"shielded from inside", shielded_from_inside, NULL},
    {NULL, NULL, NULL},
};
