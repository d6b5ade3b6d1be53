/* SPDX-License-Identifier: MIT */
/* callback.h - calls a function soon, later, or when a task has ended.
 *
 * Callbacks are for work that needs no stack of its own: they run outside
 * tasks, on the loop, and must not wait. For work that waits use a task that
 * sleeps first, or one that the callback spawns.
 *
 * Callbacks run in the order in which they became due. Those that have not run
 * when the loop is freed are not called.
 *
 * Threads: for the loop's own thread; for other threads there is
 * duet_loop_call_from_thread() (loop.h).
 */
#ifndef DUET_CALLBACK_H
#define DUET_CALLBACK_H

#include <stdbool.h>

#include <duet/task.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_callback duet_callback;

/* Calls function(argument) after what is ready now has run.
 *
 *   argument  borrowed until `function` has been called
 *
 * Returns 0, or
 *   DUET_ENOMEM   no memory
 *   DUET_ENOLOOP  no loop runs in this thread
 * Source: asyncio.loop.call_soon(). */
DUET_API DUET_MUST_USE int duet_call_soon(void (*function)(void *argument),
                                          void *argument);

/* Calls function(argument) at a given time; with duet_in_ms() it is like
 * call_later().
 *
 *   when          DUET_NEVER: not at all
 *   argument      borrowed until `function` has been called or the callback
 *                 was cancelled
 *   out_callback  NULL if it is not to be cancelled; else returned-owned
 *                 (duet_callback_cancel()); NULL on failure
 *
 * Returns 0, or
 *   DUET_ENOMEM   no memory
 *   DUET_ENOLOOP  no loop runs in this thread
 * Source: asyncio.loop.call_at(), call_later(). */
DUET_API DUET_MUST_USE int duet_call_at(duet_deadline when,
                                        void (*function)(void *argument),
                                        void *argument,
                                        duet_callback **out_callback);

/* Frees the callback's handle; if its function was not called yet, it never
 * will be. To be called before the loop is freed.
 *
 *   callback  taken; NULL does nothing
 *
 * Returns true if the call was prevented.
 * Source: asyncio.TimerHandle.cancel(). */
DUET_API bool duet_callback_cancel(duet_callback *callback);

/* Calls function(result, argument) soon after a task has ended, or soon if it
 * has already.
 *
 *   task      borrowed until return
 *   function  gets the task's result
 *   argument  borrowed until `function` has been called
 *
 * Returns 0, or
 *   DUET_ENOMEM  no memory
 * Source: asyncio.Task.add_done_callback(). */
DUET_API DUET_MUST_USE int
duet_task_on_end(duet_task *task, void (*function)(int result, void *argument),
                 void *argument);

DUET_END_DECLARATIONS

#endif
