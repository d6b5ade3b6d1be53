/* SPDX-License-Identifier: MIT */
/* stream_check.h - the bytes that a client sends, request after request, looked
 * at before anybody reads them.
 *
 * A reader of requests that is more lenient than others about where a line, a
 * chunk or a body ends lets an attacker hide a second request in the first (RFC
 * 9112 11.2). The checker follows the framing byte by byte, however the stream
 * is cut, and lets nothing pass that has two readings: a line of the head that
 * does not end with CRLF, a NUL in it, a length that is no number or there
 * twice, and within chunked bodies all that is not RFC 9112 7.1 to the letter.
 * It also bounds what must be kept until more has come.
 *
 * On the way it makes the stream simple: chunk extensions and trailers, which
 * nobody asks for, are checked and taken out, and so are empty lines before a
 * request; blanks behind the value of Content-Length or Transfer-Encoding,
 * which all accept, are moved in front of it or taken out; the name of a Cookie
 * is masked so that nobody splits it into cookies.
 *
 * What the fields of a head say beside its framing: request_check.h. */
#ifndef DUET_HTTP_MESSAGE_STREAM_CHECK_H
#define DUET_HTTP_MESSAGE_STREAM_CHECK_H

#include "http/message/stream_state.h"

/* In bytes, without the line end; of what is larger the status is told. */
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
 * Returns how many may be passed on; once stream->flaw is set nothing behind
 * them is to be served, and it must not be called again. */
size_t duet__stream_check(duet__stream *stream,
                          const duet__stream_limits *limits, char *bytes,
                          size_t length);

/* Takes the mask off a field name that the checker put on, in place; others
 * are left alone. */
void duet__stream_unmask(char *name, size_t length);

#endif
