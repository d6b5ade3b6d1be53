/* SPDX-License-Identifier: MIT */
/* shutdown.h - limits how long a run continues after its main task. */
#ifndef DUET_RUNTIME_RUN_SHUTDOWN_H
#define DUET_RUNTIME_RUN_SHUTDOWN_H

#include "runtime/core/loop.h"

enum { DUET__SHUTDOWN_DEFAULT_MS = 30000 };

/* Reads options.shutdown_ms. Returns 0, or DUET_EINVAL with detail. */
int duet__shutdown_read(duet_loop *loop);

/* Starts the limit: the main task has returned, and other tasks still run. May
 * be called again. */
void duet__shutdown_begins(duet_loop *loop);

/* All tasks have ended. */
void duet__shutdown_is_over(duet_loop *loop);

#endif
