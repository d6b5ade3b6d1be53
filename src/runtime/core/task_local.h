/* SPDX-License-Identifier: MIT */
/* task_local.h - a task's table of values, shared until it is changed.
 *
 * A callback sees the table of the task or callback that added it: it holds a
 * reference to that table, and loop->callback_locals is set to it while the
 * callback runs. */
#ifndef DUET_RUNTIME_CORE_TASK_LOCAL_H
#define DUET_RUNTIME_CORE_TASK_LOCAL_H

#include <duet/task_local.h>

typedef struct duet__locals duet__locals;

/* Adds a reference to the table; NULL (no values) stays NULL. */
duet__locals *duet__locals_hold(duet__locals *locals);

/* Releases a reference; the last one frees the table. Any thread, as a future's
 * callbacks are freed with the future. */
void duet__locals_free(duet__locals *locals);

/* Adds a reference to the table that the calling task or callback sees. */
duet__locals *duet__locals_hold_current(void);

#endif
