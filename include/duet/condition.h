/* SPDX-License-Identifier: MIT */
/* condition.h - waits until state that a lock guards has changed.
 *
 *     status = duet_lock_acquire(lock, DUET_NEVER);
 *     while (queue_is_empty && status == 0)
 *         status = duet_condition_wait(not_empty, deadline);
 *     ...
 *     duet_lock_release(lock);
 *
 * Waiting releases the lock and always acquires it again before it returns,
 * also when cancelled. If a task was notified, a cancellation is delivered by
 * its next wait, not by this one, so no notification is lost.
 *
 * Threads: for the loop's own thread.
 */
#ifndef DUET_CONDITION_H
#define DUET_CONDITION_H

#include <stdbool.h>
#include <stddef.h>

#include <duet/lock.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_condition duet_condition;

/* Makes a condition; several may share a lock.
 *
 *   lock           borrowed until duet_condition_free()
 *   out_condition  returned-owned (duet_condition_free()); NULL on failure
 *
 * Returns 0, or
 *   DUET_ENOMEM  no memory
 * Source: asyncio.Condition. */
DUET_API DUET_MUST_USE int duet_condition_new(duet_lock *lock,
                                              duet_condition **out_condition);

/* Frees a condition that no task waits for.
 *
 *   condition  taken; NULL does nothing */
DUET_API void duet_condition_free(duet_condition *condition);

/* Releases the lock, waits to be notified, and acquires the lock again, however
 * long that takes: the deadline limits only the wait for the notification.
 *
 *   condition  borrowed until return; the caller holds its lock
 *
 * Returns, with the lock held, 0, or
 *   DUET_ETIMEDOUT  the deadline passed
 *   DUET_ECANCELED  the task was cancelled
 *   DUET_EPERM      the caller does not hold the lock
 *   DUET_ENOMEM     no memory for the timer
 * Source: asyncio.Condition.wait(). */
DUET_API DUET_MUST_USE int duet_condition_wait(duet_condition *condition,
                                               duet_deadline deadline);

/* Waits until `predicate` is true; calls it first, and after each notification.
 *
 *   condition  borrowed until return; the caller holds its lock
 *   predicate  called with the lock held; must not wait
 *   argument   borrowed until return; passed to `predicate`
 *
 * Returns 0 if the predicate is true, or the codes of duet_condition_wait().
 * Source: asyncio.Condition.wait_for(). */
DUET_API DUET_MUST_USE int
duet_condition_wait_for(duet_condition *condition,
                        bool (*predicate)(void *argument), void *argument,
                        duet_deadline deadline);

/* Wakes the first `count` waiting tasks; fewer if fewer wait.
 *
 *   condition  borrowed until return; the caller holds its lock
 *   count      SIZE_MAX for all
 *
 * Returns 0, or
 *   DUET_EPERM  the caller does not hold the lock
 * Source: asyncio.Condition.notify(). */
DUET_API int duet_condition_notify(duet_condition *condition, size_t count);

DUET_END_DECLARATIONS

#endif
