/* SPDX-License-Identifier: MIT */
/* boundary.h - the text that parts the parts of a multipart body (RFC 2046
 * 5.1.1). */
#ifndef DUET_HTTP_BODY_BOUNDARY_H
#define DUET_HTTP_BODY_BOUNDARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <duet/export.h>

#include "base/text.h"

enum { DUET__BOUNDARY_MOST = 70 };

typedef struct duet__boundary {
    char bytes[DUET__BOUNDARY_MOST]; /* no CR and no LF is among them */
    size_t length;                   /* 1 to 70 */
} duet__boundary;

/* Is this a Content-Type multipart/anything? */
bool duet__boundary_is_wanted(duet__text content_type);

/* Takes the boundary out of a Content-Type.
 *
 * Returns 0, or with detail
 *   DUET_ENOTSUP  it is not multipart
 *   DUET_EFIELD   it is malformed, or has no boundary, two, or one that is not
 *                 1 to 70 of the characters that RFC 2046 allows */
DUET_MUST_USE int duet__boundary_read(duet__text content_type,
                                      duet__boundary *boundary);

/* Makes one of 128 random bits, which no content holds by chance. */
void duet__boundary_make(duet__boundary *boundary, const uint64_t random[2]);

#endif
