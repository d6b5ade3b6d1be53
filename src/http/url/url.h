/* SPDX-License-Identifier: MIT */
/* url.h - internal functions for URLs, beyond the public ones. */
#ifndef DUET_HTTP_URL_URL_H
#define DUET_HTTP_URL_URL_H

#include <duet/url.h>

#include "base/buffer.h"
#include "base/text.h"
#include "http/url/host.h"

/* The five parts of a URI reference (RFC 3986, appendix B), not checked. A
 * missing part has NULL bytes; the path is never missing. */
typedef struct duet__url_parts {
    duet__text scheme;
    duet__text authority;
    duet__text path;
    duet__text query;
    duet__text fragment;
} duet__url_parts;

/* What a URL is made of, checked. */
typedef struct duet__url_reading {
    duet__url_parts parts; /* the resolved ones, as written */
    duet__text user_info;  /* NULL bytes if there is none */
    char host[DUET__HOST_BYTES];
    uint16_t port;
    bool port_is_explicit;
    bool is_https;
} duet__url_reading;

/* Makes the URL; bytes that are not allowed in a part are escaped.
 *
 *   url  returned-owned (duet_url_free()); untouched on failure
 *
 * Returns 0, DUET_ENOMEM. */
DUET_MUST_USE int duet__url_new(const duet__url_reading *reading,
                                duet_url **url);

#endif
