/* SPDX-License-Identifier: MIT */
/* tasks.c - tasks, groups and what runs several of them together. */
#include <stdint.h>
#include <string.h>

#include "scenario.h"

/* Sleeps, then returns `result`. Cancelled, it may take its time to clean up,
 * and may return something else than that. */
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

/* --- starting ------------------------------------------------------------ */

static int yield_twice(void *argument)
{
    for (int i = 0; i < 3; i++) {
        note("%s %d", (const char *)argument, i);
        must(duet_yield());
    }
    return 0;
}

static int turns(void *argument)
{
    duet_task *a = start(yield_twice, "a");
    duet_task *b = start(yield_twice, "b");

    (void)argument;
    note("main");
    must(duet_sleep(duet_in_ms(-5)));
    note("main again");
    finish(b);
    finish(a);
    return 0;
}

static int sleeps_by_length(void *argument)
{
    work works[] = {{"c", 30, 0, 0, false},
                    {"a", 10, 0, 0, false},
                    {"b", 20, 0, 0, false},
                    {"a too", 10, 0, 0, false}};
    duet_task *tasks[4];

    (void)argument;
    for (int i = 0; i < 4; i++)
        tasks[i] = start(do_work, &works[i]);
    for (int i = 0; i < 4; i++)
        finish(tasks[i]);
    return 0;
}

/* --- cancelling ---------------------------------------------------------- */

static int cancelled_in_clean_up(void *argument)
{
    work slow = {"slow", 50, 1, 20, false};
    duet_task *task = start(do_work, &slow);

    (void)argument;
    must(sleep_until(5));
    note("counted: %d", duet_task_cancel(task));
    must(sleep_until(10));
    note("counted: %d", duet_task_cancel(task));
    note("result: %s", word(finish(task)));
    return 0;
}

static int cancel_swallowed(void *argument)
{
    work stubborn = {"stubborn", 50, 1, 5, true};
    duet_task *task = start(do_work, &stubborn);

    (void)argument;
    must(sleep_until(5));
    duet_task_cancel(task);
    must(duet_task_wait(task, DUET_NEVER));
    note("counted: %d", duet_task_cancel(task));
    note("result: %s", word(finish(task)));
    return 0;
}

static int take_back(void *argument)
{
    duet_task *self = duet_current_task();

    (void)argument;
    note("sleep: %s", word(sleep_for(50)));
    note("requests: %d", duet_task_cancel_requests(self));
    note("left: %d", duet_task_uncancel(self));
    note("left: %d", duet_task_uncancel(self));
    note("left: %d", duet_task_uncancel(self));
    note("sleep: %s", word(sleep_for(1)));
    return 0;
}

static int requests_taken_back(void *argument)
{
    duet_task *task = start(take_back, NULL);

    (void)argument;
    must(sleep_until(5));
    duet_task_cancel(task);
    duet_task_cancel(task);
    note("result: %s", word(finish(task)));
    return 0;
}

static int cancel_self(void *argument)
{
    (void)argument;
    note("counted: %d", duet_task_cancel(duet_current_task()));
    note("sleep: %s", word(sleep_for(1)));
    note("sleep: %s", word(sleep_for(1)));
    return 0;
}

static int cancelled_by_itself(void *argument)
{
    (void)argument;
    note("result: %s", word(finish(start(cancel_self, NULL))));
    return 0;
}

static int join_it(void *argument)
{
    int result = 0;
    int status = duet_join(argument, &result, DUET_NEVER);

    note("joiner: %s", word(status == 0 ? result : status));
    return 0;
}

static int join_of_stubborn(void *argument)
{
    work stubborn = {"stubborn", 50, 1, 5, true};
    duet_task *inner = start(do_work, &stubborn);
    duet_task *outer = start(join_it, inner);

    (void)argument;
    must(sleep_until(5));
    duet_task_cancel(outer);
    finish(outer);
    return 0;
}

/* --- gather -------------------------------------------------------------- */

static int gather(work works[3], bool collect_errors)
{
    const duet_gather_options options = {.collect_errors = collect_errors};
    duet_call calls[3];
    int status;

    for (int i = 0; i < 3; i++)
        calls[i] = (duet_call){.function = do_work, .argument = &works[i]};
    status = duet_gather(calls, 3, &options, DUET_NEVER);
    note("gather: %s", word(status));
    if (status == 0)
        note("%s, %s, %s", word(calls[0].result), word(calls[1].result),
             word(calls[2].result));
    return status;
}

static int gather_all(void *argument)
{
    work works[] = {
        {"a", 30, 1, 0, false}, {"b", 10, 2, 0, false}, {"c", 20, 3, 0, false}};

    (void)argument;
    gather(works, false);
    must(sleep_until(100));
    return 0;
}

static int gather_one_fails(void *argument)
{
    work works[] = {{"a", 30, 1, 0, false},
                    {"b", 10, DUET_EIO, 0, false},
                    {"c", 20, 3, 0, false}};

    gather(works, argument != NULL);
    must(sleep_until(100));
    return 0;
}

