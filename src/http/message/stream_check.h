/* SPDX-License-Identifier: MIT */
/* stream_check.h - checks the bytes that a client sends, request after request,
 * before they are parsed.
 *
 * A reader of requests that is more lenient than others about where a line, a
 * chunk or a body ends lets an attacker hide a second request in the first (RFC
 * 9112 11.2). The checker follows the framing byte by byte, however the stream
 * is split, and refuses everything that can be read in two ways: a line of the
 * head that does not end with CRLF, a NUL in it, a length that is not a number
 * or duplicated, and in chunked bodies everything that RFC 9112 7.1 does not
 * allow literally. It also limits what must be kept until more input arrives.
 *
 * It also simplifies the stream: chunk extensions and trailers, which nothing
 * uses, are checked and removed, and so are empty lines before a request;
 * whitespace after the value of Content-Length or Transfer-Encoding, which all
 * readers accept, is moved in front of it or removed; the name of a Cookie is
 * masked so that the library does not split it into cookies.
 *
 * For the other fields of a head see request_check.h. */
#ifndef DUET_HTTP_MESSAGE_STREAM_CHECK_H
#define DUET_HTTP_MESSAGE_STREAM_CHECK_H

#include "http/message/stream_state.h"

/* In bytes, without the line end; with the status code for larger ones. */
typedef struct duet__stream_limits {
    size_t line_max;  /* of the request line: 414 */
    size_t field_max; /* of a field's line: 431 */
    size_t head_max;  /* of all lines, each counted with line_cost more: 431 */
    size_t line_cost;
} duet__stream_limits;

/* Reads the next bytes and changes them to what may be passed on.
 *
 *   bytes  borrowed; rewritten in place, never longer
 *
 * Returns how many bytes may be passed on; once stream->flaw is set, nothing
 * after them is to be served, and this must not be called again. */
size_t duet__stream_check(duet__stream *stream,
                          const duet__stream_limits *limits, char *bytes,
                          size_t length);

/* Removes the checker's mask from a field name, in place; other names are
 * unchanged. */
void duet__stream_unmask(char *name, size_t length);

#endif
