/* SPDX-License-Identifier: MIT */
/* cancel.h - requests to cancel a task: their state and delivery.
 *
 * The rules of delivery, which are asyncio's:
 * - A request is delivered once, by one call that waits: that call returns
 *   DUET_ECANCELED. A task that is waiting is woken for it; any other gets it
 *   from its next call that waits, so until then it is `pending`. A task that
 *   has not begun does not begin.
 * - A wait may pass the request on instead, to what it waits for: a join does.
 * - Requests are counted. A new one before the last was delivered changes the
 *   count only. duet_task_uncancel() takes back one; without any left nothing
 *   is pending.
 * - Nothing is delivered while it is held: for calls that clean up.
 * - A wait that was woken with a result returns it, and the next wait delivers
 * the request; a wait without a result (a sleep) delivers it at once.
 *
 * Invariant: only what is declared here changes these fields. */
#ifndef DUET_RUNTIME_CORE_CANCEL_H
#define DUET_RUNTIME_CORE_CANCEL_H

#include <stdbool.h>
#include <stdint.h>

#include <duet/task.h>

/* Of one task. */
typedef struct duet__cancel {
    int requests;       /* counted, see duet_task_cancel() */
    const char *reason; /* of the newest request that gave one */
    bool pending;       /* the newest request is not delivered yet */
    int held;           /* nothing is delivered while this is not 0 */
    bool woke;          /* ready because a request was delivered */
    int due;            /* requests in loop->cancelling for the task */
    duet_task *next;    /* the next in loop->cancelling */
    uint64_t passed;    /* the last call in which it passed one on */
} duet__cancel;

/* Takes delivery of a request; false if there is none. */
static inline bool duet__cancel_take(duet__cancel *cancel)
{
    if (!cancel->pending || cancel->held > 0)
        return false;
    cancel->pending = false;
    return true;
}

/* Takes delivery of all requests after the first `requests`, including one that
 * was delivered already; false if there was none. */
static inline bool duet__cancel_take_since(duet__cancel *cancel, int requests)
{
    if (cancel->requests == requests || cancel->held > 0)
        return false;
    cancel->pending = false;
    return true;
}

/* Makes the task's next wait return a request that was delivered already. */
static inline void duet__cancel_put_back(duet__cancel *cancel)
{
    cancel->pending = true;
}

/* Drops the pending request: it is not delivered any more. */
static inline void duet__cancel_drop(duet__cancel *cancel)
{
    cancel->pending = false;
}

/* The number of delivered requests. */
static inline int duet__cancel_delivered(const duet__cancel *cancel)
{
    return cancel->requests - (cancel->pending ? 1 : 0);
}

/* The task runs again after a wait. */
static inline void duet__cancel_resumed(duet__cancel *cancel)
{
    cancel->woke = false;
}

/* Begins a section in which requests to cancel the calling task are not
 * delivered: for calls that clean up and whose result is easily ignored.
 * Sections nest; outside tasks this does nothing. */
void duet__hold_cancel(void);

/* Ends the section: the next wait delivers a held request. */
void duet__release_cancel(void);

#endif
