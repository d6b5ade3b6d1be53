/* SPDX-License-Identifier: MIT */
/* event.h - a flag that any number of tasks can wait for.
 *
 * Setting the event wakes all tasks that wait at that moment, even if it is
 * cleared before they run.
 *
 * Threads: for the loop's own thread; other threads use
 * duet_loop_call_from_thread().
 */
#ifndef DUET_EVENT_H
#define DUET_EVENT_H

#include <stdbool.h>

#include <duet/export.h>
#include <duet/time.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_event duet_event;

/* Makes an event that is not set.
 *
 *   out_event  returned-owned (duet_event_free()); NULL on failure
 *
 * Returns 0, or
 *   DUET_ENOMEM  no memory
 * Source: asyncio.Event. */
DUET_API DUET_MUST_USE int duet_event_new(duet_event **out_event);

/* Frees an event that no task waits for.
 *
 *   event  taken; NULL does nothing */
DUET_API void duet_event_free(duet_event *event);

/* Sets the event and wakes all tasks that wait for it. `event` is borrowed
 * until return. Source: asyncio.Event.set(). */
DUET_API void duet_event_set(duet_event *event);

/* Makes the event unset again: tasks that wait from now on wait for the next
 * duet_event_set(). `event` is borrowed until return.
 * Source: asyncio.Event.clear(). */
DUET_API void duet_event_clear(duet_event *event);

/* True while the event is set. `event` is borrowed until return. */
DUET_API bool duet_event_is_set(const duet_event *event);

/* Waits until the event is set; returns at once if it is.
 *
 *   event  borrowed until return
 *
 * Returns 0, or
 *   DUET_ETIMEDOUT  the deadline passed
 *   DUET_ECANCELED  the task was cancelled
 *   DUET_ENOMEM     no memory for the timer
 *   DUET_ENOLOOP    the caller is not a task, and would have to wait
 * Source: asyncio.Event.wait(). */
DUET_API DUET_MUST_USE int duet_event_wait(duet_event *event,
                                           duet_deadline deadline);

DUET_END_DECLARATIONS

#endif
