/* SPDX-License-Identifier: MIT */
/* task_local.h - a task's table of values, shared until somebody changes it.
 *
 * A callback sees the table of who asked for it: it holds that, and
 * loop->callback_locals is set to it while the callback runs. */
#ifndef DUET_RUNTIME_CORE_TASK_LOCAL_H
#define DUET_RUNTIME_CORE_TASK_LOCAL_H

#include <duet/task_local.h>

typedef struct duet__locals duet__locals;

/* Takes hold of the table once more; NULL (no values) stays NULL. */
duet__locals *duet__locals_hold(duet__locals *locals);

/* Lets go of it; the last one frees it. Any thread, for a future's callbacks
 * go with the future. */
void duet__locals_free(duet__locals *locals);

/* Takes hold of the table that the calling task or callback sees. */
duet__locals *duet__locals_hold_current(void);

#endif
