/* SPDX-License-Identifier: MIT */
/* tasks.c - tasks that actors spawn, and every way to wait for several of them.
 *
 * Whatever way it was, when it has returned none of the children runs. */
#include "world.h"

typedef struct child {
    actor self;
    int number;
    bool fails;
    bool runs, has_ended;
    int requests; /* to cancel it */
    int64_t ended_ns;
} child;

static int live_shortly(void *argument)
{
    child *own = argument;

    own->self.task = duet_current_task();
    own->runs = true;
    if (pick(own->self.world, 3) == 0)
        pause_a_little(&own->self);
    else
        use_something(&own->self);
    own->has_ended = true;
    own->ended_ns = duet_clock_ns();
    own->requests = duet_task_cancel_requests(own->self.task);
    if (own->self.was_cancelled)
        return DUET_ECANCELED;
    return own->fails ? DUET_EIO : own->number;
}

static void init_children(world *all, child *children)
{
    for (int i = 0; i < CHILDREN; i++)
        children[i] =
            (child){.self.world = all, .number = i, .fails = pick(all, 6) == 0};
}

/* One that was cancelled before its first step has not run. */
static void check_result(const world *all, const child *one, int result)
{
    check(all, one->runs == one->has_ended);
    check(all, result == DUET_ECANCELED || one->has_ended);
    check(all, result == DUET_ECANCELED ||
                   result == (one->fails ? DUET_EIO : one->number));
    check(all, !one->self.was_cancelled || result == DUET_ECANCELED);
}

static void check_none_runs(const world *all, const child *children)
{
    for (int i = 0; i < CHILDREN; i++)
        check(all, children[i].runs == children[i].has_ended);
}

/* --- gather, group, map -------------------------------------------------- */

static void gather(actor *own)
{
    world *all = own->world;
    const duet_gather_options options = {.collect_errors = pick(all, 2) == 0};
    duet_deadline deadline = begin_wait(own, GATHER);
    child children[CHILDREN];
    duet_call calls[CHILDREN];
    bool one_failed = false;
    int status;

    init_children(all, children);
    for (int i = 0; i < CHILDREN; i++)
        calls[i] = (duet_call){live_shortly, &children[i], 0};
    status = duet_gather(calls, CHILDREN, &options, deadline);
    for (int i = 0; i < CHILDREN; i++) {
        check_result(all, &children[i], calls[i].result);
        one_failed |= calls[i].result == DUET_EIO;
    }
    check(all, status != DUET_EIO || (one_failed && !options.collect_errors));
    check(all, status != 0 || !one_failed || options.collect_errors);
    end_wait(own, status == DUET_EIO ? 0 : status, deadline);
}

static void use_group(actor *own)
{
    world *all = own->world;
    child children[CHILDREN];
    bool one_fails = false;
    duet_group *group;
    int status;

    init_children(all, children);
    check(all, duet_group_open(&group) == 0);
    for (int i = 0; i < CHILDREN; i++) {
        const duet_spawn_options options = {.start_now = pick(all, 2) == 0};

        status =
            duet_group_spawn(group, live_shortly, &children[i], &options, NULL);
        /* An earlier one may have failed at once. */
        check(all, status == 0 || (status == DUET_ECANCELED && one_fails));
        one_fails |= children[i].fails;
    }
    begin_wait(own, GROUP);
    if (pick(all, 4) == 0)
        duet_group_cancel(group);
    status = duet_group_close(group, 0);
    check_none_runs(all, children);
    check(all, status != DUET_EIO || one_fails);
    end_wait(own, status == DUET_EIO ? 0 : status, DUET_NEVER);
}

typedef struct mapping {
    world *all;
    child *children;
    int given, taken, running, at_once;
    bool in_order;
    bool is_late; /* a result was not taken as soon as it was there */
} mapping;

static int next_child(void *context, void **out_input)
{
    mapping *own = context;

    if (own->given == CHILDREN)
        return DUET_EEMPTY;
    *out_input = &own->children[own->given++];
    return 0;
}

static int work_on_child(void *context, void *input, void **out_output)
{
    mapping *own = context;
    int result;

    check(own->all, own->running++ < own->at_once);
    result = live_shortly(input);
    own->running--;
    *out_output = input;
    return result;
}

static int take_child(void *context, void *input, void *output, int result)
{
    mapping *own = context;
    const child *one = input;

    check(own->all, !own->in_order || one->number == own->taken);
    check(own->all, output == (one->runs ? one : NULL));
    check_result(own->all, one, result);
    own->taken++;
    own->is_late |= one->runs && one->ended_ns != duet_clock_ns();
    return 0;
}

static void map(actor *own)
{
    static const duet_bounded_map_steps steps = {
        .next = next_child, .work = work_on_child, .take = take_child};
    world *all = own->world;
    duet_deadline deadline = begin_wait(own, MAP);
    child children[CHILDREN];
    mapping context = {.all = all, .children = children};
    duet_bounded_map_options options = {.at_once = 1 + pick(all, 3),
                                        .in_order = pick(all, 2) == 0};
    int status;

    init_children(all, children);
    context.at_once = (int)options.at_once;
    context.in_order = options.in_order;
    status = duet_bounded_map(&steps, &context, &options, deadline);
    check(all, context.running == 0 && context.taken == context.given);
    check(all, status != 0 || context.taken == CHILDREN);
    check(all, status != 0 || context.in_order || !context.is_late);
    end_wait(own, status, deadline);
}

/* --- handles ------------------------------------------------------------- */

