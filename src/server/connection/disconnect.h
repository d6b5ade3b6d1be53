/* SPDX-License-Identifier: MIT */
/* disconnect.h - hearing of clients that hang up on a handler.
 *
 * libmicrohttpd does not look at a suspended connection. So we watch its
 * descriptor ourselves, for the hang-up alone: from the first time one of its
 * requests has to wait until it closes. Data does not wake us. A client that
 * only closes its sending side counts as gone, unless its route or the server
 * says otherwise; see half_close.h. */
#ifndef DUET_SERVER_CONNECTION_DISCONNECT_H
#define DUET_SERVER_CONNECTION_DISCONNECT_H

#include "server/request/connection.h"

/* Starts watching, if it is not watched. A hang-up that has happened already is
 * heard of in the next turn. */
void duet__disconnect_watch(duet__connection *connection);

/* Watches for room in the socket, too: connection->outgoing looks then. Each
 * time the socket was full, this is told once.
 *
 * Returns 0 or a code of duet__source_watch(). */
DUET_MUST_USE int duet__disconnect_watch_writable(duet__connection *connection);

/* Stops watching; the connection stays. */
void duet__disconnect_stop(duet__connection *connection);

/* Stops watching a connection that is closed next. */
void duet__disconnect_forget(duet__connection *connection);

#endif
