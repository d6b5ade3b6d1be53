/* SPDX-License-Identifier: MIT */
/* redirect.h - computes the next request from a redirect (RFC 9110 15.4). */
#ifndef DUET_CLIENT_EXCHANGE_REDIRECT_H
#define DUET_CLIENT_EXCHANGE_REDIRECT_H

#include <stdbool.h>

#include <duet/export.h>
#include <duet/fields.h>
#include <duet/url.h>

typedef struct duet__redirect {
    duet_url *url; /* owned by the caller */
    bool to_get;   /* the method becomes GET and the body is dropped */
    bool to_other; /* the origin changes */
} duet__redirect;

/* Determines the redirect of a request with `method` to `from` by a response
 * with `status` (301, 302, 303, 307 or 308) and `location`.
 *
 * Returns 0, or
 *   DUET_EREDIRECT  not a URL, or not one of http or https; with detail
 *   DUET_ENOMEM     no memory */
DUET_MUST_USE int duet__redirect_read(int status, const char *method,
                                      const duet_url *from,
                                      const char *location,
                                      duet__redirect *redirect);

/* Removes the fields of the request that must not be sent to the new URL. */
void duet__redirect_strip(const duet__redirect *redirect, duet_fields *fields);

#endif