static int gather_in_task(void *collect_errors)
{
    work works[] = {
        {"a", 30, 1, 4, false}, {"b", 10, 2, 0, false}, {"c", 20, 3, 2, false}};

    gather(works, collect_errors != NULL);
    return 0;
}

static int gather_cancelled(void *collect_errors)
{
    duet_task *task = start(gather_in_task, collect_errors);

    must(sleep_until(15));
    duet_task_cancel(task);
    note("result: %s", word(finish(task)));
    must(sleep_until(100));
    return 0;
}

/* --- groups -------------------------------------------------------------- */

typedef struct team {
    work *works;
    int count;
    int body_ms;     /* how long the body sleeps */
    int body_result; /* how it ends then */
} team;

static int lead(void *argument)
{
    team *own = argument;
    duet_group *group;
    int status = 0;

    must(duet_group_open(&group));
    for (int i = 0; i < own->count && status == 0; i++)
        status = duet_group_spawn(group, do_work, &own->works[i], NULL, NULL);
    if (status == 0)
        status = sleep_for(own->body_ms);
    note("body: %s", word(status));
    if (status == 0)
        status = own->body_result;
    status = duet_group_close(group, status);
    note("group: %s", word(status));
    note("requests: %d", duet_task_cancel_requests(duet_current_task()));
    note("next: %s", word(sleep_for(1)));
    return status;
}

static int group_fails(void *argument)
{
    work works[] = {{"a", 10, DUET_EIO, 0, false}, {"b", 30, 0, 5, false}};
    team own = {works, 2, (int)(intptr_t)argument, 0};

    note("result: %s", word(finish(start(lead, &own))));
    return 0;
}

static int group_body_fails(void *argument)
{
    work works[] = {{"a", 30, 0, 5, false}, {"b", 40, 0, 0, false}};
    team own = {works, 2, 10, DUET_EIO};

    (void)argument;
    note("result: %s", word(finish(start(lead, &own))));
    return 0;
}

static int group_cancelled(void *argument)
{
    work works[] = {{"a", 30, 0, 5, false}, {"b", 40, 0, 0, false}};
    team own = {works, 2, (int)(intptr_t)argument, 0};
    duet_task *task = start(lead, &own);

    must(sleep_until(15));
    duet_task_cancel(task);
    note("result: %s", word(finish(task)));
    return 0;
}

static int group_fails_and_is_cancelled(void *argument)
{
    work works[] = {{"a", 10, DUET_EIO, 0, false}, {"b", 30, 0, 10, false}};
    team own = {works, 2, 0, 0};
    duet_task *task = start(lead, &own);

    (void)argument;
    must(sleep_until(15));
    duet_task_cancel(task);
    note("result: %s", word(finish(task)));
    return 0;
}

static int member_cancelled(void *argument)
{
    work works[] = {{"a", 10, 1, 0, false}, {"b", 30, 2, 0, false}};
    duet_group *group;
    duet_task *task;

    (void)argument;
    must(duet_group_open(&group));
    must(duet_group_spawn(group, do_work, &works[0], NULL, NULL));
    must(duet_group_spawn(group, do_work, &works[1], NULL, &task));
    must(sleep_until(5));
    duet_task_cancel(task);
    must(sleep_until(6));
    note("b: %s", word(duet_task_result(task)));
    note("group: %s", word(duet_group_close(group, 0)));
    return 0;
}

static int add_one(void *argument)
{
    static work late = {"late", 10, 0, 0, false};
    duet_group *group = *(duet_group **)argument;

    must(sleep_for(10));
    note("adds");
    must(duet_group_spawn(group, do_work, &late, NULL, NULL));
    return 0;
}

static int member_adds_while_closing(void *argument)
{
    duet_group *group;

    (void)argument;
    must(duet_group_open(&group));
    must(duet_group_spawn(group, add_one, &group, NULL, NULL));
    note("group: %s", word(duet_group_close(group, 0)));
    return 0;
}

const scenario task_scenarios[] = {
    {"turns", turns, NULL},
    {"sleeps by length", sleeps_by_length, NULL},
    {"cancelled in its clean-up", cancelled_in_clean_up, NULL},
    {"cancel swallowed", cancel_swallowed, NULL},
    {"requests taken back", requests_taken_back, NULL},
    {"cancelled by itself", cancelled_by_itself, NULL},
    {"cancelled join of a stubborn task", join_of_stubborn, NULL},
    {"gather", gather_all, NULL},
    {"gather, one fails", gather_one_fails, NULL},
    {"gather, one fails, collected", gather_one_fails, ""},
    {"gather cancelled", gather_cancelled, NULL},
    {"gather cancelled, collected", gather_cancelled, ""},
    {"group fails in its body", group_fails, (void *)50},
    {"group fails while closing", group_fails, (void *)0},
    {"group body fails", group_body_fails, NULL},
    {"group cancelled in its body", group_cancelled, (void *)50},
    {"group cancelled while closing", group_cancelled, (void *)0},
    {"group fails, then is cancelled", group_fails_and_is_cancelled, NULL},
    {"member cancelled", member_cancelled, NULL},
    {"member adds while closing", member_adds_while_closing, NULL},
    {NULL, NULL, NULL},
};
