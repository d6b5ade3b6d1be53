/* SPDX-License-Identifier: MIT */
/* points_tasks.c - waiting for tasks, alone and together. All of them wait for
 * an event. */
#include "points.h"

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

static void wake_event(things *all)
{
    duet_event_set(all->event);
}

/* --- one task ------------------------------------------------------------ */

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

static int await_shielded(things *all, duet_deadline deadline)
{
    int result;
    int status = duet_shield(all->inner, &result, deadline);

    return status == 0 ? result : status;
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

/* --- several ------------------------------------------------------------- */

static int gather(things *all, bool collect_errors, duet_deadline deadline)
{
    const duet_gather_options options = {.collect_errors = collect_errors};
    duet_call calls[] = {{.function = inner, .argument = all},
                         {.function = inner, .argument = all}};

    return duet_gather(calls, 2, &options, deadline);
}

static int await_gather(things *all, duet_deadline deadline)
{
    return gather(all, false, deadline);
}

static int await_gather_collecting(things *all, duet_deadline deadline)
{
    return gather(all, true, deadline);
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

static int await_group_body(things *all, duet_deadline deadline)
{
    duet_group *group;
    int status;

    must(duet_group_open(&group));
    must(duet_group_spawn(group, inner, all, NULL, NULL));
    status = duet_event_wait(all->event, deadline);
    return duet_group_close(group, status);
}

static int await_first(things *all, duet_deadline deadline)
{
    return duet_tasks_wait(&all->inner, 1, DUET_UNTIL_FIRST, NULL, deadline);
}

static int await_error(things *all, duet_deadline deadline)
{
    return duet_tasks_wait(&all->inner, 1, DUET_UNTIL_ERROR, NULL, deadline);
}

static int await_all(things *all, duet_deadline deadline)
{
    duet_task *both[] = {all->inner, all->partner};

    return duet_tasks_wait(both, 2, DUET_UNTIL_ALL, NULL, deadline);
}

static void make_two(things *all)
{
    make_inner(all);
    all->partner = start(inner, all);
}

static int await_completion(things *all, duet_deadline deadline)
{
    duet_task_completions *completions;
    duet_task *task;
    int status;

    must(duet_task_completions_open(&all->inner, 1, &completions));
    status = duet_task_completions_next(completions, &task, deadline);
    duet_task_completions_close(completions);
    return status;
}

typedef struct mapping {
    things *all;
    int left;
} mapping;

static int next_input(void *context, void **out_input)
{
    mapping *own = context;

    *out_input = NULL;
    return own->left-- > 0 ? 0 : DUET_EEMPTY;
}

static int work_on(void *context, void *input, void **out_output)
{
    mapping *own = context;

    (void)input;
    (void)out_output;
    return inner(own->all);
}

static int await_map(things *all, duet_deadline deadline)
{
    const duet_bounded_map_steps steps = {.next = next_input, .work = work_on};
    mapping own = {all, 2};

    return duet_bounded_map(&steps, &own, NULL, deadline);
}

/* --- one's own code ------------------------------------------------------ */

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

static int beat(void *argument)
{
    things *all = argument;

    note("beat");
    return duet_event_is_set(all->event);
}

static int await_repeat(things *all, duet_deadline deadline)
{
    return duet_repeat_every(6, beat, all, deadline);
}

/* --- the table ----------------------------------------------------------- */

#define POINT(point_name, makes, awaits, cleans)                               \
    {                                                                          \
        .name = (point_name), .make = (makes), .await = (awaits),              \
        .wake = wake_event, .cleans_up = (cleans),                             \
    }

const point task_points[] = {
    POINT("join", make_inner, await_join, false),
    POINT("task wait", make_inner, await_task_wait, false),
    POINT("shield", make_inner, await_shielded, false),
    POINT("wait for call", NULL, await_inner, true),
    POINT("wait for task", make_inner, await_inner_task, true),
    POINT("gather", NULL, await_gather, true),
    POINT("gather collecting", NULL, await_gather_collecting, true),
    POINT("group", NULL, await_group, true),
    POINT("group body", NULL, await_group_body, true),
    POINT("wait for first", make_inner, await_first, false),
    POINT("wait for error", make_inner, await_error, false),
    POINT("wait for all", make_two, await_all, false),
    POINT("next completion", make_inner, await_completion, false),
    POINT("map", NULL, await_map, true),
    POINT("in timeouts", NULL, await_in_timeouts, false),
    POINT("repeat", NULL, await_repeat, false),
    {0},
};
