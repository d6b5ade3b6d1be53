/* SPDX-License-Identifier: MIT */
/* stream_state.h - the state of a stream of requests between two pieces of it,
 * and what a reader of a piece can do: pass bytes on, drop them, fail.
 *
 * Invariant: the output never overtakes the input. */
#ifndef DUET_HTTP_MESSAGE_STREAM_STATE_H
#define DUET_HTTP_MESSAGE_STREAM_STATE_H

#include <stdbool.h>

#include "base/text.h"

enum {
    /* How many of the first bytes are kept of a line that was split between
     * pieces. */
    DUET__STREAM_LINE_KEPT = 96,
};

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

/* One for each connection; all zero at its start. */
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
    size_t version_length;    /* of its last word so far, as far as it fits */
    size_t line_length;       /* of the line so far */
    size_t head_length;       /* of the head so far, with the lines' costs */
    size_t excess;            /* of extensions or trailers so far */
    size_t size_digits;       /* of the chunk size */
    uint64_t lines;           /* request lines that passed */
    uint64_t left;            /* of the body or the chunk */
    /* The first and the last word of the newest request line if they fit, else
     * "". NUL-terminated. */
    char method[24];
    char version[9];
    char kept[DUET__STREAM_LINE_KEPT]; /* of a line cut in two */
} duet__stream;

/* The rest of a piece, and where the next byte to pass on is written. */
typedef struct duet__stream_piece {
    char *in;
    char *end;
    char *out;
} duet__stream_piece;

static inline void duet__stream_fail(duet__stream *stream, int status,
                                     const char *reason)
{
    stream->flaw = status;
    stream->reason = reason;
    stream->flaw_is_behind_line = stream->state != DUET__STREAM_LINE;
}

/* Passes `count` bytes on. */
static inline void duet__stream_pass(duet__stream_piece *piece, size_t count)
{
    if (piece->out != piece->in)
        memmove(piece->out, piece->in, count);
    piece->in += count;
    piece->out += count;
}

#endif
