/* SPDX-License-Identifier: MIT */
/* gate.h - a condition variable for tasks and plain threads together.
 *
 * It belongs to state that a mutex guards, and is used like any condition
 * variable: a waiter checks the state and waits in a loop; the one that changes
 * the state wakes waiters. Waiting suspends a task and blocks a plain thread.
 *
 * Invariant: no wake-up is lost: a waiter that gives up after being woken
 * passes the wake-up on to the next. */
#ifndef DUET_PARALLEL_GATE_GATE_H
#define DUET_PARALLEL_GATE_GATE_H

#include <pthread.h>
#include <stdbool.h>

#include <duet/time.h>

#include "base/list.h"
#include "runtime/core/wait.h"

typedef struct duet__gate {
    duet__list waiters;
    /* Wake the newest waiter first, so that the others stay idle long enough to
     * be ended. */
    bool newest_first;
    /* The kind of event that tasks wait for here, for virtual time. */
    duet__outside outside;
} duet__gate;

/*   outside DUET__FOR_WORK if a thread is certain to send the wake-up;
 *            DUET__FOR_PEER if it may never come */
void duet__gate_init(duet__gate *gate, duet__outside outside);

/* Waits to be woken.
 *
 *   mutex  held by the caller; released while waiting, held again on return
 *   what   what the task waits for, for messages; a constant
 *
 * Returns 0, or
 *   DUET_ETIMEDOUT  the deadline passed
 *   DUET_ECANCELED  the calling task was cancelled
 *   DUET_ENOMEM     no memory for the timer
 *   DUET_ENOLOOP    called outside tasks in a thread that runs a loop, which
 *                   would be blocked */
int duet__gate_wait(duet__gate *gate, pthread_mutex_t *mutex, const char *what,
                    duet_deadline deadline);

/* Wakes one waiter, or all; the caller holds the mutex. Returns false if there
 * is no waiter. */
bool duet__gate_wake_one(duet__gate *gate);
void duet__gate_wake_all(duet__gate *gate);

#endif
