/* SPDX-License-Identifier: MIT */
/* slots.h - how much may be in flight, and who is next.
 *
 * A task holds a slot while it has an exchange in flight. One that waits before
 * it tries again gives its slot away meanwhile; when its time has come, it gets
 * the next slot that is released, before any new work does. */
#ifndef DUET_FETCH_SLOTS_H
#define DUET_FETCH_SLOTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"

typedef struct duet__slots {
    int64_t total;
    int64_t free;
    duet__list waiting; /* of duet__wait: tasks in the wait before a retry */
    duet__list due;     /* of duet__wait: tasks that want their slot again */
    int64_t count;      /* tasks that left theirs */
    bool is_closed;     /* there are no retries any more */
    void (*freed)(void *context); /* a slot got free that nobody is due for */
    void *context;
} duet__slots;

/* Makes `total` free slots.
 *
 *   freed    called by duet__slots_release(); it may take the slot
 *   context  borrowed as long as the slots are used */
void duet__slots_init(duet__slots *slots, int64_t total,
                      void (*freed)(void *context), void *context);

/* Takes a slot if one is free. */
bool duet__slots_take(duet__slots *slots);

/* Gives a slot to the first task that is due, or makes it free. */
void duet__slots_release(duet__slots *slots);

/* Is a task due that has no slot? Who holds one and has nothing in flight then
 * releases it. */
bool duet__slots_are_wanted(const duet__slots *slots);

/* Gives the caller's slot away for as long as it waits for something. Returns
 * false, and the caller keeps it, if too many have done so.  */
bool duet__slots_leave(duet__slots *slots);

/* After duet__slots_leave(): waits for a slot. Suspends. Returns false if the
 * task was cancelled meanwhile; it has a slot in any case. */
bool duet__slots_return(duet__slots *slots);

/* Waits before a retry, in general without the slot that the caller holds.
 * Suspends.
 *
 * Returns whether to try again: false if the slots were closed or the task was
 * cancelled. The caller holds a slot in any case. */
bool duet__slots_wait(duet__slots *slots, int64_t wait_ms);

/* Ends all waits before a retry, those to come, too. */
void duet__slots_close(duet__slots *slots);

#endif
