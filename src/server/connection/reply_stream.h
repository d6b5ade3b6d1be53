/* SPDX-License-Identifier: MIT */
/* reply_stream.h - the reply that a handler writes piece by piece. */
#ifndef DUET_SERVER_CONNECTION_REPLY_STREAM_H
#define DUET_SERVER_CONNECTION_REPLY_STREAM_H

#include "server/request/request.h"

/* The handler has returned: ends its stream, which may wait for the client, or
 * gives it up; logs what is the handler's fault. request->run.is_answered tells
 * whether the client has all of it. */
void duet__reply_stream_conclude(duet_request *request, int result);

/* Frees what the stream has beside the request's memory. */
void duet__reply_stream_free(duet_request *request);

#endif
