/* SPDX-License-Identifier: MIT */
/* reply.h - a reply as it is filled, before libmicrohttpd gets it. */
#ifndef DUET_SERVER_REQUEST_REPLY_H
#define DUET_SERVER_REQUEST_REPLY_H

#include <stdbool.h>
#include <stdint.h>

#include <duet/reply.h>

#include "base/text.h"

/* Texts are NUL-terminated and lie in the request's arena. */
typedef struct duet__reply_field {
    struct duet__reply_field *next;
    const char *name;
    const char *value;
} duet__reply_field;

typedef struct duet__reply {
    int status;  /* 0: not filled */
    bool closes; /* the connection is closed behind it */
    duet__text body;
    const char *content_type; /* NULL: none */
    const char *chosen_type;  /* by duet_reply_field(); NULL: not */
    bool has_length;          /* of a reply to HEAD, or with status 304: what
                               * GET, or 200, would have had */
    uint64_t length;
    char *owned; /* malloc'ed bytes of `body`, or NULL */
    duet__reply_field *fields;
    duet__reply_field **last; /* where the next field goes */
} duet__reply;

/* An empty reply. */
void duet__reply_init(duet__reply *reply);

/* Releases what it owns and empties it. */
void duet__reply_reset(duet__reply *reply);

/* Fills the reply with bytes that live as long as the request.
 *
 *   content_type  likewise; NULL for none */
void duet__reply_set(duet_request *request, int status, duet__text body,
                     const char *content_type);

/* Does the reply to `request` have no body, whatever was filled in (RFC 9110
 * 6.4.1)? HEAD not counted: it has a length. */
bool duet__reply_has_no_body(const duet__reply *reply);

/* The Content-Type that is sent; NULL for none. */
const char *duet__reply_type(const duet__reply *reply);

/* The Content-Length that is sent with the reply to `request`; false if it has
 * none (RFC 9110 8.6). */
bool duet__reply_has_length(const duet_request *request, uint64_t *out_length);

/* Has the handler added this field, other than Content-Type? */
bool duet__reply_has_field(const duet__reply *reply, const char *name);

/* Drops the fields that were added since reply->last was `last`. */
void duet__reply_cut_fields(duet__reply *reply, duet__reply_field **last);

/* Makes a field from copies of its parts.
 *
 * Returns 0, DUET_EFIELD with detail, or DUET_ENOMEM. */
DUET_MUST_USE int duet__reply_make_field(duet_request *request,
                                         const char *name, const char *value,
                                         duet__reply_field **out_field);

/* How many bytes of body are sent with the reply to `request`. */
size_t duet__reply_sent_bytes(const duet_request *request);

#endif
