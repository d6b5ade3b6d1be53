/* SPDX-License-Identifier: MIT */
/* thread_pool.h - runs blocking and CPU-heavy calls in threads beside the loop.
 *
 * A pool has threads that run functions which may block. Threads are made when
 * there is work for them and end when they have been idle for a while. For one
 * blocking call duet_to_thread() is all that is needed:
 *
 * Example, given int (*lookup)(void *name), void *name:
 *
 *     int result;
 *
 *     status = duet_to_thread(lookup, name, &result, duet_in_ms(2000));
 *
 * Of an array, all at once:
 *
 * Example, given duet_thread_pool *pool, int (*square)(void *number):
 *
 *     int numbers[] = {1, 2, 3}, squares[3];
 *
 *     status = duet_thread_pool_map_array(pool, square, numbers, 3,
 *                                         sizeof numbers[0], NULL, squares,
 *                                         DUET_NEVER);
 *
 * A submitted call has a handle that tasks and plain threads can wait for
 * (thread_call.h). A running call cannot be stopped: if the wait is given up,
 * it still finishes.
 *
 * A function takes one argument: for several values, a struct.
 *
 * Who owns the argument? Without `free_argument` the caller does, and it
 * must live until the call has ended. With it the pool does: it calls
 * free_argument(argument) once the call has ended and its handle was freed.
 *
 * Threads: any thread, tasks included, unless a function says otherwise. Where
 * a deadline is the last parameter, a task suspends and a plain thread blocks.
 */
#ifndef DUET_THREAD_POOL_H
#define DUET_THREAD_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <duet/export.h>
#include <duet/thread_call.h>
#include <duet/time.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_thread_pool duet_thread_pool;

typedef struct duet_thread_pool_options {
    /* Most threads at once. Default min(32, cores + 4); 1 to 1024. */
    int threads;
    /* How long a thread without work stays, in milliseconds. Default 10,000;
     * DUET_NO_LIMIT: until the pool is shut down. */
    int64_t idle_ms;
    /* Most calls that wait for a thread. Default 1,024; DUET_NO_LIMIT for
     * any number. */
    int64_t queue_limit;
    /* Called with `initializer_argument` in each new thread, before its first
     * call; NULL for nothing. If it returns a negative code the pool is broken:
     * calls that have not begun end with DUET_EBROKEN, and its
     * duet_error_message() is passed on. */
    duet_thread_function *initializer;
    void *initializer_argument; /* borrowed until the pool has ended */
    /* Name of the threads, for people; copied, cut at 15 bytes. Default
     * "duet-pool". */
    const char *name;
    /* Stack of each thread. Default the system's, often 8 MiB;
     * PTHREAD_STACK_MIN to 1 GiB. */
    size_t stack_bytes;
} duet_thread_pool_options;

/* Makes a pool; no thread yet.
 *
 *   options   borrowed until return; NULL for all defaults
 *   out_pool  returned-owned (duet_thread_pool_free()); NULL on failure
 *
 * Returns 0, or
 *   DUET_EINVAL  an option is out of range; see the detail
 *   DUET_ENOMEM  no memory
 * Source: concurrent.futures.ThreadPoolExecutor(). */
DUET_API DUET_MUST_USE int
duet_thread_pool_new(const duet_thread_pool_options *options,
                     duet_thread_pool **out_pool);

/* Calls function(argument) in a thread of the pool, after the calls that were
 * submitted before. Waits for room if the queue is full.
 *
 *   argument       borrowed until the call has ended; taken if free_argument
 *                  is not NULL, even if this function fails
 *   free_argument  NULL, or what frees the argument: called once, when the
 *                  call has ended and its handle was freed
 *   out_call       returned-owned (duet_thread_call_free()); NULL if no handle
 *                  is wanted
 *
 * Returns 0, or
 *   DUET_ETIMEDOUT  the queue was full until the deadline
 *   DUET_ECANCELED  the calling task was cancelled while it waited for room
 *   DUET_ECLOSED    the pool was shut down
 *   DUET_EBROKEN    an initializer failed; see the detail
 *   DUET_ELIMIT     the system allows no thread at all; see the detail
 *   DUET_ENOMEM     no memory
 *   DUET_ENOLOOP    it would have to wait, outside tasks on a loop's thread
 * Source: concurrent.futures.Executor.submit(). */
