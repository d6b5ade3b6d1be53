/* SPDX-License-Identifier: MIT */
/* barrier.h - tasks wait for each other until a given number has arrived.
 *
 * A task that gives up (deadline, cancellation) just leaves: the others wait
 * for another one to arrive. asyncio does the same; threading.Barrier breaks.
 *
 * Threads: for the loop's own thread.
 */
#ifndef DUET_BARRIER_H
#define DUET_BARRIER_H

#include <stdbool.h>
#include <stddef.h>

#include <duet/export.h>
#include <duet/time.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_barrier duet_barrier;

/* Makes a barrier, to be used any number of times.
 *
 *   parties      how many tasks wait for each other; at least 1
 *   out_barrier  returned-owned (duet_barrier_free()); NULL on failure
 *
 * Returns 0, or
 *   DUET_EINVAL  parties is 0
 *   DUET_ENOMEM  no memory
 * Source: asyncio.Barrier. */
DUET_API DUET_MUST_USE int duet_barrier_new(size_t parties,
                                            duet_barrier **out_barrier);

/* Frees a barrier that no task waits at.
 *
 *   barrier  taken; NULL does nothing */
DUET_API void duet_barrier_free(duet_barrier *barrier);

/* Waits until all parties have arrived. The last one does not wait.
 *
 *   barrier    borrowed until return
 *   out_index  NULL, or where the caller's number among the parties goes: 0 to
 *              parties - 1 in the order of arrival, each once
 *
 * Returns 0, or
 *   DUET_EBROKEN    the barrier was reset or aborted
 *   DUET_ETIMEDOUT  the deadline passed
 *   DUET_ECANCELED  the task was cancelled
 *   DUET_ENOMEM     no memory for the timer
 *   DUET_ENOLOOP    the caller is not a task
 * Source: asyncio.Barrier.wait(). */
DUET_API DUET_MUST_USE int duet_barrier_wait(duet_barrier *barrier,
                                             size_t *out_index,
                                             duet_deadline deadline);

/* Makes the waiting tasks fail with DUET_EBROKEN; afterwards the barrier is
 * empty and usable again. `barrier` is borrowed until return. Source:
 * asyncio.Barrier.reset().
 */
DUET_API void duet_barrier_reset(duet_barrier *barrier);

/* Makes the waiting tasks, and all that arrive until duet_barrier_reset(), fail
 * with DUET_EBROKEN. `barrier` is borrowed until return. Source:
 * asyncio.Barrier.abort(). */
DUET_API void duet_barrier_abort(duet_barrier *barrier);

/* How many tasks wait. `barrier` is borrowed until return. */
DUET_API size_t duet_barrier_waiting(const duet_barrier *barrier);

/* True after duet_barrier_abort(). `barrier` is borrowed until return. */
DUET_API bool duet_barrier_is_broken(const duet_barrier *barrier);

DUET_END_DECLARATIONS

#endif
