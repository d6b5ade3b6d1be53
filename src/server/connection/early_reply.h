/* SPDX-License-Identifier: MIT */
/* early_reply.h - replies to clients that are still sending their request.
 *
 * libmicrohttpd answers behind the body only. A small rest is read and thrown
 * away first; otherwise the reply is sent by the handler's task at once, and
 * the connection is closed once the client has had a moment to read it (RFC
 * 9112 9.6). */
#ifndef DUET_SERVER_CONNECTION_EARLY_REPLY_H
#define DUET_SERVER_CONNECTION_EARLY_REPLY_H

#include "server/request/request.h"

/* Is the rest of the body small enough to be thrown away? */
bool duet__early_reply_can_wait(const duet_request *request);

/* The handler has returned while the body was coming: sends the reply unless it
 * waits. For the handler's task; suspends while the client is slow. */
void duet__early_reply(duet_request *request);

#endif