DUET_API DUET_MUST_USE int
duet_thread_pool_submit(duet_thread_pool *pool, duet_thread_function *function,
                        void *argument, void (*free_argument)(void *argument),
                        duet_thread_call **out_call, duet_deadline deadline);

/* The same without waiting for room.
 *
 * Returns the codes of duet_thread_pool_submit(), or
 *   DUET_EFULL  the queue is full */
DUET_API DUET_MUST_USE int duet_thread_pool_try_submit(
    duet_thread_pool *pool, duet_thread_function *function, void *argument,
    void (*free_argument)(void *argument), duet_thread_call **out_call);

/* Accepts no more calls, and waits until all calls and threads have ended. May
 * be called again after a failure.
 *
 *   cancel_pending  calls that have not begun end with DUET_ECANCELED
 *
 * Returns 0, or
 *   DUET_ETIMEDOUT  calls still run; the pool stays shut
 *   DUET_ECANCELED  the calling task was cancelled; the pool stays shut
 *   DUET_EDEADLK    called by a call of this pool
 *   DUET_ENOMEM     no memory for the timer
 *   DUET_ENOLOOP    it would have to wait, outside tasks on a loop's thread
 * Source: concurrent.futures.Executor.shutdown(). */
DUET_API int duet_thread_pool_shutdown(duet_thread_pool *pool,
                                       bool cancel_pending,
                                       duet_deadline deadline);

/* Frees a pool without waiting: calls that have not begun are cancelled,
 * running ones end by themselves. Handles stay valid.
 *
 *   pool  taken; NULL does nothing */
DUET_API void duet_thread_pool_free(duet_thread_pool *pool);

/* --- in the order of the input -------------------------------------------- */

typedef struct duet_thread_map duet_thread_map;

/* Gives the next argument of a map. Called in duet_thread_map_next(), by the
 * task or thread that calls that; it may wait as long, and is not called again
 * before it has returned.
 *
 * Returns 0, DUET_EEMPTY after the last argument, or another negative code,
 * which duet_thread_map_next() returns after the results before it. */
typedef int duet_thread_source(void *context, void **out_argument);

typedef struct duet_thread_map_options {
    /* Most calls that are submitted and not returned yet. Default twice the
     * pool's threads, 1 to 1,000,000. So an endless input is read only as fast
     * as results are taken. */
    int window;
    /* NULL, or what frees the arguments that are never returned. */
    void (*free_argument)(void *argument);
} duet_thread_map_options;

/* Begins to call `function` for each argument that `source` gives.
 *
 *   pool             borrowed until duet_thread_map_close()
 *   source, context  borrowed until duet_thread_map_close()
 *   options          borrowed until return; NULL for all defaults
 *   out_map          returned-owned (duet_thread_map_close()); NULL on failure
 *
 * Returns 0, or
 *   DUET_EINVAL  the window is out of range
 *   DUET_ENOMEM  no memory
 * Source: concurrent.futures.Executor.map(buffersize=). */
DUET_API DUET_MUST_USE int
duet_thread_map_open(duet_thread_pool *pool, duet_thread_function *function,
                     duet_thread_source *source, void *context,
                     const duet_thread_map_options *options,
                     duet_thread_map **out_map);

/* The next result, in the order of the input; waits for it. After a failure
 * the call may be made again, nothing is lost. For one task or thread at a
 * time.
 *
 *   out_argument  the argument it belongs to, the caller's again; may be NULL
 *                 if there is nothing to free
 *   out_result    what the function returned; untouched on failure; may be NULL
 *
 * Returns 0 if the function has returned, whatever it returned, or
 *   DUET_EEMPTY     every result was returned
 *   DUET_ETIMEDOUT  the deadline passed
 *   DUET_ECANCELED  the calling task was cancelled
 *   DUET_ECLOSED    the pool was shut down before it called the function with
 *                   this argument
 *   DUET_EBROKEN    an initializer failed before that; see the detail
 *   DUET_ELIMIT     the system allows no thread at all; see the detail
 *   DUET_ENOMEM     no memory
 *   DUET_ENOLOOP    it would have to wait, outside tasks on a loop's thread
 *   and the code that `source` failed with */
DUET_API DUET_MUST_USE int duet_thread_map_next(duet_thread_map *map,
                                                void **out_argument,
                                                int *out_result,
                                                duet_deadline deadline);

