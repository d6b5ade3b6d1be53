/* SPDX-License-Identifier: MIT */
/* stream_body.h - the part of a stream of requests behind a head: see
 * stream_check.h. */
#ifndef DUET_HTTP_MESSAGE_STREAM_BODY_H
#define DUET_HTTP_MESSAGE_STREAM_BODY_H

#include "http/message/stream_state.h"

enum {
    /* Of all chunk extensions of a body. */
    DUET__STREAM_EXTENSIONS_MAX = 16384,
    /* Of all trailers of a body. */
    DUET__STREAM_TRAILERS_MAX = 65536,
};

/* Reads some of the piece, at least a byte, in any state but those of a head.
 */
void duet__stream_body(duet__stream *stream, duet__stream_piece *piece);

#endif
