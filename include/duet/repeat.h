/* SPDX-License-Identifier: MIT */
/* repeat.h - calls a function at regular intervals.
 *
 * Threads: for the loop's own thread.
 */
#ifndef DUET_REPEAT_H
#define DUET_REPEAT_H

#include <stdint.h>

#include <duet/task.h>

DUET_BEGIN_DECLARATIONS

/* Calls function(argument) in the calling task, at once and then at every
 * multiple of the interval since. How long a call takes does not shift the
 * later ones; if one takes longer than the interval, the calls that it missed
 * are skipped.
 *
 *   interval_ms  in milliseconds; at least 1
 *   function     may wait; returns 0 to continue, any other number to stop
 *   argument     borrowed until return
 *
 * Returns the number with which `function` stopped it, or
 *   DUET_ETIMEDOUT  the deadline passed between two calls
 *   DUET_ECANCELED  the task was cancelled
 *   DUET_EINVAL     the interval is not positive
 *   DUET_ENOMEM     no memory for the timer
 *   DUET_ENOLOOP    the caller is not a task */
DUET_API int duet_repeat_every(int64_t interval_ms,
                               duet_task_function *function, void *argument,
                               duet_deadline deadline);

DUET_END_DECLARATIONS

#endif
