/* SPDX-License-Identifier: MIT */
/* reply_wire.h - a reply as bytes on the wire, where libmicrohttpd does not
 * send it. A whole one is the last of its connection: "Connection: close". */
#ifndef DUET_SERVER_REQUEST_REPLY_WIRE_H
#define DUET_SERVER_REQUEST_REPLY_WIRE_H

#include "base/buffer.h"
#include "server/request/request.h"

/* Appends head and body of the filled reply to `request`; to HEAD the head
 * alone.
 *
 * Returns 0 or DUET_ENOMEM. */
DUET_MUST_USE int duet__reply_wire(duet__buffer *buffer,
                                   const duet_request *request);

/* Appends the head of a streamed reply.
 *
 *   length  of its body; NULL: none is told */
DUET_MUST_USE int duet__reply_wire_stream_head(duet__buffer *buffer,
                                               const duet_request *request,
                                               const uint64_t *length,
                                               bool is_chunked, bool closes);

/* Appends the last chunk, and what follows it. */
DUET_MUST_USE int duet__reply_wire_trailers(duet__buffer *buffer,
                                            const duet__reply_field *trailers);

/* Appends the server's own page of `status`, for want of a request. */
DUET_MUST_USE int duet__reply_wire_page(duet__buffer *buffer, int status);

#endif
