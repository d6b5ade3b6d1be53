/* SPDX-License-Identifier: MIT */
/* drain.h - what a query left behind is read or stopped. */
#ifndef DUET_DATABASE_DRAIN_H
#define DUET_DATABASE_DRAIN_H

#include "database/database.h"

/* Is anything of an earlier answer left? */
bool duet__database_is_drained(const duet_database *database);

/* Reads what is left of earlier answers, for a moment; then stops the query and
 * reads the rest; pings after a KILL. Takes at most stop_ms, and loses the
 * connection if that is not enough.
 *
 * Returns 0, or
 *   DUET_ECANCELED      the task was cancelled meanwhile; all is done
 *   DUET_EDISCONNECTED  the connection is lost */
int duet__database_drain(duet_database *database);

/* Has the calling task hear of its cancellation again, at its next wait: it was
 * delivered to a call that cannot tell of it. */
void duet__database_pass_cancel(void);

#endif
