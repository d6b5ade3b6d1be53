/* SPDX-License-Identifier: MIT */
/* awaits.c - each call that waits, with the task that waits woken, cancelled
 * and out of time at each moment: before its start, while it waits, as it is
 * woken.
 *
 * The victim waits in a point and then in a sleep, which shows a request that
 * was not delivered yet; main acts at 10 ms, or at the victim's deadline at
 * 5 ms, and looks at 20 ms. */
#include <stdio.h>
#include <stdlib.h>

#include "points.h"

typedef enum moment {
    WOKEN,
    CANCELLED,
    CANCELLED_TWICE,
    CANCELLED_THEN_WOKEN,
    WOKEN_THEN_CANCELLED,
    BEFORE_START,
    DEADLINE,
    /* All at 5 ms; who comes first armed its timer first. */
    WOKEN_AT_DEADLINE,
    DEADLINE_AS_WOKEN,
    CANCELLED_AT_DEADLINE,
    CANCEL_THEN_DEADLINE,
    DEADLINE_THEN_CANCEL,
    CALLBACK_THEN_DEADLINE,
    DEADLINE_THEN_CALLBACK,
    MOMENTS,
} moment;

static const char *const moment_names[] = {
    "woken",
    "cancelled",
    "cancelled twice",
    "cancelled then woken",
    "woken then cancelled",
    "cancelled before its start",
    "deadline",
    "woken at its deadline",
    "deadline as it is woken",
    "cancelled at its deadline",
    "cancelled, then its deadline",
    "deadline, then cancelled",
    "called back, then its deadline",
    "deadline, then called back",
};

enum { DEADLINE_MS = 5 };

typedef struct attempt {
    const point *point;
    moment moment;
    things things;
} attempt;

static void look(attempt *own)
{
    if (own->point->look != NULL)
        own->point->look(&own->things);
}

static void wake(attempt *own)
{
    own->point->wake(&own->things);
}

static void wake_from_callback(void *own)
{
    wake(own);
}

static int victim(void *argument)
{
    attempt *own = argument;
    int status;

    note("begins");
    status =
        own->point->await(&own->things, own->moment >= DEADLINE
                                            ? duet_at_ns(DEADLINE_MS * 1000000)
                                            : DUET_NEVER);
    note("await: %s", word(status));
    if (status >= 0 && own->point->give_back != NULL)
        own->point->give_back(&own->things);
    note("next: %s", word(sleep_for(1)));
    note("requests: %d", duet_task_cancel_requests(duet_current_task()));
    return 0;
}

static void cancel(void *task)
{
    duet_task_cancel(task);
}

static void call_back(void (*function)(void *argument), void *argument)
{
    must(duet_call_at(duet_at_ns(DEADLINE_MS * 1000000), function, argument,
                      NULL));
}

/* Acts on the victim; false if it still waits for what it may wait for. */
static bool act(attempt *own, duet_task *task)
{
    bool first = own->moment == WOKEN_AT_DEADLINE;

    switch (own->moment) {
    case WOKEN_AT_DEADLINE:
    case DEADLINE_AS_WOKEN:
        must(sleep_until(first ? DEADLINE_MS : 1));
        must(sleep_until(DEADLINE_MS));
        wake(own);
        return true;
    case CANCELLED_AT_DEADLINE:
        must(sleep_until(DEADLINE_MS));
        duet_task_cancel(task);
        return false;
    case DEADLINE_THEN_CANCEL:
        must(sleep_until(1));
        /* fall through */
    case CANCEL_THEN_DEADLINE:
        call_back(cancel, task);
        return false;
    case DEADLINE_THEN_CALLBACK:
        must(sleep_until(1));
        /* fall through */
    case CALLBACK_THEN_DEADLINE:
        call_back(wake_from_callback, own);
        return true;
    default:
        break;
    }
    must(sleep_until(10));
    if (own->moment == WOKEN || own->moment == WOKEN_THEN_CANCELLED)
        wake(own);
    if (own->moment == CANCELLED_TWICE)
        duet_task_cancel(task);
    if (own->moment >= CANCELLED && own->moment <= WOKEN_THEN_CANCELLED)
        duet_task_cancel(task);
    if (own->moment == CANCELLED_THEN_WOKEN)
        wake(own);
    return own->moment == WOKEN || own->moment == WOKEN_THEN_CANCELLED ||
           own->moment == CANCELLED_THEN_WOKEN;
}

static int run_attempt(void *argument)
{
    attempt *own = argument;
    duet_task *task;
    bool woken;

    make_things(&own->things);
    if (own->point->make != NULL)
        own->point->make(&own->things);
    task = start(victim, own);
    if (own->moment == BEFORE_START)
        duet_task_cancel(task);
    woken = act(own, task);
    must(sleep_until(20));
    look(own);
    if (!woken)
        wake(own);
    duet_event_set(own->things.event);
    must(sleep_until(30));
    look(own);
    note("victim: %s", word(finish(task)));
    free_things(&own->things);
    return 0;
}

/* --- the table ----------------------------------------------------------- */

enum { MOST = 1000 };

static attempt attempts[MOST];
static char names[MOST][64];
static scenario table[MOST + 1];

const scenario *const await_scenarios = table;

static size_t add_moments(const point *point, size_t count)
{
    moment end = point->wakes_from_callback ? MOMENTS : CALLBACK_THEN_DEADLINE;

    for (moment moment = WOKEN; moment < end && count < MOST; moment++) {
        if (moment == DEADLINE_THEN_CANCEL && !point->cleans_up)
            continue;
        attempts[count] = (attempt){.point = point, .moment = moment};
        snprintf(names[count], sizeof names[count], "%s, %s", point->name,
                 moment_names[moment]);
        table[count] = (scenario){.name = names[count],
                                  .run = run_attempt,
                                  .argument = &attempts[count]};
        count++;
    }
    return count;
}

void make_await_scenarios(void)
{
    size_t count = 0;

    for (const point *each = primitive_points; each->name != NULL; each++)
        count = add_moments(each, count);
    for (const point *each = task_points; each->name != NULL; each++)
        count = add_moments(each, count);
}
