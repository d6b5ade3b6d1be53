/* SPDX-License-Identifier: MIT */
/* host_key.h - finds the origin of a URL (RFC 6454), for URLs in the usual form
 * without an allocation. */
#ifndef DUET_FETCH_INPUT_HOST_KEY_H
#define DUET_FETCH_INPUT_HOST_KEY_H

#include <stdint.h>

#include "base/text.h"
#include "http/url/host.h"

/* Room for any origin: "https://[HOST]:65535". */
enum { DUET__ORIGIN_BYTES = DUET__HOST_BYTES + 24 };

/* The origin of a URL.
 *
 *   url     NUL-terminated
 *   origin  room for DUET__ORIGIN_BYTES; may be set
 *
 * Returns the origin, borrowed from `url` or `origin`; an empty text if `url`
 * is not a URL. */
duet__text duet__host_key(duet__text url, char *origin);

/* The host and the port of an origin.
 *
 *   host  room for DUET__HOST_BYTES; set, "" if that is not an origin */
void duet__host_key_split(duet__text origin, char *host, uint16_t *port);

#endif
