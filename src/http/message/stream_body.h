/* SPDX-License-Identifier: MIT */
/* stream_body.h - checks the part of a request after its head: see
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

/* Reads at least one byte of the piece, in any state except those of a head.
 */
void duet__stream_body(duet__stream *stream, duet__stream_piece *piece);

#endif
