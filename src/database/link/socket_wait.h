/* SPDX-License-Identifier: MIT */
/* socket_wait.h - waiting for the socket of a connection. */
#ifndef DUET_DATABASE_LINK_SOCKET_WAIT_H
#define DUET_DATABASE_LINK_SOCKET_WAIT_H

#include "database/link/database_state.h"

/* Waits until what the connector asked for has happened.
 *
 *   wanted  MYSQL_WAIT_ bits
 *
 * Returns 0, or the codes of duet_wait_readable() */
int duet__database_wait(MYSQL *mysql, int wanted, duet_deadline deadline);

/* Does an idle connection have something to read? The server speaks when it is
 * asked: over TLS it may be a record without data, else it is the end, or an
 * error that comes before it. */
bool duet__database_has_input(const duet_database *database);

/* Makes the connector's socket non-blocking. Under TLS the connector leaves it
 * blocking, and OpenSSL reads it as it is: the whole loop would wait. */
void duet__database_unblock(MYSQL *mysql);

#endif
