/* SPDX-License-Identifier: MIT */
/* lock.c - locks that are handed over.
 *
 * Invariant: if a task waits, a task holds the lock; releasing makes the first
 * waiter the holder before it runs. */
#include "runtime/sync/lock.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/life.h"
#include "runtime/core/task.h"
#include "runtime/core/thread_check.h"

DUET__LIVES("lock")

struct duet_lock {
    DUET__USER
    DUET__LIFE
    duet_task *holder; /* NULL: free */
    duet__list waiters;
};

int duet_lock_new(duet_lock **out_lock)
{
    duet_lock *lock = malloc(sizeof *lock);

    *out_lock = lock;
    if (lock == NULL)
        return DUET_ENOMEM;
    *lock = (duet_lock){0};
    duet__link_init(&lock->waiters);
    DUET__LIFE_BEGINS(lock);
    return 0;
}

void duet_lock_free(duet_lock *lock)
{
    if (lock == NULL)
        return;
    DUET__LIFE_ENDS(lock);
    DUET__CHECK(lock->holder == NULL, "the lock is held");
    free(lock);
}

int duet_lock_acquire(duet_lock *lock, duet_deadline deadline)
{
    duet_task *task = duet__task_current();
    duet__wait wait = {.what = "lock", .object = lock};

    DUET__OWN_USE(lock);
    if (task == NULL)
        return DUET_ENOLOOP;
    if (lock->holder == NULL) {
        lock->holder = task;
        return 0;
    }
    if (lock->holder == task)
        return duet__fail_plainly(DUET_EDEADLK);
    duet__list_push_back(&lock->waiters, &wait.link);
    return duet__park(&wait, deadline);
}

int duet_lock_release(duet_lock *lock)
{
    DUET__OWN_USE(lock);
    if (lock->holder == NULL)
        return duet__fail_plainly(DUET_ESTATE);
    if (lock->holder != duet__task_current())
        return duet__fail_plainly(DUET_EPERM);
    if (duet__list_is_empty(&lock->waiters)) {
        lock->holder = NULL;
        return 0;
    }
    lock->holder = DUET__MEMBER(lock->waiters.next, duet__wait, link)->task;
    duet__wake_first(&lock->waiters, 0);
    return 0;
}

bool duet_lock_is_held(const duet_lock *lock)
{
    DUET__OWN_USE(lock);
    return lock->holder != NULL;
}

bool duet__lock_is_mine(const duet_lock *lock)
{
    return lock->holder != NULL && lock->holder == duet__task_current();
}

void duet__lock_acquire_surely(duet_lock *lock)
{
    duet__wait wait = {.what = "lock", .object = lock};

    DUET__OWN_USE(lock);
    if (lock->holder == NULL) {
        lock->holder = duet__task_current();
        return;
    }
    duet__list_push_back(&lock->waiters, &wait.link);
    duet__hold_cancel();
    duet__park(&wait, DUET_NEVER);
    duet__release_cancel();
}
