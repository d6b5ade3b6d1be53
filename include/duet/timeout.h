/* SPDX-License-Identifier: MIT */
/* timeout.h - limits the time of a section of a task's own code.
 *
 *     status = duet_timeout_open(duet_in_ms(500), &timeout);
 *     if (status == 0)
 *         status = duet_timeout_close(timeout, talk_to_server());
 *
 * When the deadline passes, the task is cancelled: the call in which it waits
 * returns DUET_ECANCELED, the code in between cleans up and returns that, and
 * closing turns it into DUET_ETIMEDOUT. Sections nest; each converts only the
 * cancellation that it caused itself.
 *
 * Threads: for the loop's own thread.
 */
#ifndef DUET_TIMEOUT_H
#define DUET_TIMEOUT_H

#include <stdbool.h>

#include <duet/export.h>
#include <duet/time.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_timeout duet_timeout;

/* Begins a section in the calling task.
 *
 *   deadline     when to cancel; DUET_NEVER: not before duet_timeout_move().
 *                One that has passed cancels the next call that waits.
 *   out_timeout  returned-owned; ended by duet_timeout_close() in the same
 *                task, before that ends. NULL on failure.
 *
 * Returns 0, or
 *   DUET_ENOMEM   no memory
 *   DUET_ENOLOOP  the caller is not a task
 * Source: asyncio.timeout_at(). */
DUET_API DUET_MUST_USE int duet_timeout_open(duet_deadline deadline,
                                             duet_timeout **out_timeout);

/* Moves the deadline. Never suspends.
 *
 *   timeout  borrowed until return
 *
 * Returns 0, or
 *   DUET_ESTATE  the old deadline has passed already
 *   DUET_ENOMEM  no memory; there is no deadline any more
 * Source: asyncio.Timeout.reschedule(). */
DUET_API DUET_MUST_USE int duet_timeout_move(duet_timeout *timeout,
                                             duet_deadline deadline);

/* True once the deadline has passed. `timeout` is borrowed until return.
 * Source: asyncio.Timeout.expired(). */
DUET_API bool duet_timeout_has_expired(const duet_timeout *timeout);

/* Ends the section.
 *
 *   timeout  taken; NULL returns `status`
 *   status   the status of the code in between
 *
 * Returns DUET_ETIMEDOUT if the deadline passed and `status` is DUET_ECANCELED,
 * unless the task was cancelled from outside, too; else `status`.
 * Source: asyncio.Timeout.__aexit__(). */
DUET_API DUET_MUST_USE int duet_timeout_close(duet_timeout *timeout,
                                              int status);

DUET_END_DECLARATIONS

#endif
