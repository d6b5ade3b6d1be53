/* SPDX-License-Identifier: MIT */
/* use.h - the frame of every public call on a connection. */
#ifndef DUET_DATABASE_QUERY_USE_H
#define DUET_DATABASE_QUERY_USE_H

#include "database/link/database_state.h"

/* Begins a public call: the connection is there, idle and clean.
 *
 *   reader  the rows on whose behalf, whose unread answers stay; or NULL
 *
 * Returns 0, or a code of the top of duet/database.h; then there is nothing to
 * leave. */
int duet__database_enter(duet_database *database, const duet_rows *reader);

/* Ends it. After a time-out, a cancellation or an overflow the connection is
 * made clean, or given up. Returns `status`. */
int duet__database_leave(duet_database *database, int status);

/* Has the calling task hear of its cancellation again, at its next wait: it was
 * delivered to a call that cannot tell of it. */
void duet__database_pass_cancel(void);

#endif
