/* SPDX-License-Identifier: MIT */
/* parts.h - splits URLs into their parts. */
#ifndef DUET_HTTP_URL_PARTS_H
#define DUET_HTTP_URL_PARTS_H

#include "http/url/url.h"

/* Appends `path` without its "." and ".." segments (RFC 3986 5.2.4). The bytes
 * that `buffer` already holds are not changed.
 *
 * Returns 0, DUET_ETOOLARGE, DUET_ENOMEM. */
DUET_MUST_USE int duet__url_append_path(duet__buffer *buffer, duet__text path);

/* Splits any text; this cannot fail. */
duet__url_parts duet__url_split(duet__text text);

#endif
