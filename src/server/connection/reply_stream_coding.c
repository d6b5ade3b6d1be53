/* SPDX-License-Identifier: MIT */
/* reply_stream_coding.c - the handler's writer, if there is an encoder behind
 * it.
 *
 * Invariant: it is the handler's whatever happens, as it lies in the request;
 * the encoder lives until the request ends, for tasks that still write. */
#include "server/connection/reply_stream_coding.h"

static int encode(void *context, const char *bytes, size_t length,
                  size_t *out_taken, duet_deadline deadline)
{
    duet__reply_stream *stream = context;

    return duet_write_some(stream->encoder, bytes, length, out_taken, deadline);
}

static int flush(void *context, duet_deadline deadline)
{
    duet__reply_stream *stream = context;

    return duet_writer_flush(stream->encoder, deadline);
}

static int end(void *context, duet_deadline deadline)
{
    duet__reply_stream *stream = context;

    return duet_writer_end(stream->encoder, deadline);
}

static void give_up(void *context)
{
    duet__reply_stream *stream = context;

    duet_writer_give_up(stream->encoder);
}

static const duet_writer_functions functions = {
    .write = encode, .flush = flush, .end = end, .give_up = give_up};

int duet__reply_stream_choose_coding(duet_request *request,
                                     duet__coding *coding)
{
    bool may_be_identity;

    *coding = DUET__CODING_IDENTITY;
    if (!duet__reply_has_no_body(&request->reply))
        *coding = duet__reply_coding_choose(request, &may_be_identity);
    if (*coding == DUET__CODING_IDENTITY)
        return 0;
    return duet__reply_coding_apply(request, *coding);
}

int duet__reply_stream_encode(duet__reply_stream *stream, duet__coding coding)
{
    duet__writer_init(&stream->coded, stream->writer.functions, stream);
    duet__writer_init(&stream->writer, &functions, stream);
    return duet__reply_coding_writer(&stream->coded, coding, &stream->encoder);
}
