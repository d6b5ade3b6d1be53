/* SPDX-License-Identifier: MIT */
/* half_close_reply.h - replies to clients that have closed their sending side.
 *
 * libmicrohttpd reads first when a suspended connection is resumed, finds the
 * end, and closes. So where the handler goes on all the same, its task sends
 * the reply. */
#ifndef DUET_SERVER_CONNECTION_HALF_CLOSE_REPLY_H
#define DUET_SERVER_CONNECTION_HALF_CLOSE_REPLY_H

#include "server/request/request.h"

/* Sends the filled reply, in the handler's task; it is the last of its
 * connection. Suspends while the client is slow; sets request->run.is_answered,
 * or connection->has_hung_up. */
void duet__half_close_send(duet_request *request);

/* The same if libmicrohttpd could not; for the handler's task,
 * at its end. Suspends while the client is slow; sets request->run.is_answered.
 */
void duet__half_close_reply(duet_request *request);

#endif
