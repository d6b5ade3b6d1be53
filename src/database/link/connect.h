/* SPDX-License-Identifier: MIT */
/* connect.h - opens and closes a connection. */
#ifndef DUET_DATABASE_LINK_CONNECT_H
#define DUET_DATABASE_LINK_CONNECT_H

#include "database/link/database_state.h"

/* Connects; `database` has its settings.
 *
 * Returns as duet_database_open() */
int duet__database_connect(duet_database *database, duet_deadline deadline);

/* Closes the connection, or an unfinished one. */
void duet__database_disconnect(duet_database *database);

#endif
