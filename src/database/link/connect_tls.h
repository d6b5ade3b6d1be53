/* SPDX-License-Identifier: MIT */
/* connect_tls.h - connecting with TLS. */
#ifndef DUET_DATABASE_LINK_CONNECT_TLS_H
#define DUET_DATABASE_LINK_CONNECT_TLS_H

#include "database/link/database_state.h"

/* Connects with TLS, in a thread; database->mysql has its options, and is NULL
 * if this fails.
 *
 *   address        NULL: over the Unix socket
 *   out_connected  the connector's result; set on success
 *
 * Returns 0 once the connector has ended, or the codes of duet_to_thread(). */
int duet__database_connect_tls(duet_database *database, const char *address,
                               bool *out_connected, duet_deadline deadline);

#endif
