/* SPDX-License-Identifier: MIT */
/* lock.h - one task at a time.
 *
 * Between two calls that may wait no other task runs, so plain data needs no
 * lock; a lock is for operations that wait and must not be interleaved: a
 * request and its answer on one connection.
 *
 * Tasks get the lock in the order in which they asked for it: releasing it
 * passes it to the first waiter. A waiter that is cancelled or times out leaves
 * the queue at once; one that is cancelled after it was given the lock has the
 * lock, and receives the request at its next wait. asyncio differs: there such
 * a task gets CancelledError and the lock is passed on.
 *
 * Without contention a lock costs a few nanoseconds and no switch.
 *
 * Threads: for the loop's own thread. To lock against other threads use a
 * mutex, and never hold it during a call that may wait.
 */
#ifndef DUET_LOCK_H
#define DUET_LOCK_H

#include <stdbool.h>

#include <duet/export.h>
#include <duet/time.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_lock duet_lock;

/* Makes a lock that is free.
 *
 *   out_lock  returned-owned (duet_lock_free()); NULL on failure
 *
 * Returns 0, or
 *   DUET_ENOMEM  no memory
 * Source: asyncio.Lock. */
DUET_API DUET_MUST_USE int duet_lock_new(duet_lock **out_lock);

/* Frees a lock that no task holds or waits for.
 *
 *   lock  taken; NULL does nothing */
DUET_API void duet_lock_free(duet_lock *lock);

/* Acquires the lock; waits in the queue if necessary. It is not recursive: a
 * task that holds the lock cannot acquire it again. Release it before the task
 * ends.
 *
 *   lock  borrowed until return
 *
 * Returns 0 if the caller holds the lock now, or
 *   DUET_ETIMEDOUT  the deadline passed; with DUET_NOW: another task holds it
 *   DUET_ECANCELED  the task was cancelled
 *   DUET_EDEADLK    the caller holds the lock already
 *   DUET_ENOMEM     no memory for the timer
 *   DUET_ENOLOOP    the caller is not a task
 * Source: asyncio.Lock.acquire(). */
DUET_API DUET_MUST_USE int duet_lock_acquire(duet_lock *lock,
                                             duet_deadline deadline);

/* Releases the lock and passes it to the first waiting task.
 *
 *   lock  borrowed until return
 *
 * Returns 0, or
 *   DUET_ESTATE  no task holds the lock
 *   DUET_EPERM   another task holds it; asyncio differs: there any task may
 *                release
 * Source: asyncio.Lock.release(). */
DUET_API int duet_lock_release(duet_lock *lock);

/* True while a task holds the lock. `lock` is borrowed until return. */
DUET_API bool duet_lock_is_held(const duet_lock *lock);

DUET_END_DECLARATIONS

#endif
