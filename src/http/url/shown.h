/* SPDX-License-Identifier: MIT */
/* shown.h - a URL without its password, for messages (RFC 3986 3.2.1); the URL
 * may be malformed. */
#ifndef DUET_HTTP_URL_SHOWN_H
#define DUET_HTTP_URL_SHOWN_H

#include "base/text.h"

/* The text before and after the password; if there is none, `before` is all of
 * it. */
typedef struct duet__shown_url {
    duet__text before; /* with the ':' */
    duet__text after;  /* from the '@' on; NULL bytes: there is no password */
} duet__shown_url;

/* What is shown in a password's place. */
#define DUET__SHOWN_PASSWORD "***"

/* Any text; the parts are borrowed from it. */
duet__shown_url duet__shown_url_of(duet__text url);

/* Room for what is shown of a URL in a sentence. */
enum { DUET__SHOWN_URL_BYTES = 201 };

/* The same as one text, cut if it is too long.
 *
 *   shown  room for DUET__SHOWN_URL_BYTES; set
 *
 * Returns `shown`. */
const char *duet__shown_url_write(const char *url, char *shown);

#endif
