/* SPDX-License-Identifier: MIT */
/* descriptor.h - waits for a descriptor, so that any non-blocking library can
 * be used from a task.
 *
 * Any number of tasks may wait for one descriptor; all are woken. Closing a
 * descriptor that a task waits for is a programming error. A regular file is
 * always ready.
 *
 * Threads: for the loop's own thread.
 */
#ifndef DUET_DESCRIPTOR_H
#define DUET_DESCRIPTOR_H

#include <duet/export.h>
#include <duet/time.h>

DUET_BEGIN_DECLARATIONS

/* Waits until reading from `descriptor` would not block: there are bytes, a
 * connection to accept, the end, or an error.
 *
 *   descriptor  borrowed until return
 *
 * Returns 0, or
 *   DUET_ETIMEDOUT  the deadline passed
 *   DUET_ECANCELED  the task was cancelled
 *   DUET_EBADF      not an open descriptor
 *   DUET_EBUSY      a client or server of this loop owns the descriptor
 *   DUET_ENOMEM     no memory
 *   DUET_ENOLOOP    the caller is not a task
 * Source: asyncio.loop.add_reader(). */
DUET_API DUET_MUST_USE int duet_wait_readable(int descriptor,
                                              duet_deadline deadline);

/* Waits until writing to `descriptor` would not block; otherwise like
 * duet_wait_readable(). Source: asyncio.loop.add_writer(). */
DUET_API DUET_MUST_USE int duet_wait_writable(int descriptor,
                                              duet_deadline deadline);

DUET_END_DECLARATIONS

#endif
