/* SPDX-License-Identifier: MIT */
/* socket_wait.h - waiting for the socket of a connection. */
#ifndef DUET_DATABASE_LINK_SOCKET_WAIT_H
#define DUET_DATABASE_LINK_SOCKET_WAIT_H

#include "database/link/database_state.h"

/* Waits until an event occurs that the connector asked for.
 *
 *   wanted  MYSQL_WAIT_ bits
 *
 * Returns 0, or the codes of duet_wait_readable() */
int duet__database_wait(MYSQL *mysql, int wanted, duet_deadline deadline);

/* Does an idle connection have input? A server sends nothing without a request:
 * over TLS it may be a record without data, otherwise it is the end of the
 * connection, or an error before it. */
bool duet__database_has_input(const duet_database *database);

/* Makes the connector's socket non-blocking. With TLS the connector leaves it
 * blocking, and OpenSSL's reads would block the whole loop. */
void duet__database_unblock(MYSQL *mysql);

#endif
