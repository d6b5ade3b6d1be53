/* SPDX-License-Identifier: MIT */
/* task.h - tasks: functions that run on stacks of their own and take turns.
 *
 * A task runs until it waits; then another one runs. A function whose last
 * parameter is a deadline may suspend the calling task; the few that suspend
 * without one say *Suspends*. Between two such calls nothing else runs in this
 * thread, so plain data needs no lock.
 *
 * Tasks are structured. A spawned task belongs to the task that spawned it, or
 * to a group (group.h): when its owner ends, its tasks that still run are
 * cancelled and waited for, and their handles are freed. asyncio differs: there
 * a task may outlive the one that made it. By then the owner's function has
 * returned and its local variables are gone: join the tasks that borrow them,
 * or use a group or duet_gather(), which wait first.
 *
 * Cancelling follows asyncio.Task.cancel(). A request is delivered once, as
 * DUET_ECANCELED from the call in which the task waits, or from the next call
 * in which it would wait; calls after that wait again as usual, so cleaning up
 * may wait. A task cancelled before its first step never runs. One difference:
 * a task that was already given what it waited for (a lock, an item) gets it,
 * and the request is delivered by its next wait; nothing is lost.
 *
 * The floating-point environment (rounding mode, exception masks) belongs to
 * the thread: a task that changes it must restore it before it waits.
 *
 * Threads: all functions here are for the loop's own thread.
 */
#ifndef DUET_TASK_H
#define DUET_TASK_H

#include <stdbool.h>
#include <stddef.h>

#include <duet/export.h>
#include <duet/time.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_task duet_task;

/* The function of a task. It returns the task's result: 0 or a positive number
 * for success, a negative code for failure; DUET_ECANCELED means that it ended
 * because it was cancelled. */
typedef int duet_task_function(void *argument);

typedef struct duet_spawn_options {
    /* For people; copied, cut at 31 bytes. Default "task". */
    const char *name;
    /* Address space of the stack; a guard is added, 1 MiB for the first 1,024
     * tasks and 64 KiB for more, and memory is used as it is touched. Rounded
     * up to a power of two. Compile code with arrays larger than a guard with
     * -fstack-clash-protection: otherwise they may reach beyond it. Default 64
     * KiB, 16 KiB to 64 MiB. */
    size_t stack_bytes;
    /* Run the task at once, until it first waits, instead of after the tasks
     * that are ready now. The caller continues right after. Default false. */
    bool start_now;
} duet_spawn_options;

/* Starts a task that belongs to the calling task. In a callback (callback.h,
 * loop.h) it belongs to the loop, like a detached task. Tasks start in the
 * order in which they were spawned.
 *
 *   function  the task's body
 *   argument  borrowed until the task ends; passed to `function`
 *   options   borrowed until return; NULL for all defaults
 *   out_task  NULL if no handle is wanted; else a handle: valid until
 *             duet_join() succeeds, duet_task_release(), or the end of the
 *             calling task; in a callback, until the loop is freed
 *
 * Returns 0, or
 *   DUET_ENOMEM   no memory for the stack
 *   DUET_ELIMIT   the system allows no more mappings; see the detail
 *   DUET_EINVAL   stack_bytes is out of range
 *   DUET_ENOLOOP  no loop runs in this thread
 * Source: asyncio.create_task(). */
DUET_API DUET_MUST_USE int duet_spawn(duet_task_function *function,
                                      void *argument,
                                      const duet_spawn_options *options,
                                      duet_task **out_task);

/* Waits for a task, returns its result and frees the handle; a failed task's
 * duet_error_message() becomes the caller's. If the caller is cancelled
 * meanwhile, the request goes to `task`, as with asyncio's `await task`, and
 * the call returns when that has ended.
 *
 *   task        taken on success, kept by the caller on failure
 *   out_result  what the task returned; NULL if not wanted
 *
 * Returns 0, or
 *   DUET_ETIMEDOUT  the deadline passed; the task goes on
 *   DUET_ECANCELED  the caller was cancelled and so was `task`, which has ended
 *   DUET_EDEADLK    `task` waits for the caller: it is the caller, or owns it,
 *                   or joins a task that does
 *   DUET_ENOMEM     no memory for the timer
 *   DUET_ENOLOOP    the caller is not a task, and would have to wait
 * Source: asyncio, `await task`. */
DUET_API DUET_MUST_USE int duet_join(duet_task *task, int *out_result,
                                     duet_deadline deadline);

