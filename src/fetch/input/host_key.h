/* SPDX-License-Identifier: MIT */
/* host_key.h - whose URL a text is: its origin (RFC 6454), found without an
 * allocation for URLs that are written as most are. */
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
 * Returns the origin, borrowed from `url` or `origin`; an empty text if the
 * first is no URL. */
duet__text duet__host_key(duet__text url, char *origin);

/* The host and the port of an origin.
 *
 *   host  room for DUET__HOST_BYTES; set, "" if that is no origin */
void duet__host_key_split(duet__text origin, char *host, uint16_t *port);

#endif
