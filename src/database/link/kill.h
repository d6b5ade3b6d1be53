/* SPDX-License-Identifier: MIT */
/* kill.h - runs operations that are stopped at the server when given up. */
#ifndef DUET_DATABASE_LINK_KILL_H
#define DUET_DATABASE_LINK_KILL_H

#include "database/link/operation.h"

/* Runs an operation to its end. If the deadline passes or the task is
 * cancelled, the query is stopped at the server over another connection, and
 * the operation is completed; if that takes too long, the connection is aborted
 * and lost.
 *
 * Returns 0 once it is complete, with the outcome in its result; or
 *   DUET_ETIMEDOUT, DUET_ECANCELED, DUET_ENOMEM, DUET_ENOLOOP
 *                   it was stopped, or never begun */
int duet__operation_run_or_kill(duet_database *database,
                                duet__operation *operation,
                                duet_deadline deadline);

#endif
