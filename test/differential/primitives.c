/* SPDX-License-Identifier: MIT */
/* primitives.c - what locks, events and barriers do for several tasks. */
#include <stdint.h>

#include "members.h"

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

/* Holds it just long enough to say so. */
static int hold_briefly(void *argument)
{
    member *own = argument;

    must(duet_lock_acquire(own->object, DUET_NEVER));
    note("%d: holds", own->number);
    return duet_lock_release(own->object);
}

static int lock_asked_again(void *argument)
{
    member members[FIVE];
    duet_task *tasks[FIVE];
    duet_lock *lock;

    (void)argument;
    must(duet_lock_new(&lock));
    must(duet_lock_acquire(lock, DUET_NEVER));
    start_members(members, tasks, hold_briefly, lock, NULL);
    must(sleep_until(5));
    must(duet_lock_release(lock));
    must(duet_lock_acquire(lock, DUET_NEVER));
    note("main: holds");
    must(duet_lock_release(lock));
    finish_all(tasks);
    duet_lock_free(lock);
    return 0;
}

static int release_lock(void *lock)
{
    int status = duet_lock_release(lock);

    note("release: %s", status == DUET_EPERM ? "not yours" : word(status));
    return 0;
}

static int lock_released_by_another(void *argument)
{
    duet_lock *lock;

    (void)argument;
    must(duet_lock_new(&lock));
    must(duet_lock_acquire(lock, DUET_NEVER));
    finish(start(release_lock, lock));
    note("%s", duet_lock_is_held(lock) ? "held" : "free");
    must(duet_lock_release(lock));
    duet_lock_free(lock);
    return 0;
}

static int acquire_and_release(void *argument)
{
    member *own = argument;
    int status = duet_lock_acquire(own->object, DUET_NEVER);

    note("%d: %s", own->number, word(status));
    if (status == 0)
        must(duet_lock_release(own->object));
    return 0;
}

static int lock_next_is_cancelled(void *argument)
{
    member members[FIVE];
    duet_task *tasks[FIVE];
    duet_lock *lock;

    (void)argument;
    must(duet_lock_new(&lock));
    must(duet_lock_acquire(lock, DUET_NEVER));
    start_members(members, tasks, acquire_and_release, lock, NULL);
    must(sleep_until(5));
    duet_task_cancel(tasks[0]);
    must(duet_lock_release(lock));
    finish_all(tasks);
    note("%s", duet_lock_is_held(lock) ? "held" : "free");
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

static int take_slot(void *argument)
{
    member *own = argument;

    must(duet_semaphore_acquire(own->object, DUET_NEVER));
    note("%d: in", own->number);
    return 0;
}

static int semaphore_without_bound(void *argument)
{
    const duet_semaphore_options unbounded = {.unbounded = true};
    member members[FIVE];
    duet_task *tasks[FIVE];
    duet_semaphore *semaphore;

    (void)argument;
    must(duet_semaphore_new(0, &unbounded, &semaphore));
    start_members(members, tasks, take_slot, semaphore, NULL);
    must(sleep_until(5));
    for (int i = 0; i < 7; i++)
        must(duet_semaphore_release(semaphore));
    finish_all(tasks);
    note("slots: %zu", duet_semaphore_free_slots(semaphore));
    duet_semaphore_free(semaphore);
    return 0;
}

static int take_and_give_back(void *argument)
{
    member *own = argument;

    take_slot(own);
    return duet_semaphore_release(own->object);
}

static int semaphore_asked_again(void *argument)
{
    member members[FIVE];
    duet_task *tasks[FIVE];
    duet_semaphore *semaphore;

    (void)argument;
    must(duet_semaphore_new(1, NULL, &semaphore));
    must(duet_semaphore_acquire(semaphore, DUET_NEVER));
    start_members(members, tasks, take_and_give_back, semaphore, NULL);
    must(sleep_until(5));
    must(duet_semaphore_release(semaphore));
    must(duet_semaphore_acquire(semaphore, DUET_NEVER));
    note("main: in");
    must(duet_semaphore_release(semaphore));
    finish_all(tasks);
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

/* --- read-write lock ----------------------------------------------------- */

static int enter(member *own, bool writes)
{
    return writes ? duet_read_write_lock_write(own->object, DUET_NEVER)
                  : duet_read_write_lock_read(own->object, DUET_NEVER);
}

static int read_or_write(void *argument)
{
    member *own = argument;
    bool writes = own->number == 2 || own->number == 3;

    must(enter(own, writes));
    note("%d: %s", own->number, writes ? "writes" : "reads");
    must(sleep_for(10));
    must(duet_read_write_lock_release(own->object));
    note("%d: out", own->number);
    return 0;
}

static int readers_and_writers(void *argument)
{
    member members[FIVE];
    duet_task *tasks[FIVE];
    duet_read_write_lock *lock;

    (void)argument;
    must(duet_read_write_lock_new(&lock));
    start_members(members, tasks, read_or_write, lock, NULL);
    finish_all(tasks);
    duet_read_write_lock_free(lock);
    return 0;
}

static int write_as_second(void *argument)
{
    member *own = argument;
    int status = enter(own, own->number == 1);

    note("%d: %s", own->number, word(status));
    if (status == 0) {
        must(sleep_for(10));
        must(duet_read_write_lock_release(own->object));
    }
    return 0;
}

static int writer_gives_up(void *argument)
{
    member members[FIVE];
    duet_task *tasks[FIVE];
    duet_read_write_lock *lock;

    (void)argument;
    must(duet_read_write_lock_new(&lock));
    start_members(members, tasks, write_as_second, lock, NULL);
    must(sleep_until(5));
    duet_task_cancel(tasks[1]);
    finish_all(tasks);
    duet_read_write_lock_free(lock);
    return 0;
}

const scenario primitive_scenarios[] = {
    {"lock in line", lock_in_line, NULL, false},
    {"semaphore in line", semaphore_in_line, NULL, false},
    {"event set and cleared", event_set_and_cleared, NULL, false},
    {"condition in line", condition_in_line, NULL, false},
    {"barrier with a rest", barrier_with_rest, NULL, false},
    {"lock, asked again at once", lock_asked_again, NULL, false},
    {"lock released by another", lock_released_by_another, NULL, false},
    {"lock, the next in line is cancelled", lock_next_is_cancelled, NULL,
     false},
    {"semaphore without bound", semaphore_without_bound, NULL, false},
    {"semaphore, asked again at once", semaphore_asked_again, NULL, false},
    {"event, some give up", event_some_give_up, NULL, false},
    {"condition with a predicate", condition_with_predicate, NULL, false},
    {"condition without its lock", condition_without_lock, NULL, false},
    {"barrier again and again", barrier_again, NULL, false},
    {"readers and writers in line", readers_and_writers, NULL, false},
    {"a writer gives up between readers", writer_gives_up, NULL, false},
    {0},
};
