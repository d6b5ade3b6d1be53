/* SPDX-License-Identifier: MIT */
/* connect.h - making and closing a connection. */
#ifndef DUET_DATABASE_LINK_CONNECT_H
#define DUET_DATABASE_LINK_CONNECT_H

#include "database/link/database_state.h"

/* Connects; `database` has its settings.
 *
 * Returns as duet_database_open() */
int duet__database_connect(duet_database *database, duet_deadline deadline);

/* Closes what there is of a connection. */
void duet__database_disconnect(duet_database *database);

#endif
