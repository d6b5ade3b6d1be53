/* SPDX-License-Identifier: MIT */
/* read_write_lock.h - many readers at a time, or one writer.
 *
 * Tasks acquire it in the order in which they asked: a reader waits for a
 * writer that asked before it, so neither side starves the other; readers that
 * are adjacent in the queue acquire it together. Nothing is lost when a waiter
 * is cancelled: as with duet_lock (lock.h). asyncio has no such lock.
 *
 * Threads: for the loop's own thread.
 */
#ifndef DUET_READ_WRITE_LOCK_H
#define DUET_READ_WRITE_LOCK_H

#include <duet/export.h>
#include <duet/time.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_read_write_lock duet_read_write_lock;

/* Makes a lock that is free.
 *
 *   out_lock  returned-owned (duet_read_write_lock_free()); NULL on failure
 *
 * Returns 0, or
 *   DUET_ENOMEM  no memory */
DUET_API DUET_MUST_USE int
duet_read_write_lock_new(duet_read_write_lock **out_lock);

/* Frees a lock that no task holds or waits for.
 *
 *   lock  taken; NULL does nothing */
DUET_API void duet_read_write_lock_free(duet_read_write_lock *lock);

/* Acquires the lock for reading; waits while a writer holds it or waits before
 * the caller. A reader must not acquire it again: with a writer in between, it
 * would wait for itself.
 *
 *   lock  borrowed until return
 *
 * Returns 0, or
 *   DUET_ETIMEDOUT  the deadline passed
 *   DUET_ECANCELED  the task was cancelled
 *   DUET_EDEADLK    the caller is the writer
 *   DUET_ENOMEM     no memory for the timer
 *   DUET_ENOLOOP    the caller is not a task
 * Source: pthread_rwlock_rdlock(). */
DUET_API DUET_MUST_USE int duet_read_write_lock_read(duet_read_write_lock *lock,
                                                     duet_deadline deadline);

/* Acquires the lock for writing; waits until no other task holds it; otherwise
 * like duet_read_write_lock_read(). Source: pthread_rwlock_wrlock(). */
DUET_API DUET_MUST_USE int
duet_read_write_lock_write(duet_read_write_lock *lock, duet_deadline deadline);

/* Releases the lock, as reader or writer.
 *
 *   lock  borrowed until return
 *
 * Returns 0, or
 *   DUET_ESTATE  no task holds the lock
 *   DUET_EPERM   a writer holds it that is not the caller
 * Source: pthread_rwlock_unlock(). */
DUET_API int duet_read_write_lock_release(duet_read_write_lock *lock);

DUET_END_DECLARATIONS

#endif
