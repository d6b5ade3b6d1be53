/* SPDX-License-Identifier: MIT */
/* kill.h - operations that the server is told to stop. */
#ifndef DUET_DATABASE_LINK_KILL_H
#define DUET_DATABASE_LINK_KILL_H

#include "database/link/operation.h"

/* Runs an operation to its end. If the deadline passes or the task is
 * cancelled, the server is told to stop, over another connection, and the
 * operation is led to its end; if that takes too long the connection is broken
 * off and lost.
 *
 * Returns 0 once it came to its end: its result tells how it went; or
 *   DUET_ETIMEDOUT, DUET_ECANCELED, DUET_ENOMEM, DUET_ENOLOOP
 *                   it was stopped, or not even begun */
int duet__operation_run_or_kill(duet_database *database,
                                duet__operation *operation,
                                duet_deadline deadline);

#endif
