/* SPDX-License-Identifier: MIT */
/* awaits.c - each call that waits, with the task that waits cancelled at each
 * moment: before its start, while it waits, as it is woken, and with a
 * deadline.
 *
 * The victim waits in a point and then in a sleep, which shows a request that
 * was not delivered yet; main acts at 10 ms and looks at 20 ms. */
#include <stdio.h>
#include <stdlib.h>

#include "scenario.h"

typedef struct things {
    duet_lock *lock;
    duet_event *event;
    duet_condition *condition;
    duet_semaphore *semaphore;
    duet_barrier *barrier;
    duet_queue *queue;
    duet_future *future;
    duet_task *inner;
    duet_task *partner;
} things;

typedef struct point {
    const char *name;
    void (*make)(things *all);
    int (*await)(things *all, duet_deadline deadline);
    void (*wake)(things *all); /* gives what the victim waits for */
    void (*give_back)(things *all);
    void (*look)(things *all); /* notes what is left */
} point;

static char item[] = "item";

static void nothing(things *all)
{
    (void)all;
}

/* --- sleep --------------------------------------------------------------- */

static int await_sleep(things *all, duet_deadline deadline)
{
    int status = duet_sleep(deadline < 15000000 ? deadline : 15000000);

    (void)all;
    return status == 0 && deadline < 15000000 ? DUET_ETIMEDOUT : status;
}

/* --- primitives ---------------------------------------------------------- */

static void make_lock(things *all)
{
    must(duet_lock_acquire(all->lock, DUET_NEVER));
}

static int await_lock(things *all, duet_deadline deadline)
{
    return duet_lock_acquire(all->lock, deadline);
}

static void wake_lock(things *all)
{
    must(duet_lock_release(all->lock));
}

static void look_lock(things *all)
{
    note("lock: %s", duet_lock_is_held(all->lock) ? "held" : "free");
}

static int await_event(things *all, duet_deadline deadline)
{
    return duet_event_wait(all->event, deadline);
}

static void wake_event(things *all)
{
    duet_event_set(all->event);
}

static int await_condition(things *all, duet_deadline deadline)
{
    int status;

    must(duet_lock_acquire(all->lock, DUET_NEVER));
    status = duet_condition_wait(all->condition, deadline);
    note("lock: %s", duet_lock_is_held(all->lock) ? "held" : "free");
    must(duet_lock_release(all->lock));
    return status;
}

static void wake_condition(things *all)
{
    must(duet_lock_acquire(all->lock, DUET_NEVER));
    must(duet_condition_notify(all->condition, 1));
    must(duet_lock_release(all->lock));
}

static void make_semaphore(things *all)
{
    must(duet_semaphore_acquire(all->semaphore, DUET_NEVER));
}

static int await_semaphore(things *all, duet_deadline deadline)
{
    return duet_semaphore_acquire(all->semaphore, deadline);
}

static void wake_semaphore(things *all)
{
    must(duet_semaphore_release(all->semaphore));
}

static void look_semaphore(things *all)
{
    note("slots: %zu", duet_semaphore_free_slots(all->semaphore));
}

static int await_barrier(things *all, duet_deadline deadline)
{
    return duet_barrier_wait(all->barrier, NULL, deadline);
}

static int partner(void *argument)
{
    things *all = argument;
    int status = duet_barrier_wait(all->barrier, NULL, DUET_NEVER);

    note("partner: %s", word(status));
    return status;
}

static void wake_barrier(things *all)
{
    all->partner = start(partner, all);
}

static void look_barrier(things *all)
{
    note("at the barrier: %zu", duet_barrier_waiting(all->barrier));
    if (duet_barrier_waiting(all->barrier) > 0)
        duet_barrier_abort(all->barrier);
}

static int await_get(things *all, duet_deadline deadline)
{
    void *got;

    return duet_queue_get(all->queue, &got, deadline);
}

static void put_now(things *all)
{
    must(duet_queue_put_now(all->queue, item));
}

static int await_put(things *all, duet_deadline deadline)
{
    return duet_queue_put(all->queue, item, deadline);
}

static void get_now(things *all)
{
    void *got;

    must(duet_queue_get_now(all->queue, &got));
}

static void look_queue(things *all)
{
    note("queue: %zu", duet_queue_count(all->queue));
}

