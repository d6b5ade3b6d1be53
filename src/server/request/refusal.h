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
#ifndef DUET_SERVER_REQUEST_REFUSAL_H
#define DUET_SERVER_REQUEST_REFUSAL_H

#include "server/request/connection.h"

/* The largest reply that is written in this way, head and body. */
enum { DUET__REFUSAL_BYTES_MAX = 16384 };

/* Refuses the request in progress, or one whose first line was not even read,
 * with the error page of `status`; counts it and writes its line to the access
 * log. Does nothing on a connection that was refused already.
 *
 *   detail  for an application's error page; "" if there is nothing to say */
void duet__refuse(duet__connection *connection, int status, const char *detail);

#endif
