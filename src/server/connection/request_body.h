/* SPDX-License-Identifier: MIT */
/* request_body.h - the body of a request that its handler reads while it comes.
 *
 * Between libmicrohttpd and the handler's task is one ring. When it is full the
 * connection is suspended, and resumed when a fair part was read. For a route
 * that does not stream, the reader has the body that was collected. */
#ifndef DUET_SERVER_CONNECTION_REQUEST_BODY_H
#define DUET_SERVER_CONNECTION_REQUEST_BODY_H

#include "server/request/request.h"
#include "stream/core/reader.h"
#include "stream/core/ring.h"

/* Set up with its reader. */
struct duet__request_body {
    duet_reader reader;
    duet_request *request;
    duet__ring ring;
    size_t lent;        /* of the ring's front, to the reader */
    duet__list waiting; /* of duet__wait */
    uint64_t received;  /* bytes of the body */
    int failure;        /* what follows the ring's bytes instead of the end */
    bool has_ended;     /* nothing more comes: that, or the body's end */
    bool has_lent_all;  /* of a body that was collected */
    bool expects_100;   /* the client waits to be told to send */
};

typedef struct duet__request_body duet__request_body;

/* Each request has the place beside it. */
typedef struct duet__request_and_body {
    duet_request request;
    duet__request_body body;
} duet__request_and_body;

static inline duet__request_body *
duet__request_body_of(const duet_request *request)
{
    return &((duet__request_and_body *)(uintptr_t)request)->body;
}

/* The body of `request` is read as it comes, from now on. False: there is no
 * memory, and nothing has changed but for texts of the head. */
DUET_MUST_USE bool duet__request_body_begin(duet_request *request);

/* Takes bytes of the body; returns how many. With fewer than all of them the
 * connection must be suspended. */
size_t duet__request_body_put(duet_request *request, const char *bytes,
                              size_t length);

/* The body is complete. */
void duet__request_body_end(duet_request *request);

/* No more of it comes; the reader fails with `code` behind what it has, and a
 * handler that returns that code gives the client `status`. Does nothing if the
 * body is complete or has failed. */
void duet__request_body_fail(duet_request *request, int code, int status);

/* Frees what the reader has; only with request->body.has_reader. */
void duet__request_body_free(duet_request *request);

#endif
