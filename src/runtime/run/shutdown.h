/* SPDX-License-Identifier: MIT */
/* shutdown.h - the bound on how long a run goes on after its main task. */
#ifndef DUET_RUNTIME_RUN_SHUTDOWN_H
#define DUET_RUNTIME_RUN_SHUTDOWN_H

#include "runtime/core/loop.h"

enum { DUET__SHUTDOWN_DEFAULT_MS = 30000 };

/* Reads options.shutdown_ms. Returns 0, or DUET_EINVAL with detail. */
int duet__shutdown_read(duet_loop *loop);

/* The main task has returned, and others go on: from now the bound counts. May
 * be called again. */
void duet__shutdown_begins(duet_loop *loop);

/* Nothing goes on any more. */
void duet__shutdown_is_over(duet_loop *loop);

#endif
