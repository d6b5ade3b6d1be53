/* SPDX-License-Identifier: MIT */
/* connections.h - all connections of a server. */
#ifndef DUET_SERVER_CONNECTION_CONNECTIONS_H
#define DUET_SERVER_CONNECTION_CONNECTIONS_H

#include "server/request/connections_state.h"

/* Makes none of them. Returns 0, or DUET_ENOMEM: then there is nothing to stop.
 *
 *   settings  borrowed */
DUET_MUST_USE int duet__connections_init(duet__connections *connections,
                                         duet_loop *loop,
                                         const duet__settings *settings);

/* None is left, but those that linger: closes them. */
void duet__connections_stop(duet__connections *connections);

/* Makes the record of a new connection. NULL if there is no memory. */
duet__connection *duet__connections_open(duet_server *server,
                                         struct MHD_Connection *mhd,
                                         int descriptor,
                                         const struct sockaddr *address);

/* Frees it; the descriptor is closed next. NULL does nothing. */
void duet__connections_close(duet__connection *connection);

/* Frees the record of one that was closed while a handler ran. */
void duet__connections_forget(duet__connection *connection);

/* Ends the connections on which nothing is asked. */
void duet__connections_cut_idle(duet__connections *connections);

/* The server stops: refuses the requests that are not complete yet. */
void duet__connections_refuse_incomplete(duet__connections *connections);

#endif
