/* SPDX-License-Identifier: MIT */
/* locks.c - what locks and semaphores do for several tasks. */
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

const scenario lock_scenarios[] = {
    {"lock in line", lock_in_line, NULL, false},
    {"semaphore in line", semaphore_in_line, NULL, false},
    {"lock, asked again at once", lock_asked_again, NULL, false},
    {"lock released by another", lock_released_by_another, NULL, false},
    {"lock, the next in line is cancelled", lock_next_is_cancelled, NULL,
     false},
    {"semaphore without bound", semaphore_without_bound, NULL, false},
    {"semaphore, asked again at once", semaphore_asked_again, NULL, false},
    {"readers and writers in line", readers_and_writers, NULL, false},
    {"a writer gives up between readers", writer_gives_up, NULL, false},
    {0},
};