static int await_queue_join(things *all, duet_deadline deadline)
{
    return duet_queue_join(all->queue, deadline);
}

static void finish_item(things *all)
{
    get_now(all);
    must(duet_queue_task_done(all->queue));
}

static int await_future(things *all, duet_deadline deadline)
{
    return duet_future_wait(all->future, NULL, deadline);
}

static void wake_future(things *all)
{
    note("set: %s", word(duet_future_set(all->future, item)));
}

/* --- tasks --------------------------------------------------------------- */

static int inner(void *argument)
{
    things *all = argument;
    int status = duet_event_wait(all->event, DUET_NEVER);

    note("inner: %s", word(status));
    return status;
}

static void make_inner(things *all)
{
    all->inner = start(inner, all);
}

static int await_join(things *all, duet_deadline deadline)
{
    int result;
    int status = duet_join(all->inner, &result, deadline);

    return status == 0 ? result : status;
}

static int await_task_wait(things *all, duet_deadline deadline)
{
    return duet_task_wait(all->inner, deadline);
}

static int await_gather(things *all, duet_deadline deadline)
{
    duet_call calls[] = {{.function = inner, .argument = all},
                         {.function = inner, .argument = all}};

    return duet_gather(calls, 2, NULL, deadline);
}

static int await_group(things *all, duet_deadline deadline)
{
    duet_timeout *timeout;
    duet_group *group;
    int status;

    must(duet_timeout_open(deadline, &timeout));
    must(duet_group_open(&group));
    status = duet_group_spawn(group, inner, all, NULL, NULL);
    status = duet_group_close(group, status);
    return duet_timeout_close(timeout, status);
}

static int await_inner(things *all, duet_deadline deadline)
{
    int result;
    int status = duet_wait_for(inner, all, NULL, &result, deadline);

    return status == 0 ? result : status;
}

static int await_inner_task(things *all, duet_deadline deadline)
{
    int result;
    int status = duet_wait_for_task(all->inner, &result, deadline);

    return status == 0 ? result : status;
}

static int await_first(things *all, duet_deadline deadline)
{
    return duet_wait_tasks(&all->inner, 1, DUET_UNTIL_FIRST, NULL, deadline);
}

static int await_completion(things *all, duet_deadline deadline)
{
    duet_completions *completions;
    duet_task *task;
    int status;

    must(duet_completions_new(&all->inner, 1, &completions));
    status = duet_completions_next(completions, &task, deadline);
    duet_completions_free(completions);
    return status;
}

static int await_shielded(things *all, duet_deadline deadline)
{
    int result;
    int status = duet_shield(all->inner, &result, deadline);

    return status == 0 ? result : status;
}

static int await_in_timeouts(things *all, duet_deadline deadline)
{
    duet_timeout *outer, *inner;
    int status;

    must(duet_timeout_open(deadline, &outer));
    must(duet_timeout_open(DUET_NEVER, &inner));
    status = duet_event_wait(all->event, DUET_NEVER);
    status = duet_timeout_close(inner, status);
    return duet_timeout_close(outer, status);
}

/* --- what happens to the victim ------------------------------------------ */

static const point points[] = {
    {"sleep", nothing, await_sleep, nothing, nothing, nothing},
    {"lock", make_lock, await_lock, wake_lock, wake_lock, look_lock},
    {"event", nothing, await_event, wake_event, nothing, nothing},
    {"condition", nothing, await_condition, wake_condition, nothing, look_lock},
    {"semaphore", make_semaphore, await_semaphore, wake_semaphore,
     wake_semaphore, look_semaphore},
    {"barrier", nothing, await_barrier, wake_barrier, nothing, look_barrier},
    {"queue get", nothing, await_get, put_now, nothing, look_queue},
    {"queue put", put_now, await_put, get_now, nothing, look_queue},
    {"queue join", put_now, await_queue_join, finish_item, nothing, look_queue},
    {"future", nothing, await_future, wake_future, nothing, nothing},
    {"join", make_inner, await_join, wake_event, nothing, nothing},
    {"task wait", make_inner, await_task_wait, wake_event, nothing, nothing},
    {"gather", nothing, await_gather, wake_event, nothing, nothing},
    {"group", nothing, await_group, wake_event, nothing, nothing},
    {"wait for call", nothing, await_inner, wake_event, nothing, nothing},
    {"wait for task", make_inner, await_inner_task, wake_event, nothing,
     nothing},
    {"wait for first", make_inner, await_first, wake_event, nothing, nothing},
    {"next completion", make_inner, await_completion, wake_event, nothing,
     nothing},
    {"shield", make_inner, await_shielded, wake_event, nothing, nothing},
    {"timeouts", nothing, await_in_timeouts, wake_event, nothing, nothing},
};

