/* SPDX-License-Identifier: MIT */
/* charset.h - texts in any charset become UTF-8, as browsers read them (the
 * Encoding standard of WHATWG: its labels, byte order marks, replacements). */
#ifndef DUET_HTTP_BODY_CHARSET_H
#define DUET_HTTP_BODY_CHARSET_H

#include <duet/export.h>

#include "base/buffer.h"
#include "base/text.h"

/* Decodes `body`. Its charset is that of its byte order mark, which is left
 * out; else the one in `content_type`, if it is known; else UTF-8, if the body
 * is well-formed as such; else windows-1252. What is malformed becomes U+FFFD,
 * and never hides an ASCII byte behind it.
 *
 *   content_type  the value of the field; empty: there is none
 *   made          empty; gets at most 4 times the bytes of `body`
 *   text          set to what is in `made`, or to a part of `body` if that is
 *                 UTF-8 already
 *
 * Returns 0, or
 *   DUET_ENOTSUP  the C library lacks the charset; with detail
 *   DUET_ENOMEM */
DUET_MUST_USE int duet__charset_decode(duet__text body, duet__text content_type,
                                       duet__buffer *made, duet__text *text);

#endif
