/* SPDX-License-Identifier: MIT */
/* redirect.h - what a redirect makes of a request (RFC 9110 15.4). */
#ifndef DUET_CLIENT_EXCHANGE_REDIRECT_H
#define DUET_CLIENT_EXCHANGE_REDIRECT_H

#include <stdbool.h>

#include <duet/export.h>
#include <duet/fields.h>
#include <duet/url.h>

typedef struct duet__redirect {
    duet_url *url; /* owned by who asked */
    bool to_get;   /* the method becomes GET and the body is dropped */
    bool to_other; /* the origin changes */
} duet__redirect;

/* Where a response with `status` (301, 302, 303, 307 or 308) and `location`
 * leads a request of `method` to `from`.
 *
 * Returns 0, or
 *   DUET_EREDIRECT  not a URL, or not one of http or https; with detail
 *   DUET_ENOMEM     no memory */
DUET_MUST_USE int duet__redirect_read(int status, const char *method,
                                      const duet_url *from,
                                      const char *location,
                                      duet__redirect *redirect);

/* Takes out of the fields of the request what may not go along. */
void duet__redirect_strip(const duet__redirect *redirect, duet_fields *fields);

#endif