/* Waits until a task has ended; keeps the handle, and cancels nothing.
 *
 *   task  borrowed until return
 *
 * Returns 0, or
 *   DUET_ETIMEDOUT  the deadline passed; the task goes on
 *   DUET_ECANCELED  the caller was cancelled; the task goes on
 *   DUET_EDEADLK    `task` waits for the caller: it is the caller, or owns it,
 *                   or joins a task that does
 *   DUET_ENOMEM     no memory for the timer
 *   DUET_ENOLOOP    the caller is not a task, and would have to wait
 * Source: asyncio.wait(). */
DUET_API DUET_MUST_USE int duet_task_wait(duet_task *task,
                                          duet_deadline deadline);

/* Waits for a task and returns its result, like duet_join(), but a cancelled
 * caller does not cancel the task. The task still belongs to its owner: to
 * outlive it, it must also be detached.
 *
 *   task        taken on success, kept by the caller on failure
 *   out_result  what the task returned; NULL if not wanted
 *
 * Returns 0, or
 *   DUET_ETIMEDOUT  the deadline passed; the task goes on
 *   DUET_ECANCELED  the caller was cancelled; the task goes on
 *   DUET_EDEADLK    `task` waits for the caller: it is the caller, or owns it,
 *                   or joins a task that does
 *   DUET_ENOMEM     no memory for the timer
 *   DUET_ENOLOOP    the caller is not a task, and would have to wait
 * Source: asyncio.shield(). */
DUET_API DUET_MUST_USE int duet_shield(duet_task *task, int *out_result,
                                       duet_deadline deadline);

/* Passes a task to the loop: it is not cancelled when its owner ends, and
 * duet_run() waits for it before it returns. Its handle, if held, is valid
 * until the loop is freed.
 *
 *   task  borrowed until return
 *
 * asyncio differs: there a task that nothing waits for is cancelled at the end,
 * or garbage collected. */
DUET_API void duet_task_detach(duet_task *task);

/* Requests cancellation of a task; see the top of this file. Does nothing to a
 * task that has ended.
 *
 *   task  borrowed until return
 *
 * Returns true if the request was counted, false if the task had ended.
 * Source: asyncio.Task.cancel(). */
DUET_API bool duet_task_cancel(duet_task *task);

/* duet_task_cancel() with a reason, for messages and for the task to read.
 *
 *   task    borrowed until return
 *   reason  a constant text, borrowed until the task has ended
 *
 * Source: asyncio.Task.cancel(msg). */
DUET_API bool duet_task_cancel_because(duet_task *task, const char *reason);

/* The reason of the newest request to cancel `task` that gave one; NULL if none
 * did. `task` is borrowed until return. */
DUET_API const char *duet_task_cancel_reason(const duet_task *task);

/* Takes one request back: lowers the count, and if that reaches 0 a request
 * that was not delivered yet is dropped.
 *
 *   task  borrowed until return
 *
 * Returns how many requests are left. Source: asyncio.Task.uncancel(). */
DUET_API int duet_task_uncancel(duet_task *task);

/* How many requests to cancel `task` were made and not taken back.
 * Source: asyncio.Task.cancelling(). */
DUET_API int duet_task_cancel_requests(const duet_task *task);

/* True once the task has ended. `task` is borrowed until return. */
DUET_API bool duet_task_is_done(const duet_task *task);

/* The result of a task that has ended; DUET_ESTATE while it has not. */
DUET_API int duet_task_result(const duet_task *task);

/* The task's name; borrowed, valid as long as the handle. */
DUET_API const char *duet_task_name(const duet_task *task);

/* Frees the handle without waiting; the task continues and still belongs to its
 * owner.
 *
 *   task  taken; NULL does nothing */
DUET_API void duet_task_release(duet_task *task);

/* The calling task, NULL outside tasks. Borrowed; valid while it runs. */
DUET_API duet_task *duet_current_task(void);

/* Lets the other ready tasks run once. Suspends.
 *
 * Returns 0, or
 *   DUET_ECANCELED  the task was cancelled
 *   DUET_ENOLOOP    the caller is not a task
 * Source: asyncio.sleep(0). */
DUET_API DUET_MUST_USE int duet_yield(void);

/* Waits until the deadline. If it has passed, this is like duet_yield().
 * DUET_NEVER waits until the task is cancelled.
 *
 * Returns 0, or
 *   DUET_ECANCELED  the task was cancelled
 *   DUET_ENOMEM     no memory for the timer
 *   DUET_ENOLOOP    the caller is not a task
 * Source: asyncio.sleep(). */
DUET_API DUET_MUST_USE int duet_sleep(duet_deadline deadline);

DUET_END_DECLARATIONS

#endif
