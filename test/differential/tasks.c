/* SPDX-License-Identifier: MIT */
/* tasks.c - one task: started, cancelled, joined, left behind. */
#include "scenario.h"

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

static int starts_at_once(void *argument)
{
    const duet_spawn_options now = {.start_now = true};
    duet_task *a, *b;

    (void)argument;
    must(duet_spawn(yield_twice, "a", &now, &a));
    note("main");
    must(duet_spawn(yield_twice, "b", &now, &b));
    note("main again");
    finish(a);
    finish(b);
    return 0;
}

static int sleeps_by_length(void *argument)
{
    work works[] = {{.name = "c", .ms = 30},
                    {.name = "a", .ms = 10},
                    {.name = "b", .ms = 20},
                    {.name = "a too", .ms = 10}};
    duet_task *tasks[4];

    (void)argument;
    start_works(works, 4, tasks);
    finish_tasks(tasks, 4);
    return 0;
}

static int say_name(void *argument)
{
    (void)argument;
    note("in it: %s", duet_task_name(duet_current_task()));
    must(sleep_for(1));
    return DUET_EIO;
}

static int looked_at(void *argument)
{
    const duet_spawn_options named = {.name = "fetch"};
    duet_task *task;

    (void)argument;
    must(duet_spawn(say_name, NULL, &named, &task));
    note("name: %s", duet_task_name(task));
    note("done: %d", duet_task_is_done(task));
    note("result: %s", word(duet_task_result(task)));
    must(duet_task_wait(task, DUET_NEVER));
    note("done: %d", duet_task_is_done(task));
    note("result: %s", word(duet_task_result(task)));
    note("result: %s", word(finish(task)));
    return 0;
}

/* --- cancelling ---------------------------------------------------------- */

static int cancelled_in_clean_up(void *argument)
{
    work slow = {.name = "slow", .ms = 50, .clean_up_ms = 20};
    duet_task *task = start_work(&slow);

    (void)argument;
    must(sleep_until(5));
    note("counted: %d", duet_task_cancel(task));
    must(sleep_until(10));
    note("counted: %d", duet_task_cancel(task));
    note("result: %s", word(finish(task)));
    return 0;
}

static int fails_in_clean_up(void *argument)
{
    work one = {.name = "clumsy",
                .ms = 50,
                .clean_up_ms = 5,
                .result = DUET_EIO,
                .swallows_cancel = true};

    (void)argument;
    cancel_at(start_work(&one), 5);
    return 0;
}

static work stubborn = {
    .name = "stubborn", .ms = 50, .clean_up_ms = 5, .swallows_cancel = true};

