/* SPDX-License-Identifier: MIT */
/* inspect.h - the common part of text and JSON about tasks. */
#ifndef DUET_RUNTIME_LOOK_INSPECT_H
#define DUET_RUNTIME_LOOK_INSPECT_H

#include <duet/inspect.h>

#include "base/buffer.h"
#include "runtime/look/snapshot.h"

enum { DUET__INSPECT_TASKS_MAX = 1000 };

/* Checks the options. Returns 0 or DUET_EINVAL.
 *
 *   options         may be NULL
 *   out_tasks_max   how many tasks are to be written */
int duet__inspect_read_options(const duet_inspect_options *options,
                               bool *out_backtraces, size_t *out_tasks_max);

/* "ready", "running", "waiting". */
const char *duet__inspect_state(const duet_task *task);

/* How many bytes of its stack a task uses now; 0 if unknown. */
size_t duet__inspect_stack_used(const duet_task *task);

/* Appends what a waiting task waits for besides wait->what: a task's name, a
 * descriptor's number, an address, or nothing. Returns 0 or an error of
 * buffer.h. */
int duet__inspect_append_object(duet__buffer *buffer,
                                const duet__snapshot *snapshot,
                                const duet__wait *wait);

#endif
