/* SPDX-License-Identifier: MIT */
/* queues.c - what queues do for several tasks. */
#include <stdint.h>

#include "members.h"

/* --- queues -------------------------------------------------------------- */

static int values[] = {30, 10, 20, 11, 12, 13};

static int compare_values(const void *first, const void *second)
{
    return *(const int *)first - *(const int *)second;
}

static int queue_order(void *argument)
{
    const duet_queue_options options = {
        .order = (duet_queue_order)(intptr_t)argument,
        .compare = compare_values,
        .capacity = 3};
    duet_queue *queue;
    void *got;

    must(duet_queue_new(&options, &queue));
    for (int i = 0; i < 3; i++)
        must(duet_queue_put_now(queue, &values[i]));
    note("put: %s", word(duet_queue_put_now(queue, &values[0])));
    for (int i = 0; i < 3; i++) {
        must(duet_queue_get_now(queue, &got));
        note("got %d", *(int *)got);
    }
    note("get: %s", word(duet_queue_get_now(queue, &got)));
    duet_queue_free(queue);
    return 0;
}

static int get_one(void *argument)
{
    member *own = argument;
    void *got = NULL;
    int status = duet_queue_get(own->object, &got, DUET_NEVER);

    if (status == 0)
        note("%d: got %d", own->number, *(int *)got);
    else
        note("%d: %s", own->number, word(status));
    return 0;
}

static int getters_in_line(void *argument)
{
    member members[FIVE];
    duet_task *tasks[FIVE];
    duet_queue *queue;

    (void)argument;
    must(duet_queue_new(NULL, &queue));
    start_members(members, tasks, get_one, queue, NULL);
    must(sleep_until(5));
    duet_task_cancel(tasks[1]);
    must(sleep_until(6));
    for (int i = 0; i < 4; i++)
        must(duet_queue_put_now(queue, &values[i]));
    finish_all(tasks);
    note("left: %zu", duet_queue_count(queue));
    duet_queue_free(queue);
    return 0;
}

static int put_one(void *argument)
{
    member *own = argument;
    int status = duet_queue_put(own->object, &values[own->number], DUET_NEVER);

    note("%d: %s", own->number, word(status));
    return 0;
}

static int putters_in_line(void *argument)
{
    const duet_queue_options one = {.capacity = 1};
    member members[FIVE];
    duet_task *tasks[FIVE];
    duet_queue *queue;
    void *got;

    (void)argument;
    must(duet_queue_new(&one, &queue));
    start_members(members, tasks, put_one, queue, NULL);
    must(sleep_until(5));
    duet_task_cancel(tasks[2]);
    for (int i = 0; i < 4; i++) {
        must(sleep_for(2));
        must(duet_queue_get_now(queue, &got));
        note("got %d", *(int *)got);
    }
    finish_all(tasks);
    duet_queue_free(queue);
    return 0;
}

static int use_items(void *queue)
{
    void *got;

    while (duet_queue_get(queue, &got, DUET_NEVER) == 0) {
        must(sleep_for(3));
        note("used %d", *(int *)got);
        must(duet_queue_task_done(queue));
    }
    return 0;
}

static int queue_joined(void *argument)
{
    duet_queue *queue;
    duet_task *user;

    (void)argument;
    must(duet_queue_new(NULL, &queue));
    note("empty: %s", word(duet_queue_join(queue, DUET_NEVER)));
    for (int i = 0; i < 3; i++)
        must(duet_queue_put_now(queue, &values[i]));
    user = start(use_items, queue);
    note("joined: %s", word(duet_queue_join(queue, DUET_NEVER)));
    note("done: %s", word(duet_queue_task_done(queue)));
    duet_task_cancel(user);
    finish(user);
    duet_queue_free(queue);
    return 0;
}

static int join_queue(void *argument)
{
    member *own = argument;

    note("%d: %s", own->number, word(duet_queue_join(own->object, DUET_NEVER)));
    return 0;
}

static int queue_joined_by_several(void *argument)
{
    member members[FIVE];
    duet_task *tasks[FIVE];
    duet_queue *queue;
    void *got;

    (void)argument;
    must(duet_queue_new(NULL, &queue));
    must(duet_queue_put_now(queue, &values[0]));
    start_members(members, tasks, join_queue, queue, NULL);
    must(sleep_until(5));
    duet_task_cancel(tasks[2]);
    must(duet_queue_get_now(queue, &got));
    must(duet_queue_task_done(queue));
    finish_all(tasks);
    duet_queue_free(queue);
    return 0;
}

static void note_got(duet_queue *queue)
{
    void *got;

    must(duet_queue_get_now(queue, &got));
    note("got %d", *(int *)got);
}

static int priority_with_putters(void *argument)
{
    const duet_queue_options options = {
        .order = DUET_QUEUE_PRIORITY, .compare = compare_values, .capacity = 2};
    member members[FIVE];
    duet_task *tasks[FIVE];
    duet_queue *queue;

    (void)argument;
    must(duet_queue_new(&options, &queue));
    start_members(members, tasks, put_one, queue, NULL);
    for (int i = 0; i < FIVE; i++) {
        must(sleep_for(5));
        note_got(queue);
    }
    finish_all(tasks);
    duet_queue_free(queue);
    return 0;
}

