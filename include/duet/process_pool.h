/* SPDX-License-Identifier: MIT */
/* process_pool.h - runs calls in worker processes: bytes in, bytes out.
 *
 * For work that keeps processors busy, or may crash. Workers are processes as
 * described in process.h: start the fork server first. They are made when there
 * is work, and replaced when they die: that fails only the call that the worker
 * was running, with DUET_EDIED and the signal in the detail. A call that is
 * given up, by a deadline or a cancelled task, ends with its worker.
 *
 * One call is awaited by duet_process_pool_call(), several are submitted and
 * awaited later (process_call.h), an array is mapped:
 *
 * Example, given duet_process_pool *pool,
 * int (*cube)(const void *number, size_t length):
 *
 *     int numbers[] = {1, 2, 3}, cubes[3];
 *
 *     status = duet_process_pool_map_array(pool, cube, numbers, 3,
 *                                          sizeof numbers[0], NULL, cubes,
 *                                          duet_in_ms(5000));
 *
 * An input without end, or
 * too large to be listed, is mapped by duet_bounded_map() with
 * duet_process_pool_call() as its work: in order or not, and only what is in
 * flight is held.
 *
 * Threads: for tasks, on the loop of the task that made the pool.
 */
#ifndef DUET_PROCESS_POOL_H
#define DUET_PROCESS_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <duet/export.h>
#include <duet/process.h>
#include <duet/process_call.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_process_pool duet_process_pool;

typedef struct duet_process_pool_options {
    /* Most workers. Default: the cores this program may use; 1 to 1,024. */
    int workers;
    /* A worker is replaced after this many calls. Default: never. */
    int calls_per_worker;
    /* Most calls that wait for a worker. Default 1,024; DUET_NO_LIMIT. */
    int64_t queue_limit;
    /* Most bytes of an input, and of an output. Default 16 MiB;
     * DUET_NO_LIMIT. */
    int64_t message_limit_bytes;
    /* Called in each worker before its first call, with a copy of the bytes, at
     * most 60,000; NULL for nothing. If it returns a negative code, the pool is
     * broken: calls fail with DUET_EBROKEN. */
    duet_process_function *initializer;
    const void *initializer_argument; /* copied */
    size_t initializer_length;
    /* As in duet_process_options; borrowed until the pool is freed. */
    duet_shared *const *shared;
    size_t shared_count;
} duet_process_pool_options;

/* Makes a pool; no worker yet.
 *
 *   options   borrowed until return, but for `shared`; NULL for all defaults
 *   out_pool  returned-owned (duet_process_pool_free()); NULL on failure
 *
 * Returns 0, or
 *   DUET_EINVAL   an option is out of range; see the detail
 *   DUET_ENOMEM   no memory
 *   DUET_ENOLOOP  the caller is not a task
 *   and the codes of duet_process_server_start()
 * Source: concurrent.futures.ProcessPoolExecutor(), multiprocessing.Pool(). */
DUET_API DUET_MUST_USE int
duet_process_pool_new(const duet_process_pool_options *options,
                      duet_process_pool **out_pool);

/* Calls function(input, length) in a worker and waits for its result. Calls are
 * served in order.
 *
 *   input       borrowed until return; NULL if length is 0
 *   out_output  set on success, emptied on failure
 *
 * Returns 0 if the function returned, whatever it returned, or
 *   DUET_EDIED      the worker died while it ran; see the detail
 *   DUET_ETOOLARGE  the input, or the output, is over message_limit_bytes
 *   DUET_EFULL      too many calls wait
 *   DUET_EBROKEN    the initializer failed, or the fork server died
 *   DUET_ECLOSED    the pool was shut down
 *   DUET_ETIMEDOUT  the deadline passed; the function does not run any more
 *   DUET_ECANCELED  the task was cancelled, or the pool shut down before there
 *                   was a worker; the function does not run (any more)
 *   DUET_ENOMEM     no memory
 *   and the codes of duet_process_start()
 * Source: multiprocessing.Pool.apply(). */
DUET_API DUET_MUST_USE int
duet_process_pool_call(duet_process_pool *pool,
                       duet_process_call_function *function, const void *input,
                       size_t length, duet_process_output *out_output,
                       duet_deadline deadline);

/* Begins a call and does not wait.
 *
 *   input     copied
 *   out_call  returned-owned (duet_process_call_free()); NULL on failure
 *
 * Returns 0, or
 *   DUET_ETOOLARGE  the input is over message_limit_bytes
 *   DUET_EFULL      too many calls wait
 *   DUET_EBROKEN    the initializer failed, or the fork server died
 *   DUET_ECLOSED    the pool was shut down
 *   and the codes of duet_spawn()
 * Source: concurrent.futures.Executor.submit(). */
