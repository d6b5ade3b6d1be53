/* SPDX-License-Identifier: MIT */
/* percent.h - percent-encoding (RFC 3986 2.1). */
#ifndef DUET_HTTP_PERCENT_H
#define DUET_HTTP_PERCENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/text.h"

/* Says whether a byte may stand for itself. */
typedef bool duet__percent_keep(unsigned char byte);

/* unreserved (RFC 3986 2.3): letters, digits, "-._~" */
bool duet__percent_is_unreserved(unsigned char byte);

/* sub-delims (RFC 3986 2.2): "!$&'()*+,;=" */
bool duet__percent_is_sub_delimiter(unsigned char byte);

/* pchar without the escapes (RFC 3986 3.3): the two above, ":" and "@" */
bool duet__percent_is_path_byte(unsigned char byte);

/* Is every '%' in `text` followed by two hexadecimal digits? */
bool duet__percent_is_valid(duet__text text);

/* Replaces "%XX" by the byte XX. "%00" gives a byte 0, as the length tells; a
 * '%' that starts no escape stays as it is.
 *
 *   to  room for text.length bytes; may be text.bytes itself
 *
 * Returns the number of bytes written to `to`. */
size_t duet__percent_decode(duet__text text, char *to);

/* The next decoded byte of `*rest`, 0 to 255, which is cut off it; -1 at the
 * end. */
int duet__percent_next(duet__text *rest);

/* Appends `text`, each byte that `keep` refuses as "%XX" in upper case. A '%'
 * is escaped too unless `keep` lets it stand.
 *
 * Returns 0, DUET_ETOOLARGE, DUET_ENOMEM; on failure part of it may be there.
 */
DUET_MUST_USE int duet__percent_encode(duet__buffer *buffer, duet__text text,
                                       duet__percent_keep *keep);

#endif
