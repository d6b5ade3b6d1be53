/* SPDX-License-Identifier: MIT */
/* futures.c - what futures do for several tasks. */
#include <stdint.h>

#include "members.h"

/* --- future -------------------------------------------------------------- */

static char value[] = "value";

static int wait_for_future(void *argument)
{
    member *own = argument;
    int status = duet_future_wait(own->object, NULL, DUET_NEVER);

    note("%d: %s", own->number, word(status));
    return 0;
}

static void on_settled(duet_future *future, void *argument)
{
    note("%s: %d", (const char *)argument, duet_future_is_done(future));
}

static int future_settled(void *argument)
{
    int code = (int)(intptr_t)argument;
    member members[FIVE];
    duet_task *tasks[FIVE];
    duet_future *future;

    must(duet_future_new(&future));
    must(duet_future_add_callback(future, on_settled, "first"));
    must(duet_future_add_callback(future, on_settled, "second"));
    start_members(members, tasks, wait_for_future, future, NULL);
    must(sleep_until(5));
    if (code == 0)
        note("set: %s", word(duet_future_set(future, value)));
    else
        note("fail: %s", word(duet_future_fail(future, code)));
    note("again: %s", word(duet_future_set(future, value)));
    finish_all(tasks);
    note("late: %s", word(duet_future_wait(future, NULL, DUET_NEVER)));
    must(duet_future_add_callback(future, on_settled, "late"));
    note("added");
    must(sleep_for(1));
    duet_future_free(future);
    return 0;
}

static int future_cancelled(void *argument)
{
    member members[FIVE];
    duet_task *tasks[FIVE];
    duet_future *future;

    (void)argument;
    must(duet_future_new(&future));
    start_members(members, tasks, wait_for_future, future, NULL);
    must(sleep_until(5));
    note("cancel: %s", word(duet_future_cancel(future)));
    note("again: %s", word(duet_future_cancel(future)));
    finish_all(tasks);
    note("done: %d", duet_future_is_done(future));
    note("late: %s", word(duet_future_wait(future, NULL, DUET_NEVER)));
    duet_future_free(future);
    return 0;
}

static int future_some_give_up(void *argument)
{
    member members[FIVE];
    duet_task *tasks[FIVE];
    duet_future *future;

    (void)argument;
    must(duet_future_new(&future));
    start_members(members, tasks, wait_for_future, future, NULL);
    must(sleep_until(5));
    duet_task_cancel(tasks[1]);
    duet_task_cancel(tasks[3]);
    must(sleep_until(10));
    must(duet_future_set(future, value));
    finish_all(tasks);
    duet_future_free(future);
    return 0;
}

const scenario future_scenarios[] = {
    {"future set", future_settled, (void *)0, false},
    {"future failed", future_settled, (void *)DUET_EIO, false},
    {"future cancelled", future_cancelled, NULL, false},
    {"future, some give up", future_some_give_up, NULL, false},
    {0},
};