DUET_API DUET_MUST_USE int duet_process_pool_submit(
    duet_process_pool *pool, duet_process_call_function *function,
    const void *input, size_t length, duet_process_call **out_call);

/* An input of a map. */
typedef struct duet_process_input {
    const void *bytes; /* borrowed until the map returns */
    size_t length;
} duet_process_input;

typedef struct duet_process_map_options {
    /* Inputs that are sent to a worker at once, to save round trips. Default
     * the count divided by four times the workers, rounded up. */
    size_t chunk;
    /* Continue when a worker dies or an output is too large: the output's
     * `status` says so, and the rest of a dead worker's inputs go to another.
     * Default false: the first of these ends the map, which returns its
     * code. */
    bool collect_errors;
    /* NULL, or a function that is called for each output as it arrives, in the
     * order of the ends; for a map whose order does not matter. It is called by
     * tasks of the map's own, one call at a time, and must not wait. It may
     * take the bytes and set them to NULL. A negative code ends the map, which
     * returns it. */
    int (*completed)(void *context, size_t index, duet_process_output *output);
    void *context; /* borrowed until return */
} duet_process_map_options;

/* Calls `function` for each input, over all workers, and waits for all.
 *
 *   inputs   borrowed until return
 *   options  borrowed until return; NULL for all defaults
 *   outputs  as many as there are inputs, in their order, whatever the order of
 *            their ends; all empty on failure
 *
 * Returns 0 once the function has returned for all inputs, whatever it
 * returned; with collect_errors also if a call could not return; or
 *   DUET_EDIED      a worker died while it ran the function, unless
 *                   collect_errors
 *   DUET_ETOOLARGE  an input is over message_limit_bytes; or an output is,
 *                   unless collect_errors
 *   and the other codes of duet_process_pool_call()
 * Source: multiprocessing.Pool.map(), imap_unordered(). */
DUET_API DUET_MUST_USE int
duet_process_pool_map(duet_process_pool *pool,
                      duet_process_call_function *function,
                      const duet_process_input *inputs, size_t count,
                      const duet_process_map_options *options,
                      duet_process_output *outputs, duet_deadline deadline);

/* The same for an array of structs, one for each call, with all arguments that
 * the function takes.
 *
 *   arguments       the first struct; borrowed until return
 *   argument_bytes  size of each
 *
 * Otherwise like duet_process_pool_map(). Source:
 * multiprocessing.Pool.starmap(). */
DUET_API DUET_MUST_USE int duet_process_pool_star_map(
    duet_process_pool *pool, duet_process_call_function *function,
    const void *arguments, size_t count, size_t argument_bytes,
    const duet_process_map_options *options, duet_process_output *outputs,
    duet_deadline deadline);

/* Calls a function that gives back no more than a number for each element of an
 * array, over all workers, and waits for all.
 *
 *   function        called with a copy of one element, and its size
 *   arguments       the first element; borrowed until return
 *   argument_bytes  size of each, sizeof arguments[0]
 *   options         borrowed until return; NULL for all defaults. Without
 *                   collect_errors a negative number ends the map, too.
 *   results         NULL, or `count` numbers, in the order of the array: what
 *                   the function returned; with collect_errors the code that
 *                   says why it did not; DUET_ECANCELED if it was not called or
 *                   did not end
 *
 * When it returns, no call is left. Returns 0 if no call failed, with
 * collect_errors once all have ended; or the code of the first call that
 * failed, with what it said; or the other codes of duet_process_pool_map().
 * Source: multiprocessing.Pool.map(). */
DUET_API DUET_MUST_USE int duet_process_pool_map_array(
    duet_process_pool *pool, duet_process_function *function,
    const void *arguments, size_t count, size_t argument_bytes,
    const duet_process_map_options *options, int *results,
    duet_deadline deadline);

/* Takes no further calls, and waits until all have ended. May be called again
 * after a failure.
 *
 *   cancel_pending  calls that have no worker yet end with DUET_ECANCELED, and
 *                   so does a map with what it has not given to a worker
 *
 * Returns 0, or
 *   DUET_ETIMEDOUT  calls still run; the pool stays shut
 *   DUET_ECANCELED  the calling task was cancelled; the pool stays shut
 *   DUET_ENOMEM     no memory for the timer
 *   DUET_ENOLOOP    the caller is not a task
 * Source: concurrent.futures.Executor.shutdown(). */
DUET_API int duet_process_pool_shutdown(duet_process_pool *pool,
                                        bool cancel_pending,
                                        duet_deadline deadline);

/* Frees a pool: submitted calls are cancelled and waited for, the workers are
 * ended. Suspends. No task may be in another call of the pool.
 *
 *   pool  taken; NULL does nothing */
DUET_API void duet_process_pool_free(duet_process_pool *pool);

DUET_END_DECLARATIONS

#endif
