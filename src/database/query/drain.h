/* SPDX-License-Identifier: MIT */
/* drain.h - what a query left behind is read or stopped. */
#ifndef DUET_DATABASE_QUERY_DRAIN_H
#define DUET_DATABASE_QUERY_DRAIN_H

#include "database/link/database_state.h"

/* Reads what is left of earlier answers, for a moment; then stops the query and
 * reads the rest; pings after a KILL. Takes at most stop_ms, and loses the
 * connection if that is not enough.
 *
 * Returns 0, or
 *   DUET_ECANCELED      the task was cancelled meanwhile; all is done
 *   DUET_EDISCONNECTED  the connection is lost */
int duet__database_drain(duet_database *database);

/* Asks the server for a sign of life, inside a public call.
 *
 * Returns as duet_database_ping() */
int duet__database_ping(duet_database *database, duet_deadline deadline);

#endif
