/* SPDX-License-Identifier: MIT */
/* semaphore.h - limits how many tasks do something at a time.
 *
 * Tasks get slots strictly in the order in which they asked: a released slot
 * goes to the first waiter. No slot is lost: a waiter that gives up leaves the
 * queue at once, and one that is cancelled after it was given its slot keeps
 * it, and receives the request at its next wait.
 *
 * Threads: for the loop's own thread.
 */
#ifndef DUET_SEMAPHORE_H
#define DUET_SEMAPHORE_H

#include <stdbool.h>
#include <stddef.h>

#include <duet/export.h>
#include <duet/time.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_semaphore duet_semaphore;

typedef struct duet_semaphore_options {
    /* Allow more slots to be released than were taken: the semaphore then
     * counts things that are produced elsewhere. Default false: releasing one
     * too many is an error. asyncio differs: BoundedSemaphore checks, and
     * Semaphore, the usual one, does not. */
    bool unbounded;
} duet_semaphore_options;

/* Makes a semaphore.
 *
 *   slots          how many tasks get a slot before the next one waits; may be
 *                  0
 *   options        borrowed until return; NULL for all defaults
 *   out_semaphore  returned-owned (duet_semaphore_free()); NULL on failure
 *
 * Returns 0, or
 *   DUET_ENOMEM  no memory
 * Source: asyncio.BoundedSemaphore, asyncio.Semaphore. */
DUET_API DUET_MUST_USE int
duet_semaphore_new(size_t slots, const duet_semaphore_options *options,
                   duet_semaphore **out_semaphore);

/* Frees a semaphore that no task waits for.
 *
 *   semaphore  taken; NULL does nothing */
DUET_API void duet_semaphore_free(duet_semaphore *semaphore);

/* Takes a slot; waits if there is none.
 *
 *   semaphore  borrowed until return
 *
 * Returns 0 if the caller has a slot now, or
 *   DUET_ETIMEDOUT  the deadline passed; with DUET_NOW: no slot is free
 *   DUET_ECANCELED  the task was cancelled
 *   DUET_ENOMEM     no memory for the timer
 *   DUET_ENOLOOP    the caller is not a task, and would have to wait
 * Source: asyncio.Semaphore.acquire(). */
DUET_API DUET_MUST_USE int duet_semaphore_acquire(duet_semaphore *semaphore,
                                                  duet_deadline deadline);

/* Releases a slot, to the first waiting task. Any task may do so.
 *
 *   semaphore  borrowed until return
 *
 * Returns 0, or
 *   DUET_ESTATE  all slots are free already
 *   DUET_ERANGE  more slots than can be counted
 * Source: asyncio.BoundedSemaphore.release(). */
DUET_API int duet_semaphore_release(duet_semaphore *semaphore);

/* How many slots are free. `semaphore` is borrowed until return. */
DUET_API size_t duet_semaphore_free_slots(const duet_semaphore *semaphore);

DUET_END_DECLARATIONS

#endif
