/* SPDX-License-Identifier: MIT */
/* percent.h - percent-encoding (RFC 3986 2.1). */
#ifndef DUET_HTTP_URL_PERCENT_H
#define DUET_HTTP_URL_PERCENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/text.h"

/* Is every '%' in `text` followed by two hexadecimal digits? */
bool duet__percent_is_valid(duet__text text);

/* Replaces "%XX" by the byte XX. "%00" gives a byte 0, so use the length; a '%'
 * that does not start an escape stays as it is.
 *
 *   to  room for text.length bytes; may be text.bytes itself
 *
 * Returns the number of bytes written to `to`. */
size_t duet__percent_decode(duet__text text, char *to);

/* The next decoded byte of `*rest`, 0 to 255, which is cut off it; -1 at the
 * end. */
int duet__percent_next(duet__text *rest);

/* Encoding: each byte that is in none of the classes `keep` (byte_class.h)
 * becomes "%XX" in upper case. A '%' is escaped too, unless `keep` has a class
 * that contains it. */

/* The length of `text` when encoded. */
size_t duet__percent_length(duet__text text, unsigned keep);

/* Writes it to `to`, which has room for them; returns where it ends. */
char *duet__percent_write(char *to, duet__text text, unsigned keep);

/* Appends the encoded text. Returns 0; DUET_ETOOLARGE, DUET_ENOMEM: then
 * nothing was appended. */
DUET_MUST_USE int duet__percent_encode(duet__buffer *buffer, duet__text text,
                                       unsigned keep);

#endif
