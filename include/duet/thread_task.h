/* SPDX-License-Identifier: MIT */
/* thread_task.h - runs a task on a loop from another thread.
 *
 * For a program that has threads of its own and one loop beside them: a thread
 * passes a function to the loop, and blocks until the loop has run it as a
 * task.
 */
#ifndef DUET_THREAD_TASK_H
#define DUET_THREAD_TASK_H

#include <duet/loop.h>

DUET_BEGIN_DECLARATIONS

/* Runs function(argument) as a task of the loop, and blocks the calling thread
 * until it has ended. The task belongs to the loop: duet_run() waits for it.
 * Any thread but the loop's own. If the loop does not run now, the call waits
 * until it does, or is freed.
 *
 * If the deadline passes before the task was started, it never is. Otherwise it
 * is cancelled and waited for, as by duet_wait_for(): cleaning up may take
 * longer than the deadline.
 *
 *   loop        borrowed until return
 *   argument    borrowed until return
 *   options     as for duet_spawn()
 *   out_result  what the function returned; NULL if not wanted
 *   deadline    by the system's clock, also where the loop's time is virtual.
 *               It never suspends a task: called in a task of another loop, it
 *               blocks that loop.
 *
 * Returns 0 if the function ended by itself, or if it was cancelled by the
 * deadline but did not return DUET_ECANCELED; or
 *   DUET_ETIMEDOUT  the deadline passed; the function was not called, or has
 *                   ended
 *   DUET_EDEADLK    called on the loop's own thread
 *   DUET_ECLOSED    the loop was freed before it ran the function
 *   and the codes of duet_spawn()
 * Source: asyncio.run_coroutine_threadsafe(...).result(timeout), but for the
 * task, which goes on there when the timeout passes. */
DUET_API DUET_MUST_USE int
duet_run_from_thread(duet_loop *loop, duet_task_function *function,
                     void *argument, const duet_spawn_options *options,
                     int *out_result, duet_deadline deadline);

DUET_END_DECLARATIONS

#endif
