/* SPDX-License-Identifier: MIT */
/* reply_stream_coding.h - a streamed body in a content coding.
 *
 * The handler's writer hands what it gets to stream->encoder, and that to
 * stream->coded, which does what the handler's does without a coding. */
#ifndef DUET_SERVER_CONNECTION_REPLY_STREAM_CODING_H
#define DUET_SERVER_CONNECTION_REPLY_STREAM_CODING_H

#include "server/request/reply_coding.h"
#include "server/request/reply_stream_state.h"

/* Chooses a coding for the reply, and names it in its fields.
 *
 * Returns 0 or DUET_ENOMEM. */
DUET_MUST_USE int duet__reply_stream_choose_coding(duet_request *request,
                                                   duet__coding *coding);

/* Puts an encoder behind stream->writer, which nothing was written to.
 *
 * Returns 0, or DUET_ENOMEM: then the stream cannot be used. */
DUET_MUST_USE int duet__reply_stream_encode(duet__reply_stream *stream,
                                            duet__coding coding);

#endif
