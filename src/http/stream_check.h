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
#ifndef DUET_HTTP_STREAM_CHECK_H
#define DUET_HTTP_STREAM_CHECK_H

#include <stdbool.h>

#include "base/text.h"

enum {
    /* Of the first bytes of a line that was cut by the end of a piece. */
    DUET__STREAM_LINE_KEPT = 96,
    /* Of all chunk extensions of a body. */
    DUET__STREAM_EXTENSIONS_MAX = 16384,
    /* Of all trailers of a body. */
    DUET__STREAM_TRAILERS_MAX = 65536,
};

/* In bytes, without the line end; of what is larger the status is told. */
typedef struct duet__stream_limits {
    size_t line_max;  /* of the request line: 414 */
    size_t field_max; /* of a field's line: 431 */
    size_t head_max;  /* of all lines, each counted with line_cost more: 431 */
    size_t line_cost;
} duet__stream_limits;

typedef enum duet__stream_state {
    DUET__STREAM_LINE, /* the request line, or an empty line before it */
    DUET__STREAM_FIELD,
    DUET__STREAM_BODY,
    DUET__STREAM_CHUNK_SIZE,
    DUET__STREAM_CHUNK_BLANK, /* behind the size */
    DUET__STREAM_CHUNK_EXTENSION,
    DUET__STREAM_CHUNK_LF, /* behind the size or the extension */
    DUET__STREAM_CHUNK,
    DUET__STREAM_CHUNK_END, /* the CR behind the data */
    DUET__STREAM_CHUNK_END_LF,
    DUET__STREAM_TRAILER, /* the start of one, or of the last line */
    DUET__STREAM_TRAILER_NAME,
    DUET__STREAM_TRAILER_VALUE,
    DUET__STREAM_TRAILER_LF,
    DUET__STREAM_LAST_LF,
} duet__stream_state;

/* One for each connection; all zero at its begin. */
typedef struct duet__stream {
    duet__stream_state state;
    int flaw;           /* the status to refuse the request with; 0: none */
    const char *reason; /* a constant sentence about the flaw */
    bool has_line;      /* the head's request line was read */
    bool flaw_is_behind_line; /* the flaw is in a request whose line passed */
    bool ends_with_cr;        /* the line that is being read, so far */
    bool has_length;          /* the head has a Content-Length */
    bool is_chunked;          /* the head has a Transfer-Encoding */
    bool has_host;            /* the head has a Host */
    unsigned blanks;          /* of the request line so far */
    size_t line_length;       /* of the line so far */
    size_t head_length;       /* of the head so far, with the lines' costs */
    size_t excess;            /* of extensions or trailers so far */
    size_t size_digits;       /* of the chunk size */
    uint64_t lines;           /* request lines that passed */
    uint64_t left;            /* of the body or the chunk */
    /* The ends of the newest request line, as long as they fit and the line was
     * not cut; else "". NUL-terminated. */
    char method[24];
    char version[9];
    char kept[DUET__STREAM_LINE_KEPT]; /* of a line cut in two */
} duet__stream;

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
