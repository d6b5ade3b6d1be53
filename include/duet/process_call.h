/* SPDX-License-Identifier: MIT */
/* process_call.h - handles of calls submitted to a process pool.
 *
 * A submitted call runs concurrently with its task. Tasks wait for it, for some
 * of several, or take several as they end, as in thread_call.h:
 *
 * Example, given duet_process_call *calls[3]:
 *
 *     duet_process_completions *ends;
 *     duet_process_call *call;
 *     duet_process_output output;
 *
 *     status = duet_process_completions_open(calls, 3, &ends);
 *     while (status == 0) {
 *         status = duet_process_completions_next(ends, &call, duet_in_ms(500));
 *         if (status == 0 &&
 *             duet_process_call_wait(call, &output, DUET_NOW) == 0)
 *             printf("%d\n", output.result);
 *     }
 *     duet_process_completions_close(ends);
 *
 * Threads: for tasks, on the loop of the task that made the pool.
 */
#ifndef DUET_PROCESS_CALL_H
#define DUET_PROCESS_CALL_H

#include <stdbool.h>
#include <stddef.h>

#include <duet/export.h>
#include <duet/time.h>
#include <duet/until.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_process_call duet_process_call;

/* The function that a worker calls.
 *
 *   input       aligned for any type; valid until the function returns
 *   out_output  malloc'ed bytes, taken by the worker; NULL for none
 *   out_length  how many
 *
 * Returns the call's result; its duet_error_message() is passed on if that is
 * negative. */
typedef int duet_process_call_function(const void *input, size_t length,
                                       void **out_output, size_t *out_length);

/* The output of one call. */
typedef struct duet_process_output {
    /* 0: the function returned, and the other members are its output. Else a
     * code of duet_process_pool_map(), which says why there is none. */
    int status;
    int result;    /* what the function returned */
    void *bytes;   /* owned by the caller, duet_process_output_clear(); aligned
                    * for any type; NULL if there are none */
    size_t length; /* of `bytes` */
    char *detail;  /* why `status` or `result` is negative, for people; NULL if
                    * there is nothing to say */
} duet_process_output;

/* Frees what an output holds, and empties it. */
DUET_API void duet_process_output_clear(duet_process_output *output);

/* Waits until a call has ended and takes its output; once.
 *
 *   call        borrowed until return
 *   out_output  set on success, emptied on failure
 *
 * Returns 0 if the function returned, whatever it returned, the other codes of
 * duet_process_pool_call(), or
 *   DUET_ETIMEDOUT  the deadline passed; the call goes on
 *   DUET_ECANCELED  the calling task was cancelled, and the call goes on, or
 *                   the pool was freed
 *   DUET_EALREADY   the output was taken */
DUET_API DUET_MUST_USE int
duet_process_call_wait(duet_process_call *call, duet_process_output *out_output,
                       duet_deadline deadline);

/* Cancels a call that has not ended; one that runs ends with its worker.
 *
 *   call  borrowed until return
 *
 * Returns true if it will end with DUET_ECANCELED (or has its output already,
 * and is about to), false if it has ended.
 * Source: concurrent.futures.Future.cancel(), which leaves alone what runs. */
DUET_API bool duet_process_call_cancel(duet_process_call *call);

/* True once the call has ended. Source: concurrent.futures.Future.done(). */
DUET_API bool duet_process_call_is_done(const duet_process_call *call);

/* Calls function(call, argument) soon after the call has ended, or soon if it
 * has ended already: outside tasks, on the loop; it must not wait.
 * duet_process_call_wait() can then take the output without waiting. Functions
 * are called in the order they were added.
 *
 *   call      borrowed until return, and valid in `function` even if the handle
 *             is freed meanwhile
 *   argument  borrowed until `function` has returned
 *
 * Returns 0, or
 *   DUET_ENOMEM  no memory
 * Source: concurrent.futures.Future.add_done_callback(),
 * multiprocessing.Pool.apply_async(callback=). */
DUET_API DUET_MUST_USE int duet_process_call_on_end(
    duet_process_call *call,
    void (*function)(duet_process_call *call, void *argument), void *argument);

/* Frees a call; one that has not ended is cancelled.
 *
 *   call  taken; NULL does nothing */
DUET_API void duet_process_call_free(duet_process_call *call);

/* --- several calls -------------------------------------------------------- */

/* Waits for several calls, which may be of several pools of one loop.
 * duet_process_call_is_done() tells which of them have ended. A call has failed
 * if duet_process_call_wait() would fail, or its result is negative.
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
 *   DUET_ENOLOOP    the caller is not a task, and would have to wait
 * Source: concurrent.futures.wait(). */
DUET_API DUET_MUST_USE int
duet_process_calls_wait(duet_process_call *const *calls, size_t count,
                        duet_until until, size_t *out_done,
                        duet_deadline deadline);

typedef struct duet_process_completions duet_process_completions;

/* Begins to return calls as they end.
 *
 *   calls            the array is borrowed until return; each handle until it
 *                    was returned or duet_process_completions_close(); one that
 *                    occurs twice is returned twice, where Python drops it
 *   count            how many; may be 0
 *   out_completions  returned-owned (duet_process_completions_close()); NULL on
 *                    failure
 *
 * Returns 0, or
 *   DUET_ENOMEM  no memory
 * Source: concurrent.futures.as_completed(). */
DUET_API DUET_MUST_USE int
duet_process_completions_open(duet_process_call *const *calls, size_t count,
                              duet_process_completions **out_completions);

/* Returns the next call that has ended, those that had ended before first;
 * waits for one. Any number of tasks may call this at once: each call is
 * returned to one of them.
 *
 *   out_call  borrowed: one of the given handles; NULL on failure
 *
 * Returns 0, or
 *   DUET_EEMPTY     every call was returned
 *   DUET_ETIMEDOUT  the deadline passed; call again to go on
 *   DUET_ECANCELED  the calling task was cancelled; the calls go on
 *   DUET_ENOMEM     no memory for the timer
 *   DUET_ENOLOOP    the caller is not a task, and would have to wait */
DUET_API DUET_MUST_USE int
duet_process_completions_next(duet_process_completions *completions,
                              duet_process_call **out_call,
                              duet_deadline deadline);

/* Stops; the calls continue. No task may be waiting for the next one.
 *
 *   completions  taken; NULL does nothing */
DUET_API void
duet_process_completions_close(duet_process_completions *completions);

DUET_END_DECLARATIONS

#endif
