/* SPDX-License-Identifier: MIT */
/* primitives.c - what locks, events and queues do for several tasks at once. */
#include <stdint.h>

#include "scenario.h"

enum { FIVE = 5 };

/* A task with a number, and what it uses. */
typedef struct member {
    int number;
    void *object;
    void *other;
} member;

static void start_members(member members[FIVE], duet_task *tasks[FIVE],
                          duet_task_function *function, void *object,
                          void *other)
{
    for (int i = 0; i < FIVE; i++) {
        members[i] = (member){i, object, other};
        tasks[i] = start(function, &members[i]);
    }
}

static void finish_all(duet_task *tasks[FIVE])
{
    for (int i = 0; i < FIVE; i++)
        finish(tasks[i]);
}

/* --- lock ---------------------------------------------------------------- */

static int hold_lock(void *argument)
{
    member *own = argument;
    int status = duet_lock_acquire(own->object, DUET_NEVER);

    note("%d: %s", own->number, word(status));
    if (status == 0) {
        must(sleep_for(2));
        must(duet_lock_release(own->object));
        note("%d: released", own->number);
    }
    return 0;
}

static int lock_in_line(void *argument)
{
    member members[FIVE];
    duet_task *tasks[FIVE];
    duet_lock *lock;

    (void)argument;
    must(duet_lock_new(&lock));
    start_members(members, tasks, hold_lock, lock, NULL);
    must(sleep_until(3));
    duet_task_cancel(tasks[2]);
    duet_task_cancel(tasks[4]);
    finish_all(tasks);
    note("%s", duet_lock_is_held(lock) ? "held" : "free");
    note("release: %s", word(duet_lock_release(lock)));
    duet_lock_free(lock);
    return 0;
}

/* --- semaphore ----------------------------------------------------------- */

/* Gives its slot back and wants it again at once: the others are first. */
static int take_twice(void *argument)
{
    member *own = argument;

    for (int i = 0; i < 2; i++) {
        must(duet_semaphore_acquire(own->object, DUET_NEVER));
        note("%d: in", own->number);
        must(sleep_for(2));
        must(duet_semaphore_release(own->object));
    }
    return 0;
}

static int semaphore_in_line(void *argument)
{
    member members[FIVE];
    duet_task *tasks[FIVE];
    duet_semaphore *semaphore;

    (void)argument;
    must(duet_semaphore_new(2, NULL, &semaphore));
    start_members(members, tasks, take_twice, semaphore, NULL);
    finish_all(tasks);
    note("slots: %zu", duet_semaphore_free_slots(semaphore));
    note("release: %s", word(duet_semaphore_release(semaphore)));
    duet_semaphore_free(semaphore);
    return 0;
}

/* --- event --------------------------------------------------------------- */

static int wait_for_event(void *argument)
{
    member *own = argument;

    note("%d: %s", own->number, word(duet_event_wait(own->object, DUET_NEVER)));
    return 0;
}

static int event_set_and_cleared(void *argument)
{
    member members[FIVE];
    duet_task *tasks[FIVE];
    duet_event *event;

    (void)argument;
    must(duet_event_new(&event));
    start_members(members, tasks, wait_for_event, event, NULL);
    must(sleep_until(5));
    duet_event_set(event);
    duet_event_clear(event);
    finish_all(tasks);
    note("%s", duet_event_is_set(event) ? "set" : "clear");
    duet_event_set(event);
    note("at once: %s", word(duet_event_wait(event, DUET_NEVER)));
    duet_event_free(event);
    return 0;
}

/* --- condition ----------------------------------------------------------- */

static int wait_for_condition(void *argument)
{
    member *own = argument;

    must(duet_lock_acquire(own->object, DUET_NEVER));
    note("%d: %s", own->number,
         word(duet_condition_wait(own->other, DUET_NEVER)));
    must(sleep_for(1));
    must(duet_lock_release(own->object));
    return 0;
}

