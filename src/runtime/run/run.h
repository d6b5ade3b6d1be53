/* SPDX-License-Identifier: MIT */
/* run.h - the begin and end of a run of a loop. */
#ifndef DUET_RUNTIME_RUN_RUN_H
#define DUET_RUNTIME_RUN_RUN_H

#include "runtime/core/loop.h"

/* Makes the main task. Returns 0 or a code of duet_spawn(). */
int duet__run_begin(duet_loop *loop, duet_task_function *main, void *argument);

/* Called after each turn: true while the main task, or a task that it left
 * behind, has not ended. */
bool duet__run_goes_on(duet_loop *loop);

/* Ends the run when no task is left. Returns what main returned, or
 * DUET_EDEADLK. */
int duet__run_end(duet_loop *loop);

#endif
