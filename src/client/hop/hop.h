/* SPDX-License-Identifier: MIT */
/* hop.h - one request and its response, without redirects: what the exchange
 * tells the libcurl driver, and what it hears from it. */
#ifndef DUET_CLIENT_HOP_HOP_H
#define DUET_CLIENT_HOP_HOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <duet/fields.h>
#include <duet/url.h>

#include "client/admission/admission.h"
#include "client/hop/incoming.h"
#include "client/hop/hop_body.h"
#include "client/hop/phase.h"

typedef struct duet__hop {
    /* The request; borrowed until the hop has ended. */
    const char *method;
    const duet_url *url;
    const duet_fields *fields; /* all of them; NULL: the session's */
    const void *body;          /* NULL: none */
    size_t body_bytes;
    duet__hop_body *outgoing; /* the body instead; NULL: none */
    bool wants_fresh;         /* it goes out on a new connection */
    int64_t expect_ns; /* how long to wait for 100 (Continue); 0: not at all */
    const char *content_type;
    bool keeps_coding; /* no coding is asked for */
    /* "1.2.3.4,[::1]"; NULL if the host is an address. */
    const char *addresses;
    const char *where; /* host and port, for people */
    const duet__phase_limits *limits;
    duet__admission_slot slot;
    int64_t begin_ns; /* when it began; once it has its slot, when it got it */
    /* Called once libcurl has no more to do with it; NULL: not wanted. Only for
     * one whose body goes into a ring. */
    void (*ended)(struct duet__hop *hop);
    /* What carries it out, from when its head is there until its end was read;
     * else NULL. Only for one whose body goes into a ring. */
    struct duet__transfer *transfer;

    /* The response. */
    duet__incoming incoming;
    bool is_reused;
    /* It failed, or the server will not be asked before the body: it may be
     * sent again on a new connection, if an outgoing body can be read again. */
    bool is_repeatable;
    int64_t connect_ns;
    int64_t tls_ns;
    int64_t first_byte_ns;
    int64_t body_ns;
} duet__hop;

static inline bool duet__hop_has_body(const duet__hop *hop)
{
    return hop->body_bytes > 0 || hop->outgoing != NULL;
}

/* Is there more to send, when `sent` bytes were? */
static inline bool duet__hop_has_rest(const duet__hop *hop, uint64_t sent)
{
    return hop->outgoing != NULL ? !hop->outgoing->is_taken
                                 : sent < hop->body_bytes;
}

#endif
