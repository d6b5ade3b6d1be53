/* SPDX-License-Identifier: MIT */
/* incoming.h - a response as it arrives: heads line by line, the body piece by
 * piece; and what is wrong with it. */
#ifndef DUET_CLIENT_HOP_INCOMING_H
#define DUET_CLIENT_HOP_INCOMING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <duet/export.h>
#include <duet/fields.h>
#include <duet/session.h>

#include "base/buffer.h"
#include "http/body/decoder.h"
#include "stream/core/ring.h"

typedef struct duet__incoming {
    int status;          /* of the newest head; 0 before */
    duet_fields *fields; /* of the newest head; NULL before */
    bool is_in_head;     /* the newest head has begun and not ended */
    bool skips_field;    /* its newest field was left out; so is what folds */
    bool head_is_whole;  /* of the final response */
    size_t head_bytes;   /* of all heads and trailers so far */
    bool is_discarded;   /* the body of a redirect that is followed */
    duet__buffer body;
    int64_t body_bytes; /* that arrived */
    int64_t raw_bytes;  /* the same before chunks were undone, if it is known */
    bool has_coding;    /* the whole head has a Transfer-Encoding */
    bool has_length;    /* the whole head says where the body ends: */
    uint64_t length;    /* after so many bytes */

    /* How to take it. */
    bool answers_head;     /* the request's method is HEAD */
    bool follows_redirect; /* drop the body of a redirect */
    bool keeps_coding;     /* do not decode the body */
    duet_body_sink *sink;  /* NULL: keep the body */
    void *sink_context;
    duet__ring *ring; /* takes the body piece by piece; NULL: it is kept, or
                       * goes to the sink */
    size_t ahead;     /* so many of the bytes that are given again it has */
    size_t body_max;
    size_t head_max;        /* for head_bytes */
    duet__decoder *decoder; /* of the body; NULL: it is not decoded. What goes
                             * into a ring is decoded by its reader */

    /* Why taking it was broken off. */
    int error;        /* 0 while all is well */
    const char *flaw; /* a constant sentence; NULL if the code says all */
} duet__incoming;

/* Makes one that owns nothing yet and has no limit. */
void duet__incoming_init(duet__incoming *incoming);

/* Takes one line of a head, with its end of line; an empty one ends the head.
 * Lines after the final head, trailers, are counted and dropped. A field that
 * is malformed is left out, unless it says how long the body is.
 *
 * Returns 0, or the code that is then in `error`. */
int duet__incoming_line(duet__incoming *incoming, duet__text line);

/* Takes a piece of the body; in the same way. DUET_EFULL, which is not an
 * error: there was room in the ring for a part only; the piece is to be given
 * again, however it is cut then. */
int duet__incoming_body(duet__incoming *incoming, const void *bytes,
                        size_t count);

/* The body has come as a whole: is it one when decoded? In the same way as
 * duet__incoming_body(). */
int duet__incoming_end(duet__incoming *incoming);

/* Is told of bytes of a chunked body before they are taken apart, trailers
 * included: what frames it may not go on for ever. In the same way. */
int duet__incoming_raw(duet__incoming *incoming, size_t count);

/* Is this the head of a redirect with somewhere to go? */
bool duet__incoming_is_redirect(const duet__incoming *incoming);

/* Has all of the final response come, whatever happens to the connection? False
 * also if only the connection's end would tell. */
bool duet__incoming_is_whole(const duet__incoming *incoming);

/* Releases what it owns. It may be used again after duet__incoming_init(). */
void duet__incoming_free(duet__incoming *incoming);

#endif
