/* SPDX-License-Identifier: MIT */
/* callbacks.c - functions that the loop calls: soon, later, when a task ends.
 */
#include "scenario.h"

static void say(void *text)
{
    note("%s", (const char *)text);
}

static int say_twice(void *argument)
{
    note("task %s", (const char *)argument);
    must(duet_yield());
    note("task %s again", (const char *)argument);
    return 0;
}

static int call_soon(void *argument)
{
    duet_task *a, *b;

    (void)argument;
    must(duet_call_soon(say, "first"));
    a = start(say_twice, "a");
    must(duet_call_soon(say, "second"));
    b = start(say_twice, "b");
    must(duet_call_soon(say, "third"));
    note("main");
    must(duet_yield());
    note("main again");
    finish(a);
    finish(b);
    return 0;
}

static void say_and_call(void *argument)
{
    int *left = argument;

    note("left: %d", *left);
    if ((*left)-- > 0)
        must(duet_call_soon(say_and_call, left));
}

static int calls_in_turn(void *argument)
{
    int left = 3;

    (void)argument;
    must(duet_call_soon(say_and_call, &left));
    for (int i = 0; i < 5; i++) {
        note("main");
        must(duet_yield());
    }
    return 0;
}

static int call_later(void *argument)
{
    (void)argument;
    must(duet_call_at(duet_in_ms(30), say, "at 30", NULL));
    must(duet_call_at(duet_in_ms(10), say, "at 10", NULL));
    must(duet_call_at(duet_in_ms(20), say, "at 20", NULL));
    must(duet_call_at(duet_in_ms(-5), say, "in the past", NULL));
    must(duet_call_at(duet_in_ms(0), say, "now", NULL));
    must(duet_call_soon(say, "soon"));
    note("main");
    must(sleep_until(50));
    return 0;
}

static int calls_and_sleeps(void *argument)
{
    work sleeper = {.name = "sleeper", .ms = 10};
    duet_task *task;

    (void)argument;
    must(duet_call_at(duet_at_ns(10000000), say, "called", NULL));
    task = start_work(&sleeper);
    must(sleep_until(10));
    note("main");
    finish(task);
    return 0;
}

static int calls_cancelled(void *argument)
{
    duet_callback *first, *second;

    (void)argument;
    must(duet_call_at(duet_in_ms(10), say, "first", &first));
    must(duet_call_at(duet_in_ms(20), say, "second", &second));
    must(sleep_until(5));
    duet_callback_cancel(first);
    note("cancelled");
    must(sleep_until(30));
    duet_callback_cancel(second);
    note("too late");
    return 0;
}

static void cancel_callback(void *argument)
{
    duet_callback **other = argument;

    note("cancels the other");
    duet_callback_cancel(*other);
}

static int call_cancels_call(void *argument)
{
    duet_callback *other;

    (void)argument;
    must(duet_call_at(duet_at_ns(10000000), cancel_callback, &other, NULL));
    must(duet_call_at(duet_at_ns(10000000), say, "the other", &other));
    must(sleep_until(30));
    return 0;
}

static void cancel_task(void *task)
{
    note("cancels the task");
    duet_task_cancel(task);
}

static int call_cancels_task(void *argument)
{
    work slow = {.name = "slow", .ms = 50};
    duet_task *task = start_work(&slow);

    (void)argument;
    must(duet_call_at(duet_in_ms(10), cancel_task, task, NULL));
    note("result: %s", word(finish(task)));
    return 0;
}

/* --- starting tasks ------------------------------------------------------ */

static void spawn_work(void *work)
{
    int status = duet_spawn(do_work, work, NULL, NULL);

    note("spawn: %s", word(status));
}

static int call_spawns(void *argument)
{
    static work spawned = {.name = "spawned", .ms = 10};

    (void)argument;
    must(duet_call_at(duet_in_ms(10), spawn_work, &spawned, NULL));
    must(sleep_until(50));
    return 0;
}

/* --- ends of tasks ------------------------------------------------------- */

static void say_result(int result, void *name)
{
    note("%s: %s", (const char *)name, word(result));
}

static int on_end(void *argument)
{
    duet_task *task = start_work(argument);

    must(duet_task_on_end(task, say_result, "first"));
    must(duet_task_on_end(task, say_result, "second"));
    must(sleep_until(50));
    note("main");
    must(duet_task_on_end(task, say_result, "late"));
    note("added");
    must(duet_yield());
    note("main again");
    return 0;
}

static int on_end_of_cancelled(void *argument)
{
    duet_task *task = start_work(argument);

    must(duet_task_on_end(task, say_result, "first"));
    must(sleep_until(5));
    duet_task_cancel(task);
    must(sleep_until(50));
    return 0;
}

static int on_end_and_join(void *argument)
{
    duet_task *task = start_work(argument);

    must(duet_task_on_end(task, say_result, "called"));
    note("joined: %s", word(finish(task)));
    must(duet_yield());
    return 0;
}

static work ends = {.name = "one", .ms = 10};
static work fails = {.name = "one", .ms = 10, .result = DUET_EIO};
static work tidies = {.name = "one", .ms = 10, .clean_up_ms = 3};

const scenario callback_scenarios[] = {
    {"call soon", call_soon, NULL, false},
    {"calls in turn", calls_in_turn, NULL, false},
    {"call later", call_later, NULL, false},
    {"calls and sleeps", calls_and_sleeps, NULL, false},
    {"calls cancelled", calls_cancelled, NULL, false},
    {"a call cancels another", call_cancels_call, NULL, false},
    {"a call cancels a task", call_cancels_task, NULL, false},
    {"a call spawns", call_spawns, NULL, false},
    {"on end", on_end, &ends, false},
    {"on end of a failed task", on_end, &fails, false},
    {"on end of a cancelled task", on_end_of_cancelled, &tidies, false},
    {"on end and joined", on_end_and_join, &ends, false},
    {0},
};
