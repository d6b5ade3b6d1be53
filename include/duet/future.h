/* SPDX-License-Identifier: MIT */
/* future.h - a result that is not available yet.
 *
 * A future is settled once: with a value, with an error, or cancelled. Any
 * number of tasks may wait for it, before and after. It is the bridge from
 * callbacks and from other threads to tasks:
 *
 *     status = duet_future_new(&future);
 *     start_in_another_thread(future); (ends by duet_future_set_from_thread())
 *     status = duet_future_wait(future, &value, deadline);
 *
 * Cancelling a task that waits for a future does not affect the future. asyncio
 * differs: there it cancels the future for all waiters, unless shielded.
 *
 * A future has a reference count: it is freed when the last reference is
 * released.
 *
 * Threads: for the loop's own thread, except where a function says otherwise.
 */
#ifndef DUET_FUTURE_H
#define DUET_FUTURE_H

#include <stdbool.h>

#include <duet/export.h>
#include <duet/time.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_future duet_future;

/* Makes a future of the loop that runs in this thread.
 *
 *   out_future  returned-owned (duet_future_free()); NULL on failure
 *
 * Returns 0, or
 *   DUET_ENOMEM   no memory
 *   DUET_ENOLOOP  no loop runs in this thread
 * Source: asyncio.Future. */
DUET_API DUET_MUST_USE int duet_future_new(duet_future **out_future);

/* Adds a reference to the future, for example for another thread. Any thread.
 *
 * Returns `future`, returned-owned (duet_future_free()). */
DUET_API duet_future *duet_future_hold(duet_future *future);

/* Releases a reference; the last one frees the future. Waiting tasks hold a
 * reference, too; callbacks of a future that is never settled are never called.
 * Any thread.
 *
 *   future  taken; NULL does nothing */
DUET_API void duet_future_free(duet_future *future);

/* Settles the future with a value; wakes all waiting tasks.
 *
 *   future  borrowed until return
 *   value   what duet_future_wait() returns; the future does not use it
 *
 * Returns 0, or
 *   DUET_EALREADY  it was settled before; nothing changed
 * Source: asyncio.Future.set_result(). */
DUET_API int duet_future_set(duet_future *future, void *value);

/* Settles the future with an error.
 *
 *   future  borrowed until return
 *   code    the negative code that duet_future_wait() returns
 *
 * Returns 0, or
 *   DUET_EALREADY  it was settled before; nothing changed
 *   DUET_EINVAL    code is not negative
 * Source: asyncio.Future.set_exception(). */
DUET_API int duet_future_fail(duet_future *future, int code);

/* duet_future_fail() with DUET_ECANCELED. Source: asyncio.Future.cancel(). */
DUET_API int duet_future_cancel(duet_future *future);

/* duet_future_set() for any thread: the future is settled soon, by the loop's
 * thread. The caller holds the future, and the loop exists.
 *
 *   future  borrowed until return
 *   value   as for duet_future_set()
 *
 * Returns 0, or
 *   DUET_EALREADY  another thread has settled it. If the loop's own thread
 *                  settles it in the meantime, that result is kept, and 0 is
 *                  returned although the value is dropped.
 * Source: asyncio.loop.call_soon_threadsafe(future.set_result, value). */
DUET_API int duet_future_set_from_thread(duet_future *future, void *value);

/* duet_future_fail() for any thread, likewise. Returns DUET_EINVAL, too, if
 * `code` is not negative. */
DUET_API int duet_future_fail_from_thread(duet_future *future, int code);

/* Waits until the future is settled; returns at once if it is.
 *
 *   future     borrowed until return
 *   out_value  NULL, or where the value goes: whether it is borrowed is up to
 *              the code that set it; NULL on failure
 *
 * Returns 0, the code that the future failed with, or
 *   DUET_ETIMEDOUT  the deadline passed
 *   DUET_ECANCELED  the task was cancelled (or the future: see
 *                   duet_future_is_done())
 *   DUET_ENOMEM     no memory for the timer
 *   DUET_ENOLOOP    the caller is not a task, and would have to wait
 * Source: asyncio, `await future`. */
DUET_API DUET_MUST_USE int
duet_future_wait(duet_future *future, void **out_value, duet_deadline deadline);

/* True once the future is settled. `future` is borrowed until return. */
DUET_API bool duet_future_is_done(const duet_future *future);

/* Calls function(future, argument) soon after the future is settled, outside
 * tasks; it must not wait. Callbacks are called in the order they were added,
 * and the future is held meanwhile.
 *
 *   future    borrowed until return
 *   argument  borrowed until `function` has been called
 *
 * Returns 0, or
 *   DUET_ENOMEM  no memory
 * Source: asyncio.Future.add_done_callback(). */
DUET_API DUET_MUST_USE int
duet_future_add_callback(duet_future *future,
                         void (*function)(duet_future *future, void *argument),
                         void *argument);

DUET_END_DECLARATIONS

#endif
