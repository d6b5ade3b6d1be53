/* SPDX-License-Identifier: MIT */
/* bounded_map.h - maps any number of inputs, a bounded number at a time.
 *
 * "Fetch these million, 64 at a time": inputs are read one by one when there is
 * room for another, each is processed in a task of its own, and each result is
 * delivered as soon as it is ready, or in the order of the inputs. Only inputs
 * and results in flight are held in memory.
 *
 * Of an array duet_bounded_map_array() maps one function:
 *
 * Example, given int (*fetch)(void *page), const char **pages, size_t count:
 *
 *     const duet_bounded_map_options options = {.at_once = 16};
 *
 *     status = duet_bounded_map_array(fetch, pages, count, sizeof pages[0],
 *                                     &options, NULL, DUET_NEVER);
 *
 * asyncio has no such call.
 *
 * Threads: for the loop's own thread.
 */
#ifndef DUET_BOUNDED_MAP_H
#define DUET_BOUNDED_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <duet/export.h>
#include <duet/task.h>
#include <duet/time.h>

DUET_BEGIN_DECLARATIONS

/* The functions of a map; all get duet_bounded_map()'s `context`, and may
 * wait. */
typedef struct duet_bounded_map_steps {
    /* Gives the next input. Returns 0; DUET_EEMPTY if there are no more; any
     * other code ends the map with it. Called by a task of the map's own, one
     * call at a time; earlier inputs are processed and their results taken
     * meanwhile. */
    int (*next)(void *context, void **out_input);
    /* Processes an input, in a task of its own; `*out_output` is NULL before.
     * Returns 0 or a positive number, or a negative code. */
    int (*work)(void *context, void *input, void **out_output);
    /* Takes a result: what work() returned, or DUET_ECANCELED if it was
     * cancelled before it began. Called by the task that maps, one call at a
     * time, once for each input of next(), also when the map ends early: so
     * inputs and outputs can be freed here. duet_error_message() is that of the
     * failed work(). Returns 0 to go on; any other code ends the map with it.
     * NULL: the first failure ends the map with its code, unless
     * collect_errors. */
    int (*take)(void *context, void *input, void *output, int result);
} duet_bounded_map_steps;

typedef struct duet_bounded_map_options {
    /* How many inputs are held at most: returned by next() and not taken yet,
     * including the one that take() is called for. Default 64, at most
     * 1,000,000. */
    size_t at_once;
    /* Take results in the order of the inputs. Default false: as they become
     * ready. */
    bool in_order;
    /* Where nobody takes results, and for duet_bounded_map_array(): go on
     * whatever fails. Default false: the first failure ends the map with its
     * code. */
    bool collect_errors;
    /* Name of the tasks; borrowed until return. Default "map". */
    const char *name;
    /* As in duet_spawn_options. */
    size_t stack_bytes;
} duet_bounded_map_options;

/* Processes all inputs.
 *
 *   steps    borrowed until return
 *   context  borrowed until return; passed to the steps
 *   options  borrowed until return; NULL for all defaults
 *
 * When it returns, all tasks have ended. Returns 0 if all inputs were
 * processed, or the code that ended the map, or
 *   DUET_ETIMEDOUT  the deadline passed; what was in flight was cancelled
 *   DUET_ECANCELED  the caller was cancelled, and so was what was in flight
 *   DUET_EINVAL     at_once is out of range
 *   DUET_ENOMEM     no memory
 *   DUET_ENOLOOP    the caller is not a task
 *   and the codes of duet_spawn()
 * If the caller is cancelled after the map has failed, that is delivered by its
 * next wait. */
DUET_API DUET_MUST_USE int
duet_bounded_map(const duet_bounded_map_steps *steps, void *context,
                 const duet_bounded_map_options *options,
                 duet_deadline deadline);

/* Calls one function with a pointer to each element of an array, in tasks, so
 * many at a time, and waits for all.
 *
 *   arguments       the first element; borrowed until return
 *   argument_bytes  size of each, sizeof arguments[0]
 *   options         borrowed until return; NULL for all defaults
 *   results         NULL, or `count` numbers, in the order of the array: what
 *                   the function returned, DUET_ECANCELED if it was cancelled
 *                   or not called
 *
 * When it returns, no call is left. Returns 0 if no call failed, with
 * collect_errors once all have ended; or the code of the first call that
 * failed, or the other codes of duet_bounded_map(). */
DUET_API DUET_MUST_USE int
duet_bounded_map_array(duet_task_function *function, void *arguments,
                       size_t count, size_t argument_bytes,
                       const duet_bounded_map_options *options, int *results,
                       duet_deadline deadline);

DUET_END_DECLARATIONS

#endif
