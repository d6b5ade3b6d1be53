/* SPDX-License-Identifier: MIT */
/* thread_call.h - handles of calls submitted to a thread pool.
 *
 * Tasks and plain threads can wait for a call, for the first of several, or
 * take several as they end:
 *
 * Example, given duet_thread_call *calls[3]:
 *
 *     duet_thread_completions *ends;
 *     duet_thread_call *call;
 *
 *     status = duet_thread_completions_open(calls, 3, &ends);
 *     while (status == 0) {
 *         status = duet_thread_completions_next(ends, &call, duet_in_ms(500));
 *         if (status == 0)
 *             printf("%d\n", duet_thread_call_result(call));
 *     }
 *     duet_thread_completions_close(ends);
 *
 * A call ends with the int that its function returned, DUET_ECANCELED if it was
 * cancelled before it began, or DUET_EBROKEN if the pool broke first. A running
 * call cannot be stopped: if the wait is given up, it still finishes.
 *
 * Threads: any, tasks included. Where a deadline is the last parameter, a task
 * suspends and a plain thread blocks.
 */
#ifndef DUET_THREAD_CALL_H
#define DUET_THREAD_CALL_H

#include <stdbool.h>
#include <stddef.h>

#include <duet/export.h>
#include <duet/time.h>
#include <duet/until.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_thread_call duet_thread_call;

/* The function that a thread runs; it may block, and may use
 * duet_error_message(). It is not a task. Returns its result: a negative code
 * for failure. */
typedef int duet_thread_function(void *argument);

/* Waits until a call has ended. Its duet_error_message() is the caller's if
 * the result is negative.
 *
 *   call        borrowed until return
 *   out_result  what the function returned, DUET_ECANCELED or DUET_EBROKEN;
 *               untouched on failure; may be NULL
 *
 * Returns 0, or
 *   DUET_ETIMEDOUT  the deadline passed; the call goes on
 *   DUET_ECANCELED  the calling task was cancelled; the call goes on
 *   DUET_ENOMEM     no memory for the timer
 *   DUET_ENOLOOP    outside tasks on a loop's thread
 * Source: concurrent.futures.Future.result(). */
DUET_API DUET_MUST_USE int duet_thread_call_wait(duet_thread_call *call,
                                                 int *out_result,
                                                 duet_deadline deadline);

/* Cancels a call that has not begun.
 *
 *   call  borrowed until return
 *
 * Returns true if the call will not run, false if it runs or has run.
 * Source: concurrent.futures.Future.cancel(). */
DUET_API bool duet_thread_call_cancel(duet_thread_call *call);

/* True once the call has ended. Source: concurrent.futures.Future.done(). */
DUET_API bool duet_thread_call_is_done(duet_thread_call *call);

/* True while the function runs. Source: concurrent.futures.Future.running(). */
DUET_API bool duet_thread_call_is_running(duet_thread_call *call);

/* The result of a call that has ended; DUET_ESTATE while it has not. */
DUET_API int duet_thread_call_result(duet_thread_call *call);

/* The argument that the call was submitted with. */
DUET_API void *duet_thread_call_argument(const duet_thread_call *call);

/* Calls function(call, argument) once the call has ended: in the thread that
 * ends it, which is one of the pool, or the one that cancels it or frees the
 * pool; immediately if it has ended already. It must not wait; to continue in
 * the loop's thread use duet_loop_call_from_thread() or
 * duet_future_set_from_thread(). Functions are called in the order they were
 * added, with the call's duet_error_message() if its result is negative.
 *
 *   call      borrowed until return, and valid in `function` even if the handle
 *             is freed meanwhile
 *   argument  borrowed until `function` has returned
 *
 * Returns 0, or
 *   DUET_ENOMEM  no memory
 * Source: concurrent.futures.Future.add_done_callback(). */
DUET_API DUET_MUST_USE int duet_thread_call_on_end(
    duet_thread_call *call,
    void (*function)(duet_thread_call *call, void *argument), void *argument);

/* Frees the handle; the call continues.
 *
 *   call  taken; NULL does nothing */
DUET_API void duet_thread_call_free(duet_thread_call *call);

/* Waits for several calls, which may be of several pools.
 * duet_thread_call_is_done() tells which of them have ended. The
 * duet_error_message() of one that failed becomes the caller's.
 *
 *   calls     borrowed until return, the handles too
 *   count     how many; with 0 it returns at once
 *   until     what to wait for
 *   out_done  NULL, or where the number of those that have ended goes; set on
 *             failure, too
 *
 * Returns 0, or
 *   DUET_ETIMEDOUT  the deadline passed; the calls go on
 *   DUET_ECANCELED  the calling task was cancelled; the calls go on
 *   DUET_ENOMEM     no memory
 *   DUET_ENOLOOP    it would have to wait, outside tasks on a loop's thread
 * Source: concurrent.futures.wait(). */
DUET_API DUET_MUST_USE int
duet_thread_calls_wait(duet_thread_call *const *calls, size_t count,
                       duet_until until, size_t *out_done,
                       duet_deadline deadline);

/* --- in the order of their ends ------------------------------------------- */

typedef struct duet_thread_completions duet_thread_completions;

/* Begins to return calls as they end. They may be of several pools.
 *
 *   calls            the array is borrowed until return; each handle until it
 *                    was returned or duet_thread_completions_close(); one that
 *                    occurs twice is returned twice, where Python drops it
 *   count            how many; may be 0
 *   out_completions  returned-owned (duet_thread_completions_close()); NULL on
 *                    failure
 *
 * Returns 0, or
 *   DUET_ENOMEM  no memory
 * Source: concurrent.futures.as_completed(). */
DUET_API DUET_MUST_USE int
duet_thread_completions_open(duet_thread_call *const *calls, size_t count,
                             duet_thread_completions **out_completions);

/* Returns the next call that has ended, those that had ended before first;
 * waits for one. Any number of threads and tasks may call this at once: each
 * call is returned to one of them.
 *
 *   out_call  borrowed: one of the given handles; NULL on failure
 *
 * Returns 0, the codes of duet_thread_call_wait(), or
 *   DUET_EEMPTY  every call was returned */
DUET_API DUET_MUST_USE int
duet_thread_completions_next(duet_thread_completions *completions,
                             duet_thread_call **out_call,
                             duet_deadline deadline);

/* Stops; the calls continue. No task or thread may be waiting for the next one.
 *
 *   completions  taken; NULL does nothing */
DUET_API void
duet_thread_completions_close(duet_thread_completions *completions);

DUET_END_DECLARATIONS

#endif
