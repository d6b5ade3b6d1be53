/* SPDX-License-Identifier: MIT */
/* shared.h - memory shared by several processes.
 *
 * It is an array of elements of one size, zeroed at first, with one lock. An
 * array of one element is a value. Processes get it through
 * duet_process_options or duet_process_pool_options, and find it with
 * duet_process_shared().
 *
 * Example, given duet_shared *scores:
 *
 *     int *score = duet_shared_at(scores, 3);
 *
 *     status = duet_shared_lock(scores, NULL, duet_in_ms(1000));
 *     if (status == 0) {
 *         *score += 10;
 *         duet_shared_unlock(scores);
 *     }
 *
 * For counters no lock is needed: duet_shared_add() is atomic.
 *
 * The lock is robust: if its holder dies, the next one to lock gets it and is
 * informed, as the elements may be partly changed.
 *
 * Threads: any. The lock belongs to the thread that took it; a task that holds
 * it may wait, but other tasks of its thread cannot get it meanwhile.
 */
#ifndef DUET_SHARED_H
#define DUET_SHARED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <duet/export.h>
#include <duet/time.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_shared duet_shared;

/* Makes shared memory.
 *
 *   count          elements, at least 1
 *   element_bytes  size of each, at least 1; each is aligned like an int64_t if
 *                  its size is a multiple of 8
 *   out_shared     returned-owned (duet_shared_free()); NULL on failure
 *
 * Returns 0, or
 *   DUET_EINVAL     count or element_bytes is 0
 *   DUET_ETOOLARGE  the total size cannot be represented
 *   DUET_ENOMEM     no memory
 *   DUET_EMFILE, DUET_ENFILE  no descriptor left
 * Source: multiprocessing.Value(), multiprocessing.Array(). */
DUET_API DUET_MUST_USE int duet_shared_new(size_t count, size_t element_bytes,
                                           duet_shared **out_shared);

/* The element at `index`; borrowed as long as `shared` lives. Not NULL: an
 * index beyond the last is a programming error and ends the program. */
DUET_API void *duet_shared_at(const duet_shared *shared, size_t index);

/* How many elements there are. */
DUET_API size_t duet_shared_count(const duet_shared *shared);

/* Takes the lock; waits while another holds it. A task suspends: it tries again
 * every few milliseconds. A plain thread blocks.
 *
 *   out_owner_died  set to whether a holder died since the last lock: the
 *                   elements may be partly changed. May be NULL.
 *
 * Returns 0, or
 *   DUET_ETIMEDOUT  the deadline passed
 *   DUET_ECANCELED  the task was cancelled
 *   DUET_EDEADLK    the calling thread holds it, and is not a task
 *   DUET_ENOMEM     no memory for the timer
 *   DUET_ENOLOOP    it would have to wait, outside tasks on a loop's thread
 * Source: pthread_mutexattr_setrobust(3). */
DUET_API DUET_MUST_USE int duet_shared_lock(duet_shared *shared,
                                            bool *out_owner_died,
                                            duet_deadline deadline);

/* Releases the lock. If the calling thread does not hold it, that is a
 * programming error, which ends the program. */
DUET_API void duet_shared_unlock(duet_shared *shared);

/* Adds atomically to the 64-bit number at `index`, without the lock. Elements
 * must have 8 bytes; anything else is a programming error.
 *
 * Returns the sum. Wraps around at the ends of the range. */
DUET_API int64_t duet_shared_add(duet_shared *shared, size_t index,
                                 int64_t number);

/* Reads the 64-bit number at `index` atomically. Otherwise like
 * duet_shared_add(). */
DUET_API int64_t duet_shared_get(const duet_shared *shared, size_t index);

/* Releases this process's reference to the memory; others keep theirs. Not
 * while locked.
 *
 *   shared  taken; NULL does nothing */
DUET_API void duet_shared_free(duet_shared *shared);

DUET_END_DECLARATIONS

#endif
