/* SPDX-License-Identifier: MIT */
/* condition.c - waits while a lock is released.
 *
 * Invariant: duet_condition_wait() returns with the lock held, unless it was
 * called without it. */
#include <duet/condition.h>

#include <stdlib.h>

#include "base/check.h"
#include "base/life.h"
#include "runtime/sync/lock.h"
#include "runtime/core/task.h"
#include "runtime/core/thread_check.h"

DUET__LIVES("condition")

struct duet_condition {
    DUET__USER
    DUET__LIFE
    duet_lock *lock;
    duet__list waiters;
};

int duet_condition_new(duet_lock *lock, duet_condition **out_condition)
{
    duet_condition *condition = malloc(sizeof *condition);

    *out_condition = condition;
    if (condition == NULL)
        return DUET_ENOMEM;
    *condition = (duet_condition){.lock = lock};
    duet__link_init(&condition->waiters);
    DUET__LIFE_BEGINS(condition);
    return 0;
}

void duet_condition_free(duet_condition *condition)
{
    if (condition == NULL)
        return;
    DUET__LIFE_ENDS(condition);
    DUET__CHECK(duet__list_is_empty(&condition->waiters),
                "a task waits for the condition");
    free(condition);
}

int duet_condition_wait(duet_condition *condition, duet_deadline deadline)
{
    duet__wait wait = {.what = "condition", .object = condition};
    int status;

    DUET__OWN_USE(condition);
    if (!duet__lock_is_mine(condition->lock))
        return duet__fail_plainly(DUET_EPERM);
    duet__list_push_back(&condition->waiters, &wait.link);
    duet_lock_release(condition->lock);
    status = duet__park(&wait, deadline);
    duet__lock_acquire_surely(condition->lock);
    /* A wait that failed delivers a request at once, and only once. */
    if (status != 0 && duet__cancel_take(&duet__task_current()->cancel))
        return DUET_ECANCELED;
    return status;
}

int duet_condition_wait_for(duet_condition *condition,
                            bool (*predicate)(void *argument), void *argument,
                            duet_deadline deadline)
{
    if (!duet__lock_is_mine(condition->lock))
        return duet__fail_plainly(DUET_EPERM);
    while (!predicate(argument)) {
        int status = duet_condition_wait(condition, deadline);

        if (status != 0)
            return status;
    }
    return 0;
}

int duet_condition_notify(duet_condition *condition, size_t count)
{
    DUET__OWN_USE(condition);
    if (!duet__lock_is_mine(condition->lock))
        return duet__fail_plainly(DUET_EPERM);
    while (count-- > 0 && duet__wake_first(&condition->waiters, 0))
        continue;
    return 0;
}
