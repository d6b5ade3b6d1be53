/* SPDX-License-Identifier: MIT */
/* wait_for.h - limits the time of a call or a task.
 *
 * duet_wait_for() limits one call, duet_wait_for_task() a running task. Both
 * cancel it if it is too slow, wait until it has cleaned up, and then return
 * DUET_ETIMEDOUT. For a section of the caller's own code use a timeout
 * (timeout.h). Most calls need neither: they take a deadline of their own.
 *
 * Threads: for the loop's own thread.
 */
#ifndef DUET_WAIT_FOR_H
#define DUET_WAIT_FOR_H

#include <duet/task.h>

DUET_BEGIN_DECLARATIONS

/* Runs function(argument) in a task of its own and waits for it. If the
 * deadline passes, the task is cancelled and waited for: cleaning up may take
 * longer than the deadline.
 *
 *   function    what to run; not started if the deadline has passed
 *   argument    borrowed until return
 *   options     as for duet_spawn()
 *   out_result  what it returned; NULL if not wanted
 *
 * Returns 0 if the function ended by itself, or if it was cancelled but did not
 * return DUET_ECANCELED; or
 *   DUET_ETIMEDOUT  the deadline passed, and the function has ended
 *   DUET_ECANCELED  the caller was cancelled, so was the function, which has
 *                   ended
 *   and the codes of duet_spawn()
 * Source: asyncio.wait_for(). */
DUET_API DUET_MUST_USE int duet_wait_for(duet_task_function *function,
                                         void *argument,
                                         const duet_spawn_options *options,
                                         int *out_result,
                                         duet_deadline deadline);

/* The same for a running task.
 *
 *   task        borrowed until return; the caller keeps the handle. Unless
 *               DUET_EDEADLK is returned, the task has ended.
 *   out_result  what it returned; NULL if not wanted
 *
 * Returns as duet_wait_for(), or
 *   DUET_EDEADLK  `task` waits for the caller, as in duet_join() */
DUET_API DUET_MUST_USE int duet_wait_for_task(duet_task *task, int *out_result,
                                              duet_deadline deadline);

DUET_END_DECLARATIONS

#endif
