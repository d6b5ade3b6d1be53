/* SPDX-License-Identifier: MIT */
/* events.c - what events, conditions and barriers do for several tasks. */
#include <stdint.h>

#include "members.h"

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

static int wait_some_time(void *argument)
{
    member *own = argument;
    duet_deadline deadline = duet_in_ms(10 * (own->number + 1));

    note("%d: %s", own->number, word(duet_event_wait(own->object, deadline)));
    return 0;
}

static int event_some_give_up(void *argument)
{
    member members[FIVE];
    duet_task *tasks[FIVE];
    duet_event *event;

    (void)argument;
    must(duet_event_new(&event));
    start_members(members, tasks, wait_some_time, event, NULL);
    must(sleep_until(25));
    duet_task_cancel(tasks[4]);
    must(sleep_until(26));
    duet_event_set(event);
    finish_all(tasks);
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

static int level;

static bool is_above(void *number)
{
    return level > *(int *)number;
}

static int wait_until_above(void *argument)
{
    member *own = argument;

    must(duet_lock_acquire(own->object, DUET_NEVER));
    must(duet_condition_wait_for(own->other, is_above, &own->number,
                                 DUET_NEVER));
    note("%d: level %d", own->number, level);
    return duet_lock_release(own->object);
}

static int condition_with_predicate(void *argument)
{
    member members[FIVE];
    duet_task *tasks[FIVE];
    duet_condition *condition;
    duet_lock *lock;

    (void)argument;
    must(duet_lock_new(&lock));
    must(duet_condition_new(lock, &condition));
    start_members(members, tasks, wait_until_above, lock, condition);
    for (level = 0; level < 6;) {
        must(sleep_for(10));
        must(duet_lock_acquire(lock, DUET_NEVER));
        level += 2;
        must(duet_condition_notify(condition, SIZE_MAX));
        must(duet_lock_release(lock));
    }
    finish_all(tasks);
    duet_condition_free(condition);
    duet_lock_free(lock);
    return 0;
}

typedef struct late_waiter {
    duet_lock *lock;
    duet_condition *condition;
    duet_deadline deadline;
} late_waiter;

static int wait_and_lock(void *argument)
{
    late_waiter *own = argument;
    int status;

    must(duet_lock_acquire(own->lock, DUET_NEVER));
    status = duet_condition_wait(own->condition, own->deadline);
    note("wait: %s", word(status));
    must(duet_lock_release(own->lock));
    note("next: %s", word(sleep_for(1)));
    return 0;
}

/* The lock is held until 20 ms; in between the waiter stops waiting. */
static void stop_waiter(bool notifies, bool cancels, duet_deadline deadline)
{
    int64_t begin = duet_clock_ns();
    late_waiter own = {.deadline = deadline};
    duet_task *task;

    must(duet_lock_new(&own.lock));
    must(duet_condition_new(own.lock, &own.condition));
    task = start(wait_and_lock, &own);
    must(sleep_for(5));
    must(duet_lock_acquire(own.lock, DUET_NEVER));
    if (notifies)
        must(duet_condition_notify(own.condition, 1));
    must(duet_sleep(duet_at_ns(begin + 15000000)));
    if (cancels)
        duet_task_cancel(task);
    must(duet_sleep(duet_at_ns(begin + 20000000)));
    note("releases");
    must(duet_lock_release(own.lock));
    finish(task);
    duet_condition_free(own.condition);
    duet_lock_free(own.lock);
}

static int condition_stopped(void *argument)
{
    (void)argument;
    stop_waiter(true, false, DUET_NEVER);
    stop_waiter(false, true, DUET_NEVER);
    stop_waiter(false, false, duet_in_ms(10));
    stop_waiter(false, true, duet_in_ms(10));
    return 0;
}

static int condition_notified_and_cancelled(void *argument)
{
    (void)argument;
    stop_waiter(true, true, DUET_NEVER);
    return 0;
}

static const char *not_held(int status)
{
    return status == DUET_EPERM ? "not held" : word(status);
}

static int condition_without_lock(void *argument)
{
    duet_condition *condition;
    duet_lock *lock;

    (void)argument;
    must(duet_lock_new(&lock));
    must(duet_condition_new(lock, &condition));
    note("wait: %s", not_held(duet_condition_wait(condition, DUET_NEVER)));
    note("notify: %s", not_held(duet_condition_notify(condition, 1)));
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

static int come_once(void *argument)
{
    member *own = argument;

    note("%d: %s", own->number,
         word(duet_barrier_wait(own->object, NULL, DUET_NEVER)));
    return 0;
}

static int barrier_again(void *argument)
{
    member members[FIVE];
    duet_task *tasks[FIVE];
    duet_barrier *barrier;

    (void)argument;
    must(duet_barrier_new(2, &barrier));
    for (int i = 0; i < 2; i++) {
        start_members(members, tasks, come_once, barrier, NULL);
        must(sleep_for(5));
        note("waiting: %zu", duet_barrier_waiting(barrier));
        duet_task_cancel(tasks[4]);
        finish_all(tasks);
        note("waiting: %zu", duet_barrier_waiting(barrier));
    }
    duet_barrier_free(barrier);
    return 0;
}

const scenario event_scenarios[] = {
    {"event set and cleared", event_set_and_cleared, NULL, false},
    {"condition in line", condition_in_line, NULL, false},
    {"barrier with a rest", barrier_with_rest, NULL, false},
    {"event, some give up", event_some_give_up, NULL, false},
    {"condition with a predicate", condition_with_predicate, NULL, false},
    {"condition, its lock held meanwhile", condition_stopped, NULL, false},
    {"condition notified, then cancelled", condition_notified_and_cancelled,
     NULL, false},
    {"condition without its lock", condition_without_lock, NULL, false},
    {"barrier again and again", barrier_again, NULL, false},
    {0},
};
