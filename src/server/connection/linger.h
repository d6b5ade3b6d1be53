/* SPDX-License-Identifier: MIT */
/* linger.h - closing a connection on which the client is still sending.
 *
 * A socket that is closed while bytes of the client are unread, or come later,
 * resets the connection, and what the client has not read of its reply by then
 * is lost. So a connection that ends behind a reply (Connection: close, an
 * error) while its client sends more than was asked for is kept half-closed:
 * what comes is read and thrown away until the client closes, a second has
 * passed, or too much has come (RFC 9112 9.6). Beyond a number of these at once
 * connections are closed as they are.
 *
 * libmicrohttpd closes its descriptor all the same; ours is a duplicate. */
#ifndef DUET_SERVER_CONNECTION_LINGER_H
#define DUET_SERVER_CONNECTION_LINGER_H

#include "server/request/connections_state.h"

enum {
    /* At once in a server. */
    DUET__LINGERING_MAX = 128,
    /* Thrown away of one client. */
    DUET__LINGER_BYTES_MAX = 16 << 20,
};

/* Sets up what follows. Returns 0, or DUET_ENOMEM: then it must not be
 * stopped. */
DUET_MUST_USE int duet__linger_init(duet__connections *connections);

/* Closes all that is left. */
void duet__linger_stop(duet__connections *connections);

/* The connection's descriptor is closed next: keeps what it stands for, if its
 * client is still sending and did not close. */
void duet__linger_begin(const duet__connection *connection);

#endif
