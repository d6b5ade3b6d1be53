/* SPDX-License-Identifier: MIT */
/* wait.h - how a task waits: the one primitive under every suspending call.
 *
 * The shape of a suspending call is always the same: fast path; a duet__wait on
 * the caller's stack, put into the queue of the object; duet__park(); map the
 * status. The provider of what the task waits for calls duet__wake().
 *
 * Invariant: a wait leaves its object's queue when its result is decided
 * (woken, timed out, cancelled), not when the task runs again. So an object
 * never gives anything to a task that has already given up, and nothing is
 * lost. */
#ifndef DUET_RUNTIME_CORE_WAIT_H
#define DUET_RUNTIME_CORE_WAIT_H

#include <duet/error.h>
#include <duet/task.h>

#include "base/list.h"
#include "runtime/core/timer.h"

typedef struct duet__wait duet__wait;

/* Where the event that a task waits for comes from. Virtual time does not jump
 * past an event that is on its way; see virtual_time.h. */
typedef enum duet__outside {
    DUET__FOR_TASKS, /* from tasks and timers of the loop */
    DUET__FOR_PEER,  /* from outside, and it may never come */
    DUET__FOR_WORK,  /* from outside, from what ends by itself: a call in a
                      * thread or process, a file, a program */
    DUET__OUTSIDES,
} duet__outside;

struct duet__wait {
    /* In the object's queue; points to itself when in none. */
    duet__link link;
    /* The waiting task; set by duet__park(). */
    duet_task *task;
    /* For messages: "sleep", "lock". A constant. */
    const char *what;
    /* The object waited for; for messages and for the callbacks. May be
     * NULL. */
    void *object;
    /* Called when the wait ends without duet__wake(), to leave the object's
     * queue. NULL: the link is removed. */
    void (*leave)(duet__wait *wait);
    /* Called when the waiting task is cancelled. Returns true to keep waiting
     * (the request was passed on). NULL: the wait ends with DUET_ECANCELED. */
    bool (*cancelled)(duet__wait *wait);
    /* Called by duet__wake() instead of making a task ready, for a wait that is
     * not parked itself, such as one of several that a task waits for at once.
     * NULL: the wait belongs to a parked task. */
    void (*woken)(duet__wait *wait, int status);
    /* The wait has no result (a sleep): a request to cancel that arrives after
     * the wake-up is delivered by this same call. */
    bool cancel_wins;
    duet__outside outside;
};

/* Suspends the calling task until duet__wake(), the deadline or cancellation.
 *
 *   wait  borrowed until return; already in its object's queue; has left it on
 *         return, whatever the status
 *
 * Returns the status given to duet__wake(), or
 *   DUET_ETIMEDOUT  the deadline passed; DUET_NOW and before: without waiting,
 *                   so outside tasks, too
 *   DUET_ECANCELED  the task was cancelled
 *   DUET_ENOMEM     no memory for the timer
 *   DUET_ENOLOOP    the caller is not a task */
int duet__park(duet__wait *wait, duet_deadline deadline);

/* Makes the task of `wait` ready; duet__park() returns `status` in that task.
 * Takes the wait out of its queue. If the wait has a woken(), that is called
 * instead. Only for a wait whose result is not decided yet, that is, one that
 * is in its object's queue. */
void duet__wake(duet__wait *wait, int status);

/* Ends the wait of a waiting task: the wait leaves its object's queue, and
 * duet__park() returns `status` in that task. */
void duet__wait_end(duet_task *task, int status);

/* The same with DUET_ETIMEDOUT; called by a task's timer. */
void duet__wait_timed_out(duet__timer *timer);

/* Wakes the first of a queue; false if it is empty. */
bool duet__wake_first(duet__list *queue, int status);

/* Wakes all waits that are in a queue now. */
void duet__wake_all(duet__list *queue, int status);

#endif
