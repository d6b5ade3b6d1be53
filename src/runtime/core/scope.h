/* SPDX-License-Identifier: MIT */
/* scope.h - ownership of tasks.
 *
 * Every task is in one scope: that of the task that spawned it, of a group, or
 * the loop's background. Invariant: `running` tasks have not ended; `ended`
 * tasks have, and their handle was not released yet. */
#ifndef DUET_RUNTIME_CORE_SCOPE_H
#define DUET_RUNTIME_CORE_SCOPE_H

#include <duet/task.h>

#include "base/list.h"
#include "runtime/core/wait.h"

typedef struct duet__scope duet__scope;

struct duet__scope {
    duet__list running; /* of duet_task, by scope_link */
    duet__list ended;
    duet__wait *closer; /* the task that waits for `running` to be empty */
    duet_task *owner;   /* ends only after its tasks; NULL: none */
    /* For messages: the option that gives its tasks larger stacks; a constant.
     * NULL: that of duet_spawn(). */
    const char *stack_option;
    /* Called for each task that ends; may be NULL. */
    void (*task_ended)(duet__scope *scope, duet_task *task);
};

/* An empty scope.
 *
 *   owner  the task that will not end before the scope is empty; NULL: none */
void duet__scope_init(duet__scope *scope, duet_task *owner);

/* A task has left `scope->running`: wakes the closer if it was the last. */
void duet__scope_left(duet__scope *scope);

/* Cancels every running task once. */
void duet__scope_cancel(duet__scope *scope);

/* Waits until no task of the scope runs; suspends if one does. Cancelling the
 * caller does not end the wait: it cancels the tasks.
 *
 * Returns 0, or
 *   DUET_ECANCELED  the caller was cancelled meanwhile, or right before, which
 *                   this delivers; no task runs any more */
int duet__scope_wait(duet__scope *scope);

/* duet__scope_wait() at the end of an operation with the result `status`. If
 * the caller was cancelled, returns DUET_ECANCELED; but a failure other than
 * DUET_ETIMEDOUT is returned first, and the caller's next wait delivers the
 * request.
 *
 * Returns `status` or DUET_ECANCELED. */
int duet__scope_end(duet__scope *scope, int status);

#endif
