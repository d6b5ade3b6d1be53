/* SPDX-License-Identifier: MIT */
/* snapshot.h - all tasks of a loop, in the order of their tree.
 *
 * Tasks are found at the high ends of the loop's stacks, so no list of them
 * must be kept. */
#ifndef DUET_RUNTIME_LOOK_SNAPSHOT_H
#define DUET_RUNTIME_LOOK_SNAPSHOT_H

#include "runtime/core/task.h"

typedef struct duet__snapshot_task {
    const duet_task *task;
    size_t depth;  /* 0 for the loop's own */
    size_t parent; /* index of the task it belongs to; SIZE_MAX for none */
} duet__snapshot_task;

typedef struct duet__snapshot {
    duet__snapshot_task *tasks; /* parents before their children */
    size_t count;
    const duet_task **by_address; /* the same tasks, sorted; private */
} duet__snapshot;

/* Takes a snapshot of a loop; valid until something runs on the loop.
 *
 * Returns 0, or DUET_ENOMEM. */
int duet__snapshot_take(const duet_loop *loop, duet__snapshot *out);

void duet__snapshot_free(duet__snapshot *snapshot);

/* Is this the address of one of the tasks? */
bool duet__snapshot_has(const duet__snapshot *snapshot, const void *address);

#endif
