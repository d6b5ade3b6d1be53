/* SPDX-License-Identifier: MIT */
/* wait.h - how a task waits: the one primitive under every suspending call.
 *
 * The shape of a suspending call is always the same: fast path; a duet__wait on
 * the caller's stack, put into the queue of the object; duet__park(); map the
 * status. Whoever has what the task waits for calls duet__wake().
 *
 * Invariant: a wait leaves its object's queue at the moment its fate is decided
 * (woken, timed out, cancelled), not when the task runs again. So an object
 * never hands anything to a task that has already given up, and nothing is
 * lost. */
#ifndef DUET_RUNTIME_CORE_WAIT_H
#define DUET_RUNTIME_CORE_WAIT_H

#include <duet/error.h>
#include <duet/task.h>

#include "base/list.h"
#include "runtime/core/timer.h"

typedef struct duet__wait duet__wait;

/* From where comes what a task waits for? Virtual time does not jump past what
 * is on its way; see virtual_time.h. */
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
    /* Who waits; set by duet__park(). */
    duet_task *task;
    /* For people: "sleep", "lock". A constant. */
    const char *what;
    /* The object waited for; for people and for the callbacks. May be NULL. */
    void *object;
    /* Called when the wait ends other than by being unlinked by its waker, to
     * leave the object's queue. NULL: the link is removed. */
    void (*leave)(duet__wait *wait);
    /* Called when the waiting task is cancelled. Returns true to keep waiting
     * (the request was passed on). NULL: the wait ends with DUET_ECANCELED. */
    bool (*cancelled)(duet__wait *wait);
    /* Called by duet__wake() in place of making a task ready: a wait that is
     * not parked but stands for something else, like one of several things
     * that a task waits for at once. NULL: the wait is a task's. */
    void (*woken)(duet__wait *wait, int status);
    /* The wait hands over nothing (a sleep): a request to cancel that arrives
     * after the wake-up is delivered by this very call. */
    bool hands_over_nothing;
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

/* Makes the task of `wait` ready; duet__park() there returns `status`. Takes
 * the wait out of its queue. If the wait has a woken(), that is called instead.
 * Only for a wait whose fate is open, that is, one that is in its object's
 * queue. */
void duet__wake(duet__wait *wait, int status);

/* Ends the wait of a task that waits: it leaves its object's queue, and
 * duet__park() there returns `status`. */
void duet__wait_end(duet_task *task, int status);

/* The same with DUET_ETIMEDOUT: what a task's timer calls. */
void duet__wait_timed_out(duet__timer *timer);

/* Wakes the first of a queue; false if it is empty. */
bool duet__wake_first(duet__list *queue, int status);

/* Wakes all that wait in a queue now. */
void duet__wake_all(duet__list *queue, int status);

#endif