static int cancel_swallowed(void *argument)
{
    duet_task *task = start_work(&stubborn);

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
    for (int i = 0; i < 3; i++)
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

static int take_back_in_time(void *argument)
{
    duet_task *self = duet_current_task();

    (void)argument;
    duet_task_cancel(self);
    note("left: %d", duet_task_uncancel(self));
    note("sleep: %s", word(sleep_for(1)));
    return 0;
}

static int request_taken_back_in_time(void *argument)
{
    (void)argument;
    note("result: %s", word(finish(start(take_back_in_time, NULL))));
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

static int yield_once(void *argument)
{
    (void)argument;
    note("begins");
    note("yield: %s", word(duet_yield()));
    note("yield: %s", word(duet_yield()));
    return 0;
}

static int cancelled_as_it_yields(void *argument)
{
    duet_task *task = start(yield_once, NULL);

    (void)argument;
    must(duet_yield());
    duet_task_cancel(task);
    note("result: %s", word(finish(task)));
    return 0;
}

static int sleep_three_times(void *argument)
{
    (void)argument;
    for (int i = 0; i < 3; i++) {
        const char *reason;

        note("sleep: %s", word(sleep_for(20)));
        reason = duet_task_cancel_reason(duet_current_task());
        note("reason: %s", reason != NULL ? reason : "none");
    }
    return 0;
}

static int cancelled_with_reasons(void *argument)
{
    duet_task *task = start(sleep_three_times, NULL);

    (void)argument;
    must(sleep_until(5));
    duet_task_cancel_because(task, "too slow");
    must(sleep_until(10));
    duet_task_cancel_because(task, "far too slow");
    note("result: %s", word(finish(task)));
    return 0;
}

/* --- joining ------------------------------------------------------------- */

static int join_it(void *argument)
{
    int result = 0;
    int status = duet_join(argument, &result, DUET_NEVER);

    note("joiner: %s", word(status == 0 ? result : status));
    return status == 0 ? result : status;
}

static int join_of_stubborn(void *argument)
{
    duet_task *inner = start_work(&stubborn);
    duet_task *outer = start(join_it, inner);

    (void)argument;
    must(sleep_until(5));
    duet_task_cancel(outer);
    finish(outer);
    return 0;
}

static int cancel_goes_inwards(void *argument)
{
    work slow = {.name = "slow", .ms = 50, .clean_up_ms = 5};
    duet_task *inner = start_work(&slow);
    duet_task *middle = start(join_it, inner);

    (void)argument;
    cancel_at(start(join_it, middle), 5);
    return 0;
}

static int wait_for_it(void *task)
{
    int status = duet_task_wait(task, DUET_NEVER);

    if (status == 0)
        note("waiter: %s", word(duet_task_result(task)));
    return status;
}

static int joined_by_several(void *argument)
{
    work failing = {.name = "failing", .ms = 10, .result = DUET_EIO};
    duet_task *task = start_work(&failing);
    duet_task *waiters[3];

    (void)argument;
    for (int i = 0; i < 3; i++)
        waiters[i] = start(wait_for_it, task);
    must(sleep_until(5));
    duet_task_cancel(waiters[1]);
    finish_tasks(waiters, 3);
    wait_for_it(task);
    return 0;
}

static int join_self(void *argument)
{
    int status = duet_join(duet_current_task(), NULL, DUET_NEVER);

    (void)argument;
    note("join: %s", status == DUET_EDEADLK ? "deadlock" : word(status));
    return 0;
}

static int joins_itself(void *argument)
{
    (void)argument;
    return finish(start(join_self, NULL));
}

/* --- left behind --------------------------------------------------------- */

static work background = {.name = "background", .ms = 20};

static int leave_one(void *detaches)
{
    duet_task *task = start_work(&background);

    must(sleep_for(5));
    if (detaches != NULL)
        duet_task_detach(task);
    note("owner ends");
    return 0;
}

static int owner_ends(void *detaches)
{
    finish(start(leave_one, detaches));
    note("owner has ended");
    must(sleep_until(50));
    return 0;
}

const scenario task_scenarios[] = {
    {"turns", turns, NULL, false},
    {"starts at once", starts_at_once, NULL, false},
    {"sleeps by length", sleeps_by_length, NULL, false},
    {"looked at", looked_at, NULL, false},
    {"cancelled in its clean-up", cancelled_in_clean_up, NULL, false},
    {"fails in its clean-up", fails_in_clean_up, NULL, false},
    {"cancel swallowed", cancel_swallowed, NULL, false},
    {"requests taken back", requests_taken_back, NULL, false},
    {"request taken back in time", request_taken_back_in_time, NULL, false},
    {"cancelled by itself", cancelled_by_itself, NULL, false},
    {"cancelled as it yields", cancelled_as_it_yields, NULL, false},
    {"cancelled with reasons", cancelled_with_reasons, NULL, false},
    {"cancelled join of a stubborn task", join_of_stubborn, NULL, false},
    {"cancel goes inwards", cancel_goes_inwards, NULL, false},
    {"joined by several", joined_by_several, NULL, false},
    {"joins itself", joins_itself, NULL, false},
    {"left behind", owner_ends, NULL, false},
    {"detached", owner_ends, "", false},
    {0},
};