/* Ends a map: calls that have not begun are cancelled. Those that run finish;
 * their arguments are freed then if free_argument was given, else they must
 * live as long.
 *
 *   map  taken; NULL does nothing */
DUET_API void duet_thread_map_close(duet_thread_map *map);

typedef struct duet_thread_map_array_options {
    /* Go on whatever fails: the results tell. Default false: the first failure
     * ends the map. */
    bool collect_errors;
} duet_thread_map_array_options;

/* Calls `function` with a pointer to each element of an array, and waits for
 * all. Twice as many calls as the pool has threads are submitted at once.
 *
 *   pool            borrowed until return; NULL in a task for the default pool
 *                   of its loop
 *   arguments       the first element; borrowed until return
 *   argument_bytes  size of each, sizeof arguments[0]
 *   options         borrowed until return; NULL for all defaults
 *   results         NULL, or `count` numbers, in the order of the array: what
 *                   the function returned, DUET_ECANCELED if it was not called
 *
 * When it returns, no call is left: after a failure those that have not begun
 * are cancelled, and those that run are waited for, whatever the deadline.
 * Returns 0 if no call failed, with collect_errors once all have ended; or the
 * code of the first in the array that failed, with what it said; or
 *   DUET_ETIMEDOUT  the deadline passed
 *   DUET_ECANCELED  the calling task was cancelled
 *   DUET_ECLOSED    the pool was shut down before it called the function with
 *                   each element
 *   DUET_EBROKEN    an initializer failed before that; see the detail
 *   DUET_ELIMIT     the system allows no thread at all; see the detail
 *   DUET_ENOMEM     no memory
 *   DUET_ENOLOOP    it would have to wait, outside tasks on a loop's thread; or
 *                   no pool was given, outside tasks
 * Source: list(concurrent.futures.Executor.map()). */
DUET_API DUET_MUST_USE int
duet_thread_pool_map_array(duet_thread_pool *pool,
                           duet_thread_function *function, void *arguments,
                           size_t count, size_t argument_bytes,
                           const duet_thread_map_array_options *options,
                           int *results, duet_deadline deadline);

/* --- one call, on the loop's default pool --------------------------------- */

/* The pool of the calling thread's loop, made on first use with all defaults.
 * duet_loop_free(), and so duet_run(), cancels its calls that have not begun,
 * waits for the others, and ends it. For tasks.
 *
 *   out_pool  borrowed until the loop is freed; NULL on failure
 *
 * Returns 0, or
 *   DUET_ENOMEM   no memory
 *   DUET_ENOLOOP  no loop runs in this thread */
DUET_API DUET_MUST_USE int
duet_default_thread_pool(duet_thread_pool **out_pool);

/* Calls function(argument) on the loop's default pool and waits for its end.
 * If the wait is given up, a call that has not begun is cancelled, and a
 * running one still finishes.
 *
 *   argument    borrowed until `function` has returned, which after a failure
 *               may be later than this function's return: give it something
 *               that lives on, or use duet_to_thread_owned()
 *   out_result  what `function` returned; untouched on failure; may be NULL
 *
 * Returns 0 once `function` has returned, or
 *   DUET_ETIMEDOUT  the deadline passed
 *   DUET_ECANCELED  the task was cancelled
 *   DUET_ELIMIT     the system allows no thread at all; see the detail
 *   DUET_ENOMEM     no memory
 *   DUET_ENOLOOP    the caller is not a task
 * Source: asyncio.to_thread(). */
DUET_API DUET_MUST_USE int duet_to_thread(duet_thread_function *function,
                                          void *argument, int *out_result,
                                          duet_deadline deadline);

/* duet_to_thread() with an argument that may outlive the wait.
 *
 *   argument       on 0 it belongs to the caller again, with its results; on
 *                  failure taken: free_argument(argument) is called as soon as
 *                  `function` does not use it (any more), in any thread
 *   free_argument  what frees the argument; not NULL
 *
 * Otherwise like duet_to_thread(). */
DUET_API DUET_MUST_USE int
duet_to_thread_owned(duet_thread_function *function, void *argument,
                     void (*free_argument)(void *argument), int *out_result,
                     duet_deadline deadline);

DUET_END_DECLARATIONS

#endif
