/* SPDX-License-Identifier: MIT */
/* thread_task.h - running a task on a loop from another thread.
 *
 * For a program that has threads of its own and one loop beside them: a thread
 * hands a function over, and blocks until the loop has run it as a task.
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
 *   loop        borrowed until return
 *   argument    borrowed until return
 *   options     as for duet_spawn()
 *   out_result  what the function returned; NULL if not wanted
 *
 * Returns 0, or
 *   DUET_EDEADLK  called on the loop's own thread
 *   DUET_ECLOSED  the loop was freed before it ran the function
 *   and the codes of duet_spawn()
 * Source: asyncio.run_coroutine_threadsafe(...).result(). */
DUET_API int duet_run_from_thread(duet_loop *loop, duet_task_function *function,
                                  void *argument,
                                  const duet_spawn_options *options,
                                  int *out_result);

DUET_END_DECLARATIONS

#endif
