/* SPDX-License-Identifier: MIT */
/* read_write_lock.c - many readers or one writer, in order.
 *
 * Invariant: the first waiter in the queue cannot acquire the lock. So each
 * release, and each waiter that gives up, admits those at the front that
 * can. */
#include <duet/read_write_lock.h>

#include <stdlib.h>

#include "base/check.h"
#include "base/life.h"
#include "runtime/core/task.h"
#include "runtime/core/thread_check.h"

DUET__LIVES("read-write lock")

struct duet_read_write_lock {
    DUET__USER
    DUET__LIFE
    size_t readers;    /* that hold the lock */
    duet_task *writer; /* that holds the lock; NULL: none */
    duet__list line;   /* of visitor, by wait.link */
};

typedef struct visitor {
    duet__wait wait;
    bool writes;
} visitor;

int duet_read_write_lock_new(duet_read_write_lock **out_lock)
{
    duet_read_write_lock *lock = malloc(sizeof *lock);

    *out_lock = lock;
    if (lock == NULL)
        return DUET_ENOMEM;
    *lock = (duet_read_write_lock){0};
    duet__link_init(&lock->line);
    DUET__LIFE_BEGINS(lock);
    return 0;
}

void duet_read_write_lock_free(duet_read_write_lock *lock)
{
    if (lock == NULL)
        return;
    DUET__LIFE_ENDS(lock);
    DUET__CHECK(lock->readers == 0 && lock->writer == NULL, "the lock is held");
    free(lock);
}

/* Gives `task` the lock if possible; false if not. */
static bool let_in(duet_read_write_lock *lock, duet_task *task, bool writes)
{
    if (lock->writer != NULL || (writes && lock->readers > 0))
        return false;
    if (writes)
        lock->writer = task;
    else
        lock->readers++;
    return true;
}

static void let_in_from_the_front(duet_read_write_lock *lock)
{
    while (!duet__list_is_empty(&lock->line)) {
        visitor *first = DUET__MEMBER(lock->line.next, visitor, wait.link);

        if (!let_in(lock, first->wait.task, first->writes))
            break;
        duet__wake(&first->wait, 0);
    }
}

/* A writer that gives up may have blocked readers after it. */
static void leave(duet__wait *wait)
{
    duet__list_remove(&wait->link);
    let_in_from_the_front(wait->object);
}

static int get_in(duet_read_write_lock *lock, bool writes,
                  duet_deadline deadline)
{
    duet_task *task = duet__task_current();
    visitor own = {.wait = {.what = writes ? "write lock" : "read lock",
                            .object = lock,
                            .leave = leave},
                   .writes = writes};

    DUET__OWN_USE(lock);
    if (task == NULL)
        return DUET_ENOLOOP;
    if (lock->writer == task)
        return duet__fail_plainly(DUET_EDEADLK);
    if (duet__list_is_empty(&lock->line) && let_in(lock, task, writes))
        return 0;
    duet__list_push_back(&lock->line, &own.wait.link);
    return duet__park(&own.wait, deadline);
}

int duet_read_write_lock_read(duet_read_write_lock *lock,
                              duet_deadline deadline)
{
    return get_in(lock, false, deadline);
}

int duet_read_write_lock_write(duet_read_write_lock *lock,
                               duet_deadline deadline)
{
    return get_in(lock, true, deadline);
}

int duet_read_write_lock_release(duet_read_write_lock *lock)
{
    DUET__OWN_USE(lock);
    if (lock->writer != NULL) {
        if (lock->writer != duet__task_current())
            return duet__fail_plainly(DUET_EPERM);
        lock->writer = NULL;
    } else if (lock->readers > 0) {
        lock->readers--;
    } else {
        return duet__fail_plainly(DUET_ESTATE);
    }
    let_in_from_the_front(lock);
    return 0;
}
