/* SPDX-License-Identifier: MIT */
/* use.h - the begin and end of every public call on a connection. */
#ifndef DUET_DATABASE_QUERY_USE_H
#define DUET_DATABASE_QUERY_USE_H

#include "database/link/database_state.h"

/* Begins a public call: checks that the connection is open, idle and clean.
 *
 *   reader  the rows that make the call, whose unread answers are kept; or NULL
 *
 * Returns 0, or a code listed at the top of duet/database.h; then
 * duet__database_leave() must not be called. */
int duet__database_enter(duet_database *database, const duet_rows *reader);

/* Ends the call. After a timeout, a cancellation or an overflow the connection
 * is drained, or given up. Returns `status`. */
int duet__database_leave(duet_database *database, int status);

/* Makes the calling task's next wait deliver its cancellation again, which was
 * delivered to a call that cannot return it. */
void duet__database_pass_cancel(void);

#endif