static void notify(duet_lock *lock, duet_condition *condition, size_t count)
{
    must(duet_lock_acquire(lock, DUET_NEVER));
    must(duet_condition_notify(condition, count));
    note("notified");
    must(duet_lock_release(lock));
}

static int condition_in_line(void *argument)
{
    member members[FIVE];
    duet_task *tasks[FIVE];
    duet_condition *condition;
    duet_lock *lock;

    (void)argument;
    must(duet_lock_new(&lock));
    must(duet_condition_new(lock, &condition));
    start_members(members, tasks, wait_for_condition, lock, condition);
    must(sleep_until(10));
    notify(lock, condition, 1);
    must(sleep_until(20));
    notify(lock, condition, 2);
    must(sleep_until(30));
    duet_task_cancel(tasks[3]);
    must(sleep_until(40));
    notify(lock, condition, SIZE_MAX);
    finish_all(tasks);
    duet_condition_free(condition);
    duet_lock_free(lock);
    return 0;
}

/* --- barrier ------------------------------------------------------------- */

static int come_to_barrier(void *argument)
{
    member *own = argument;
    size_t index = 0;
    int status;

    must(sleep_for(1 + own->number));
    status = duet_barrier_wait(own->object, &index, DUET_NEVER);
    if (status == 0)
        note("%d: index %zu", own->number, index);
    else
        note("%d: %s", own->number, word(status));
    return 0;
}

static int barrier_with_rest(void *argument)
{
    member members[FIVE];
    duet_task *tasks[FIVE];
    duet_barrier *barrier;

    (void)argument;
    must(duet_barrier_new(3, &barrier));
    start_members(members, tasks, come_to_barrier, barrier, NULL);
    must(sleep_until(10));
    note("waiting: %zu", duet_barrier_waiting(barrier));
    duet_barrier_reset(barrier);
    finish_all(tasks);
    note("broken: %d", duet_barrier_is_broken(barrier));
    start_members(members, tasks, come_to_barrier, barrier, NULL);
    must(sleep_until(20));
    duet_barrier_abort(barrier);
    finish_all(tasks);
    note("broken: %d", duet_barrier_is_broken(barrier));
    note("late: %s", word(duet_barrier_wait(barrier, NULL, DUET_NEVER)));
    duet_barrier_free(barrier);
    return 0;
}

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

/* --- future -------------------------------------------------------------- */

static int wait_for_future(void *argument)
{
    member *own = argument;
    void *value = NULL;
    int status = duet_future_wait(own->object, &value, DUET_NEVER);

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
        note("set: %s", word(duet_future_set(future, &values[0])));
    else
        note("fail: %s", word(duet_future_fail(future, code)));
    note("again: %s", word(duet_future_set(future, &values[0])));
    finish_all(tasks);
    note("late: %s", word(duet_future_wait(future, NULL, DUET_NEVER)));
    must(duet_future_add_callback(future, on_settled, "late"));
    note("added");
    must(sleep_for(1));
    duet_future_free(future);
    return 0;
}

const scenario primitive_scenarios[] = {
    {"lock in line", lock_in_line, NULL},
    {"semaphore in line", semaphore_in_line, NULL},
    {"event set and cleared", event_set_and_cleared, NULL},
    {"condition in line", condition_in_line, NULL},
    {"barrier with a rest", barrier_with_rest, NULL},
    {"queue, first in", queue_order, (void *)DUET_QUEUE_FIRST_IN},
    {"queue, last in", queue_order, (void *)DUET_QUEUE_LAST_IN},
    {"queue, priority", queue_order, (void *)DUET_QUEUE_PRIORITY},
    {"getters in line", getters_in_line, NULL},
    {"putters in line", putters_in_line, NULL},
    {"queue joined", queue_joined, NULL},
    {"future set", future_settled, (void *)0},
    {"future failed", future_settled, (void *)DUET_EIO},
    {NULL, NULL, NULL},
};
