/* SPDX-License-Identifier: MIT */
/* local_values.c - values that go along with a task. */
#include "scenario.h"

static char key;
static char other_key;

static void say(const char *who)
{
    const char *value = duet_task_local_get(&key);
    const char *other = duet_task_local_get(&other_key);

    note("%s: %s, %s", who, value != NULL ? value : "none",
         other != NULL ? other : "none");
}

static int child(void *argument)
{
    (void)argument;
    say("child");
    must(duet_task_local_set(&key, "child's"));
    must(sleep_for(10));
    say("child");
    return 0;
}

static int inherited(void *argument)
{
    duet_task *task;

    (void)argument;
    say("main");
    must(duet_task_local_set(&key, "main's"));
    task = start(child, NULL);
    must(duet_task_local_set(&key, "changed"));
    must(duet_task_local_set(&other_key, "late"));
    must(sleep_until(5));
    say("main");
    finish(task);
    say("main");
    return 0;
}

static int taken_away(void *argument)
{
    (void)argument;
    must(duet_task_local_set(&key, "main's"));
    must(duet_task_local_set(&key, NULL));
    say("main");
    finish(start(child, NULL));
    return 0;
}

static int grandchild(void *argument)
{
    say(argument);
    return 0;
}

static int parent(void *argument)
{
    (void)argument;
    must(duet_task_local_set(&other_key, "parent's"));
    return finish(start(grandchild, "grandchild"));
}

static int by_every_way(void *argument)
{
    duet_call calls[] = {{.function = grandchild, .argument = "gathered"},
                         {.function = parent}};
    duet_group *group;

    (void)argument;
    must(duet_task_local_set(&key, "main's"));
    must(duet_gather(calls, 2, NULL, DUET_NEVER));
    must(duet_group_open(&group));
    must(duet_group_spawn(group, grandchild, "member", NULL, NULL));
    must(duet_group_close(group, 0));
    must(duet_wait_for(grandchild, "waited for", NULL, NULL, DUET_NEVER));
    say("main");
    return 0;
}

static void called(void *who)
{
    say(who);
}

static void ended(int result, void *who)
{
    (void)result;
    say(who);
}

static int in_callbacks(void *argument)
{
    duet_task *task;

    (void)argument;
    must(duet_task_local_set(&key, "main's"));
    must(duet_call_soon(called, "soon"));
    must(duet_call_at(duet_in_ms(10), called, "later", NULL));
    task = start(grandchild, "task");
    must(duet_task_on_end(task, ended, "on end"));
    must(duet_task_local_set(&key, "changed"));
    must(sleep_until(20));
    return 0;
}

static int see(void *argument)
{
    const char **seen = argument;

    *seen = duet_task_local_get(&key);
    return 0;
}

static int in_thread(void *argument)
{
    const char *seen = "nothing";

    (void)argument;
    must(duet_task_local_set(&key, "main's"));
    must(duet_to_thread(see, &seen, NULL, DUET_NEVER));
    note("thread: %s", seen != NULL ? seen : "none");
    return 0;
}

const scenario local_scenarios[] = {
    {"values inherited", inherited, NULL, false},
    {"values taken away", taken_away, NULL, false},
    {"values by every way", by_every_way, NULL, false},
    {"values in callbacks", in_callbacks, NULL, false},
    {"values in a thread", in_thread, NULL, false},
    {0},
};