static void spawn_children(world *all, child *children, duet_task **tasks)
{
    init_children(all, children);
    for (int i = 0; i < CHILDREN; i++) {
        const duet_spawn_options options = {.start_now = pick(all, 3) == 0};

        check(all,
              duet_spawn(live_shortly, &children[i], &options, &tasks[i]) == 0);
    }
}

/* Cancels the task, perhaps, and has it end, whatever else happens; the second
 * wait returns at once. */
static void end_child(actor *own, const child *one, duet_task *task)
{
    int result;
    int status;

    if (pick(own->world, 3) > 0)
        duet_task_cancel(task);
    status = duet_join(task, &result, DUET_NEVER);
    if (status == DUET_ECANCELED) {
        hear(own);
        status = duet_join(task, &result, DUET_NOW);
    } else if (own->asked == ASKED) {
        own->asked = PERHAPS_ASKED;
    }
    check(own->world, status == 0);
    check_result(own->world, one, result);
}

static void wait_for_some(actor *own, duet_task **tasks)
{
    world *all = own->world;
    duet_deadline deadline = begin_wait(own, TASKS);
    duet_until until = (duet_until)pick(all, 3);
    size_t done = 0;
    int status = duet_tasks_wait(tasks, CHILDREN, until, &done, deadline);
    size_t ended = 0, failed = 0;

    for (int i = 0; i < CHILDREN; i++) {
        int result = duet_task_result(tasks[i]);

        ended += result != DUET_ESTATE;
        failed += result == DUET_EIO;
    }
    if (!end_wait(own, status, deadline))
        return;
    check(all, done >= 1 && done <= ended);
    if (until == DUET_UNTIL_ALL)
        check(all, done == CHILDREN);
    if (until == DUET_UNTIL_ERROR)
        check(all, failed > 0 || ended == CHILDREN);
}

static void collect(actor *own, duet_task **tasks)
{
    world *all = own->world;
    bool was_given[CHILDREN] = {false};
    duet_task_completions *completions;
    duet_deadline deadline;
    duet_task *task;
    int status;

    check(all, duet_task_completions_open(tasks, CHILDREN, &completions) == 0);
    for (int given = 0;; given++) {
        int i = 0;

        deadline = begin_wait(own, COMPLETIONS);
        status = duet_task_completions_next(completions, &task, deadline);
        check(all, status != DUET_EEMPTY || given == CHILDREN);
        if (!end_wait(own, status == DUET_EEMPTY ? 0 : status, deadline) ||
            status == DUET_EEMPTY)
            break;
        while (tasks[i] != task)
            i++;
        check(all, duet_task_is_done(task) && !was_given[i]);
        was_given[i] = true;
    }
    duet_task_completions_close(completions);
}

static void use_handles(actor *own)
{
    world *all = own->world;
    child children[CHILDREN];
    duet_task *tasks[CHILDREN];

    spawn_children(all, children, tasks);
    if (pick(all, 2) == 0)
        wait_for_some(own, tasks);
    else
        collect(own, tasks);
    for (int i = 0; i < CHILDREN; i++)
        end_child(own, &children[i], tasks[i]);
}

/* --- one task, bounded --------------------------------------------------- */

static void bound_call(actor *own)
{
    world *all = own->world;
    child children[CHILDREN];
    duet_deadline deadline = begin_wait(own, WAIT_FOR);
    int result = DUET_ECANCELED;
    int status;

    init_children(all, children);
    status = duet_wait_for(live_shortly, &children[0], NULL, &result, deadline);
    if (end_wait(own, status, deadline)) {
        check_result(all, &children[0], result);
        check(all,
              duet_clock_ns() <= deadline.at_ns || children[0].requests > 0);
        if (own->asked == ASKED)
            own->asked = PERHAPS_ASKED;
    }
    check_none_runs(all, children);
}

static void shield(actor *own)
{
    world *all = own->world;
    child children[CHILDREN];
    duet_deadline deadline = begin_wait(own, SHIELD);
    duet_task *task;
    int result;
    int status;

    init_children(all, children);
    check(all, duet_spawn(live_shortly, &children[0], NULL, &task) == 0);
    status = duet_shield(task, &result, deadline);
    if (end_wait(own, status, deadline)) {
        check_result(all, &children[0], result);
        check(all, children[0].requests == 0);
    } else {
        check(all, duet_task_cancel_requests(task) == 0);
        end_child(own, &children[0], task);
    }
}

static void use_timeout(actor *own)
{
    world *all = own->world;
    int requests = duet_task_cancel_requests(own->task);
    duet_deadline deadline = begin_wait(own, TIMEOUT);
    duet_timeout *timeout;
    int status = 0;

    if (duet_deadline_is_never(deadline))
        deadline = duet_in_ms(2);
    check(all, duet_timeout_open(deadline, &timeout) == 0);
    if (pick(all, 3) > 0)
        status = duet_sleep(duet_in_ms((int64_t)pick(all, 10)));
    status = duet_timeout_close(timeout, status);
    end_wait(own, status, deadline);
    /* It has taken back what it asked for. */
    if (status != DUET_ECANCELED)
        check(all, duet_task_cancel_requests(own->task) >= requests);
}

void use_tasks(actor *own)
{
    switch (pick(own->world, 7)) {
    case 0:
        gather(own);
        break;
    case 1:
        use_group(own);
        break;
    case 2:
        map(own);
        break;
    case 3:
        use_handles(own);
        break;
    case 4:
        bound_call(own);
        break;
    case 5:
        shield(own);
        break;
    default:
        use_timeout(own);
    }
}
