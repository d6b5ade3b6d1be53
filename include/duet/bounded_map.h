/* SPDX-License-Identifier: MIT */
/* bounded_map.h - maps any number of inputs, a bounded number at a time.
 *
 * "Fetch these million, 64 at a time": inputs are read one by one when there is
 * room for another, each is processed in a task of its own, and each result is
 * delivered as soon as it is ready, or in the order of the inputs. Only inputs
 * and results in flight are held in memory.
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
     * NULL: the first failure ends the map with its code. */
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
 *   processed, or the code that ended the map, or DUET_ETIMEDOUT the deadline
 *   passed; what was in flight was cancelled DUET_ECANCELED the caller was
 *   cancelled, and so was what was in flight DUET_EINVAL at_once is out of
 *   range DUET_ENOMEM no memory DUET_ENOLOOP the caller is not a task and the
 *   codes of duet_spawn()
 * If the caller is cancelled after the map has failed, that is delivered by its
 * next wait. */
DUET_API DUET_MUST_USE int
duet_bounded_map(const duet_bounded_map_steps *steps, void *context,
                 const duet_bounded_map_options *options,
                 duet_deadline deadline);

DUET_END_DECLARATIONS

#endif
