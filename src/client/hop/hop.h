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
#include "client/hop/phase.h"

typedef struct duet__hop {
    /* The request; borrowed until the hop has ended. */
    const char *method;
    const duet_url *url;
    const duet_fields *fields; /* all of them; NULL: the session's */
    const void *body;          /* NULL: none */
    size_t body_bytes;
    const char *content_type;
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
    int64_t connect_ns;
    int64_t tls_ns;
    int64_t first_byte_ns;
    int64_t body_ns;
} duet__hop;

#endif
