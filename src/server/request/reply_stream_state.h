/* SPDX-License-Identifier: MIT */
/* reply_stream_state.h - a reply whose body the handler writes. */
#ifndef DUET_SERVER_REQUEST_REPLY_STREAM_STATE_H
#define DUET_SERVER_REQUEST_REPLY_STREAM_STATE_H

#include "server/request/reply.h"
#include "stream/core/writer.h"

struct duet__outgoing;

/* Lies in the request's arena. */
typedef struct duet__reply_stream {
    duet_writer writer;   /* the handler's */
    duet_writer *encoder; /* owned; NULL: the body is not coded; see
                           * connection/reply_stream_coding.h */
    duet_writer coded;
    duet_request *request;
    struct duet__outgoing *outgoing;
    int status;          /* of the reply */
    bool sends_body;     /* not of HEAD, 204, 304 */
    bool closes;         /* the connection, behind the reply */
    bool is_broken;      /* the client has a part of it, and no more follows */
    bool has_length;     /* in bytes: `length` */
    bool takes_trailers; /* the client does, and the body is chunked */
    uint64_t length;
    uint64_t written;    /* by the handler */
    uint64_t body_bytes; /* of them, for the client */
    duet__reply_field *trailers;
    duet__reply_field **last_trailer;
} duet__reply_stream;

#endif
