/* SPDX-License-Identifier: MIT */
/* embed.h - runs a loop inside a foreign event loop: GLib's, libuv's, or your
 * own.
 *
 * A foreign loop watches one descriptor for reading and calls one function when
 * it is ready; timers of tasks and calls from other threads make it ready, too.
 *
 *     status = duet_loop_start(loop, main_task, NULL);
 *     while (status == 0 && (status = duet_loop_step(loop)) > 0)
 *         wait_until_readable(duet_loop_descriptor(loop));
 *     status = duet_loop_finish(loop);
 *
 * Code between two steps may do what needs no task: set an event, cancel a
 * task, release a semaphore. The loop does not notice that by itself: call
 * duet_loop_step() afterwards. To spawn a task there, use a callback of
 * duet_loop_call_from_thread(). Signals are left to the foreign loop:
 * no_interrupt, inspect_signal and slow_step_ms of duet_loop_options are
 * ignored.
 *
 * Threads: for the thread that made the loop.
 */
#ifndef DUET_EMBED_H
#define DUET_EMBED_H

#include <duet/loop.h>

DUET_BEGIN_DECLARATIONS

/* Starts main(argument) as the first task of a loop that the caller drives. It
 * takes its first step in duet_loop_step().
 *
 *   loop      borrowed until duet_loop_finish()
 *   main      the first task's body
 *   argument  borrowed until duet_loop_finish()
 *
 * Returns 0, or
 *   DUET_EBUSY                the loop runs already
 *   DUET_EINVAL               an option of the loop is out of range
 *   DUET_EMFILE, DUET_ENFILE  no descriptor left
 *   and the codes of duet_spawn() */
DUET_API DUET_MUST_USE int
duet_loop_start(duet_loop *loop, duet_task_function *main, void *argument);

/* The descriptor to watch for reading (level-triggered); borrowed until
 * duet_loop_finish(). -1 if duet_loop_start() was not called. */
DUET_API int duet_loop_descriptor(const duet_loop *loop);

/* Runs what is ready now, without waiting. To be called when the descriptor is
 * readable; calling it at other times is harmless. Its work is bounded: if much
 * is ready, it returns early, and the descriptor stays readable.
 *
 * Returns 1 while a task is left, 0 once all have ended, or
 *   DUET_ESTATE  duet_loop_start() was not called
 *   DUET_EBUSY   this thread runs a loop already: tasks must not call this */
DUET_API DUET_MUST_USE int duet_loop_step(duet_loop *loop);

/* The latest time at which the descriptor will become readable: DUET_NOW if it
 * is, DUET_NEVER if only a descriptor or another thread can make it so. For
 * foreign loops that wait with a timeout of their own. */
DUET_API duet_deadline duet_loop_next(duet_loop *loop);

/* Cancels the main task, as SIGINT does in duet_run(); does nothing if it has
 * ended. duet_loop_step() must still be called until it returns 0. */
DUET_API void duet_loop_cancel(duet_loop *loop);

/* Ends a run begun by duet_loop_start(), once duet_loop_step() has returned 0.
 * The loop can be started again, run, or freed.
 *
 * Returns what `main` returned, or
 *   DUET_ESTATE  a task has not ended, or the loop was not started */
DUET_API int duet_loop_finish(duet_loop *loop);

DUET_END_DECLARATIONS

#endif
