/* SPDX-License-Identifier: MIT */
/* url.h - what our own files may do with URLs beyond the public calls. */
#ifndef DUET_HTTP_URL_H
#define DUET_HTTP_URL_H

#include <duet/url.h>

#include "base/buffer.h"
#include "base/text.h"

/* The five parts of a URI reference (RFC 3986, appendix B), none checked. A
 * part that is not there has NULL bytes; the path is always there. */
typedef struct duet__url_parts {
    duet__text scheme;
    duet__text authority;
    duet__text path;
    duet__text query;
    duet__text fragment;
} duet__url_parts;

/* Splits any text; no text is malformed. */
duet__url_parts duet__url_split(duet__text text);

/* Appends `path` without its "." and ".." segments (RFC 3986 5.2.4). The bytes
 * that `buffer` holds already are left alone.
 *
 * Returns 0, DUET_ETOOLARGE, DUET_ENOMEM. */
DUET_MUST_USE int duet__url_append_path(duet__buffer *buffer, duet__text path);

#endif
