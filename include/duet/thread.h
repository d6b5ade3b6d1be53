/* SPDX-License-Identifier: MIT */
/* thread.h - starts threads and waits for them.
 *
 * For work that occupies a thread for long; for many calls use thread_pool.h.
 * The thread may block. It runs tasks on its program's loop with
 * duet_run_from_thread() and callbacks with duet_loop_call_from_thread(), or
 * runs a loop itself.
 *
 * Threads: any. Where a deadline is the last parameter, a task suspends and a
 * plain thread blocks. A handle is for one waiter at a time.
 */
#ifndef DUET_THREAD_H
#define DUET_THREAD_H

#include <stdbool.h>
#include <stddef.h>

#include <duet/export.h>
#include <duet/thread_pool.h>
#include <duet/time.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_thread duet_thread;

typedef struct duet_thread_options {
    /* For people; copied, cut at 15 bytes. Default "duet-thread". */
    const char *name;
    /* Default the system's, often 8 MiB; PTHREAD_STACK_MIN to 1 GiB. */
    size_t stack_bytes;
} duet_thread_options;

/* Starts a thread that calls function(argument). All signals are blocked in it.
 *
 *   argument    borrowed until the thread has ended
 *   options     borrowed until return; NULL for all defaults
 *   out_thread  returned-owned (duet_thread_join() or duet_thread_release());
 *               NULL on failure
 *
 * Returns 0, or
 *   DUET_ELIMIT  the system allows no more threads; see the detail
 *   DUET_EINVAL  stack_bytes is out of range; see the detail
 *   DUET_ENOMEM  no memory
 * Source: threading.Thread.start(). */
DUET_API DUET_MUST_USE int duet_thread_start(duet_thread_function *function,
                                             void *argument,
                                             const duet_thread_options *options,
                                             duet_thread **out_thread);

/* Waits until a thread has ended, and frees the handle. The thread's
 * duet_error_message() becomes the caller's if the result is negative.
 *
 *   thread      taken on success, borrowed on failure
 *   out_result  what the function returned; untouched on failure; may be NULL
 *
 * Returns 0, or
 *   DUET_ETIMEDOUT  the deadline passed; the thread goes on
 *   DUET_ECANCELED  the calling task was cancelled; the thread goes on
 *   DUET_EDEADLK    a thread cannot wait for itself
 *   DUET_ENOMEM     no memory for the timer
 *   DUET_ENOLOOP    outside tasks on a loop's thread
 * Source: threading.Thread.join(). */
DUET_API DUET_MUST_USE int
duet_thread_join(duet_thread *thread, int *out_result, duet_deadline deadline);

/* True once the function has returned. `thread` is borrowed until return. */
DUET_API bool duet_thread_is_done(duet_thread *thread);

/* Frees the handle without waiting; the thread continues.
 *
 *   thread  taken; NULL does nothing */
DUET_API void duet_thread_release(duet_thread *thread);

DUET_END_DECLARATIONS

#endif
