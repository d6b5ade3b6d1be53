/* SPDX-License-Identifier: MIT */
/* shared.h - responses kept for replies that come again and again.
 *
 * A reply without fields of its own is body and content type; the status is not
 * part of libmicrohttpd's object. Each of a few places keeps one such response,
 * and gives it up for another once many replies in a row were others: so
 * replies that are all different cost a comparison and, now and then, a copy.
 */
#ifndef DUET_SERVER_MHD_SHARED_H
#define DUET_SERVER_MHD_SHARED_H

#include "base/text.h"

struct MHD_Response;

enum {
    DUET__SHARED_PLACES = 16,
    DUET__SHARED_BODY_MAX = 512, /* bytes of the largest body that is kept */
    DUET__SHARED_PATIENCE = 16,  /* other replies before a place is given up */
};

typedef struct duet__shared_response {
    struct MHD_Response *response; /* NULL: the place is empty */
    size_t body_length;
    unsigned misses; /* since its last use */
    char type[48];
    char body[DUET__SHARED_BODY_MAX];
} duet__shared_response;

typedef struct duet__shared {
    duet__shared_response places[DUET__SHARED_PLACES];
} duet__shared;

/* The response for `body` of `type`; NULL if there is none: make one. Borrowed
 * until the next call.
 *
 *   type  NUL-terminated; "" for none */
struct MHD_Response *duet__shared_find(duet__shared *shared, duet__text body,
                                       const char *type);

/* Releases all. */
void duet__shared_free(duet__shared *shared);

#endif
