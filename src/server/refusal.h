/* SPDX-License-Identifier: MIT */
/* refusal.h - answering a client that is still sending.
 *
 * libmicrohttpd cannot answer in the middle of a body, and a reply followed by
 * a close while the client's bytes are unread resets the connection: the client
 * may never see it. So we write the reply to the socket ourselves, close our
 * side of the connection, and let libmicrohttpd read on, all of it thrown away,
 * until the client closes or a second has passed (a lingering close, RFC 9112
 * 9.6).
 *
 * Only for a connection on which no reply is being sent. */
#ifndef DUET_SERVER_REFUSAL_H
#define DUET_SERVER_REFUSAL_H

#include "server/connection.h"

/* Refuses the request in progress with `status`. */
void duet__refuse(duet__connection *connection, int status);

#endif