typedef enum moment {
    WOKEN,
    CANCELLED,
    CANCELLED_TWICE,
    CANCELLED_THEN_WOKEN,
    WOKEN_THEN_CANCELLED,
    BEFORE_START,
    DEADLINE,
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
};

typedef struct attempt {
    const point *point;
    moment moment;
    things things;
} attempt;

static int victim(void *argument)
{
    attempt *own = argument;
    int status;

    note("begins");
    status = own->point->await(&own->things,
                               own->moment == DEADLINE ? 5000000 : DUET_NEVER);
    note("await: %s", word(status));
    if (status >= 0)
        own->point->give_back(&own->things);
    note("next: %s", word(sleep_for(1)));
    note("requests: %d", duet_task_cancel_requests(duet_current_task()));
    return 0;
}

static void act(attempt *own, duet_task *task)
{
    switch (own->moment) {
    case CANCELLED_TWICE:
        duet_task_cancel(task);
        /* fall through */
    case CANCELLED:
    case CANCELLED_THEN_WOKEN:
        duet_task_cancel(task);
        if (own->moment != CANCELLED_THEN_WOKEN)
            break;
        /* fall through */
    case WOKEN:
    case WOKEN_THEN_CANCELLED:
        own->point->wake(&own->things);
        if (own->moment == WOKEN_THEN_CANCELLED)
            duet_task_cancel(task);
        break;
    case BEFORE_START:
    case DEADLINE:
    case MOMENTS:
        break;
    }
}

static void make_things(things *all)
{
    const duet_queue_options one = {.capacity = 1};

    *all = (things){0};
    must(duet_lock_new(&all->lock));
    must(duet_event_new(&all->event));
    must(duet_condition_new(all->lock, &all->condition));
    must(duet_semaphore_new(1, NULL, &all->semaphore));
    must(duet_barrier_new(2, &all->barrier));
    must(duet_queue_new(&one, &all->queue));
    must(duet_future_new(&all->future));
}

static void free_things(things *all)
{
    duet_condition_free(all->condition);
    duet_lock_free(all->lock);
    duet_event_free(all->event);
    duet_semaphore_free(all->semaphore);
    duet_barrier_free(all->barrier);
    duet_queue_free(all->queue);
    duet_future_free(all->future);
}

static int run_attempt(void *argument)
{
    attempt *own = argument;
    duet_task *task;

    make_things(&own->things);
    own->point->make(&own->things);
    task = start(victim, own);
    if (own->moment == BEFORE_START)
        duet_task_cancel(task);
    must(sleep_until(10));
    act(own, task);
    must(sleep_until(20));
    own->point->look(&own->things);
    /* What the victim may still wait for. */
    if (own->moment != WOKEN && own->moment != CANCELLED_THEN_WOKEN &&
        own->moment != WOKEN_THEN_CANCELLED)
        own->point->wake(&own->things);
    duet_event_set(own->things.event);
    must(sleep_until(30));
    own->point->look(&own->things);
    note("victim: %s", word(finish(task)));
    if (duet_lock_is_held(own->things.lock))
        must(duet_lock_release(own->things.lock));
    free_things(&own->things);
    return 0;
}

/* --- the table ----------------------------------------------------------- */

enum { POINTS = sizeof points / sizeof points[0] };

static attempt attempts[POINTS * MOMENTS];
static char names[POINTS * MOMENTS][64];
static scenario table[POINTS * MOMENTS + 1];

const scenario *const await_scenarios = table;

void make_await_scenarios(void)
{
    for (int i = 0; i < POINTS * MOMENTS; i++) {
        attempts[i] = (attempt){.point = &points[i / MOMENTS],
                                .moment = (moment)(i % MOMENTS)};
        snprintf(names[i], sizeof names[i], "%s, %s", attempts[i].point->name,
                 moment_names[attempts[i].moment]);
        table[i] = (scenario){names[i], run_attempt, &attempts[i]};
    }
}