/* --- overtaking ---------------------------------------------------------- */

static int one = 1, two = 2, three = 3;

static int put_two(void *queue)
{
    note("putter: %s", word(duet_queue_put(queue, &two, DUET_NEVER)));
    return 0;
}

static int putter_is_overtaken(void *argument)
{
    const duet_queue_options options = {.capacity = 1};
    duet_queue *queue;
    duet_task *putter;

    (void)argument;
    must(duet_queue_new(&options, &queue));
    must(duet_queue_put_now(queue, &one));
    putter = start(put_two, queue);
    must(sleep_until(5));
    note_got(queue);
    note("put: %s", word(duet_queue_put_now(queue, &three)));
    must(sleep_until(10));
    note_got(queue);
    finish(putter);
    duet_queue_free(queue);
    return 0;
}

static int get_it(void *queue)
{
    void *got;

    must(duet_queue_get(queue, &got, DUET_NEVER));
    note("getter: got %d", *(int *)got);
    return 0;
}

static int getter_is_overtaken(void *argument)
{
    duet_queue *queue;
    duet_task *getter;
    void *got;

    (void)argument;
    must(duet_queue_new(NULL, &queue));
    getter = start(get_it, queue);
    must(sleep_until(5));
    must(duet_queue_put_now(queue, &one));
    if (duet_queue_get_now(queue, &got) == 0)
        note("got %d", *(int *)got);
    else
        note("get: empty");
    must(sleep_until(10));
    must(duet_queue_put_now(queue, &two));
    finish(getter);
    while (duet_queue_get_now(queue, &got) == 0)
        continue;
    duet_queue_free(queue);
    return 0;
}

/* --- shutting down ------------------------------------------------------- */

static int put_and_say(void *argument)
{
    member *own = argument;

    note("put %d: %s", own->number,
         word(duet_queue_put(own->object, &values[own->number], DUET_NEVER)));
    return 0;
}

static int join_and_say(void *queue)
{
    note("join: %s", word(duet_queue_join(queue, DUET_NEVER)));
    return 0;
}

static int queue_shut(void *immediately)
{
    const duet_queue_options options = {.capacity = 2};
    member members[FIVE];
    duet_task *tasks[FIVE], *joiner;
    duet_queue *queue;
    void *got;

    must(duet_queue_new(&options, &queue));
    start_members(members, tasks, put_and_say, queue, NULL);
    joiner = start(join_and_say, queue);
    must(sleep_until(5));
    duet_queue_shutdown(queue, immediately != NULL);
    must(sleep_until(10));
    note("put: %s", word(duet_queue_put(queue, &one, DUET_NEVER)));
    for (int i = 0; i < 3; i++)
        note("get: %s", word(duet_queue_get(queue, &got, DUET_NEVER)));
    note("left: %zu", duet_queue_count(queue));
    for (int i = 0; i < 2 && immediately == NULL; i++)
        must(duet_queue_task_done(queue));
    finish_all(tasks);
    finish(joiner);
    duet_queue_free(queue);
    return 0;
}

static int get_and_say(void *argument)
{
    member *own = argument;
    void *got;

    note("%d: %s", own->number,
         word(duet_queue_get(own->object, &got, DUET_NEVER)));
    return 0;
}

static int getters_of_shut_down(void *argument)
{
    member members[FIVE];
    duet_task *tasks[FIVE];
    duet_queue *queue;

    (void)argument;
    must(duet_queue_new(NULL, &queue));
    start_members(members, tasks, get_and_say, queue, NULL);
    must(sleep_until(5));
    must(duet_queue_put_now(queue, &one));
    duet_queue_shutdown(queue, false);
    finish_all(tasks);
    duet_queue_free(queue);
    return 0;
}

const scenario queue_scenarios[] = {
    {"queue, first in", queue_order, (void *)DUET_QUEUE_FIRST_IN, false},
    {"queue, last in", queue_order, (void *)DUET_QUEUE_LAST_IN, false},
    {"queue, priority", queue_order, (void *)DUET_QUEUE_PRIORITY, false},
    {"getters in line", getters_in_line, NULL, false},
    {"putters in line", putters_in_line, NULL, false},
    {"queue joined", queue_joined, NULL, false},
    {"queue joined by several", queue_joined_by_several, NULL, false},
    {"queue, priority with putters in line", priority_with_putters, NULL,
     false},
    {"queue, a putter is overtaken", putter_is_overtaken, NULL, false},
    {"queue, a getter is overtaken", getter_is_overtaken, NULL, false},
    {"queue shut down", queue_shut, NULL, false},
    {"queue shut down immediately", queue_shut, "", false},
    {"getters of a queue that is shut down", getters_of_shut_down, NULL, false},
    {0},
};
