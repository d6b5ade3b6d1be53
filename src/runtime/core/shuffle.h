/* SPDX-License-Identifier: MIT */
/* shuffle.h - a random order of ready tasks, the same for the same seed. */
#ifndef DUET_RUNTIME_CORE_SHUFFLE_H
#define DUET_RUNTIME_CORE_SHUFFLE_H

#include <stdint.h>

#include "runtime/core/run_queue.h"

/* Puts the tasks of `queue` into another order; functions to call keep their
 * places, as their order is guaranteed.
 *
 *   state  of the random numbers; the seed at first
 *
 * Returns how many members are to run before the next shuffle, at least 1: a
 * task made ready meanwhile may then overtake those that stayed. */
int duet__shuffle(duet__run_queue *queue, uint64_t *state);

#endif
