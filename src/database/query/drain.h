/* SPDX-License-Identifier: MIT */
/* drain.h - reads or stops what a query left unread. */
#ifndef DUET_DATABASE_QUERY_DRAIN_H
#define DUET_DATABASE_QUERY_DRAIN_H

#include "database/link/database_state.h"

/* Reads the rest of earlier answers for a short time; then stops the query and
 * reads the remainder; pings after a KILL. Takes at most stop_ms, and loses the
 * connection if that is not enough.
 *
 * Returns 0, or
 *   DUET_ECANCELED      the task was cancelled meanwhile; everything was read
 *   DUET_EDISCONNECTED  the connection is lost */
int duet__database_drain(duet_database *database);

/* Pings the server, inside a public call.
 *
 * Returns as duet_database_ping() */
int duet__database_ping(duet_database *database, duet_deadline deadline);

#endif
