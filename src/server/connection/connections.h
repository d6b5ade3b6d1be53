/* SPDX-License-Identifier: MIT */
/* connections.h - all connections of a server. */
#ifndef DUET_SERVER_CONNECTION_CONNECTIONS_H
#define DUET_SERVER_CONNECTION_CONNECTIONS_H

#include "server/request/connection.h"

/* Makes the record of a new connection. NULL if there is no memory. */
duet__connection *duet__connections_open(duet_server *server,
                                         struct MHD_Connection *mhd,
                                         int descriptor,
                                         const struct sockaddr *address);

/* Frees it; the descriptor is closed next. NULL does nothing. */
void duet__connections_close(duet__connection *connection);

#endif
