/* SPDX-License-Identifier: MIT */
/* exchange.h - one exchange: a request, the redirects it leads through, and the
 * final response, as a whole or up to its head. */
#ifndef DUET_CLIENT_EXCHANGE_EXCHANGE_H
#define DUET_CLIENT_EXCHANGE_EXCHANGE_H

#include "client/hop/hop.h"
#include "client/exchange/entrance.h"
#include "client/exchange/upload.h"
#include "client/session/session.h"
#include "http/url/host.h"

enum {
    DUET__WHERE_BYTES = DUET__HOST_BYTES + 10, /* "[HOST]:65535" */
};

typedef struct duet__exchange {
    duet_session *session;
    const duet_fetch_options *options; /* of the call */
    duet__ring *ring; /* takes the body as it comes; NULL: it is taken whole */
    duet__decoder *decoder; /* of what goes into the ring; NULL: none; taken by
                             * who reads */
    const char *method;
    duet_url *url;
    duet_fields *fields; /* of the request and the session; NULL: session's */
    const void *body;
    size_t body_bytes;
    duet__upload *upload; /* the body instead; NULL: none */
    int64_t expect_ns;
    bool is_repeated; /* the newest hop is the same as the one before */
    size_t body_max;
    size_t head_max;
    size_t json_depth_max;
    int max_redirects;
    bool wants_success;
    duet__phase_limits limits;
    duet_timings timings;
    int redirects;
    int64_t begin_ns;
    bool is_begun; /* the session counts it */
    duet__hop hop;
    duet__entrance entrance;
    char where[DUET__WHERE_BYTES];
} duet__exchange;

/* Checks what was asked for, and begins. The exchange must not be moved.
 *
 *   self  with `session`, `method`, `options`, NULL for all defaults, and
 * `ring`
 *
 * Returns 0 or a code with detail; duet__exchange_end() follows either. */
DUET_MUST_USE int duet__exchange_begin(duet__exchange *self, const char *url);

/* Runs hop after hop until a response is not a redirect. If its body goes into
 * the ring, the newest hop is still to be read or left on success.
 *
 * Returns 0, or the codes of duet_fetch(). */
DUET_MUST_USE int duet__exchange_run(duet__exchange *self,
                                     duet_response **out_response,
                                     duet_deadline deadline);

/* Frees what it owns. Suspends if a body_reader is still read. Does not leave a
 * hop that is still to be read. */
void duet__exchange_end(duet__exchange *self);

#endif
