/* SPDX-License-Identifier: MIT */
/* gate.h - a condition variable for tasks and plain threads together.
 *
 * It belongs to state that a mutex guards, and is used like any condition
 * variable: whoever finds the state wanting waits, in a loop; whoever changes
 * it wakes. A task that waits lets its loop go on; a thread blocks.
 *
 * Invariant: a wake-up goes to somebody who still waits. Who gave up after it
 * was sent passes it on to the next. */
#ifndef DUET_PARALLEL_GATE_GATE_H
#define DUET_PARALLEL_GATE_GATE_H

#include <pthread.h>
#include <stdbool.h>

#include <duet/time.h>

#include "base/list.h"
#include "runtime/core/wait.h"

typedef struct duet__gate {
    duet__list waiters;
    /* Wake who came last: so that the others can be found to be idle. */
    bool newest_first;
    /* What tasks wait for here, for virtual time. */
    duet__outside outside;
} duet__gate;

/*   outside  DUET__FOR_WORK if the wake-up comes from a thread, and by itself;
 *            DUET__FOR_PEER if it may never come */
void duet__gate_init(duet__gate *gate, duet__outside outside);

/* Waits to be woken.
 *
 *   mutex  held by the caller; released while waiting, held again on return
 *   what   for people: what the task waits for; a constant
 *
 * Returns 0, or
 *   DUET_ETIMEDOUT  the deadline passed
 *   DUET_ECANCELED  the calling task was cancelled
 *   DUET_ENOMEM     no memory for the timer
 *   DUET_ENOLOOP    called outside tasks in a thread that runs a loop, which
 *                   would stop */
int duet__gate_wait(duet__gate *gate, pthread_mutex_t *mutex, const char *what,
                    duet_deadline deadline);

/* Wakes one, or all; the mutex is held. False if nobody waits. */
bool duet__gate_wake_one(duet__gate *gate);
void duet__gate_wake_all(duet__gate *gate);

#endif
