/* SPDX-License-Identifier: MIT */
/* whole.c - decodes and encodes bytes that are all in memory. Owns nothing. */
#include <duet/coding.h>

#include <duet/error.h>

#include "base/buffer.h"
#include "base/error.h"
#include "http/body/decoder.h"
#include "http/body/encoder.h"

enum { ROOM_BYTES = 16384 };

/* Appends all that the decoder makes of the bytes that it was fed. */
static int decode(duet__decoder *decoder, duet__buffer *out)
{
    int status = 0;

    while (status == 0 || status == DUET_EAGAIN) {
        const char *bytes;
        size_t length;

        status = duet__decoder_next(decoder, &bytes, &length);
        if (status == DUET_EAGAIN)
            duet__decoder_finish(decoder);
        else if (status == 0)
            status = duet__buffer_append(out, bytes, length);
    }
    return status == DUET_EEMPTY ? 0 : status;
}

int duet_decode(const void *bytes, size_t length, const char *codings,
                int64_t limit_bytes, char **out_bytes, size_t *out_length)
{
    duet__decoder_options options = {.bytes_max = (uint64_t)limit_bytes};
    duet__decoder *decoder;
    duet__buffer out;
    int status;

    *out_bytes = NULL;
    if (out_length != NULL)
        *out_length = 0;
    if (limit_bytes < 0 && limit_bytes != DUET_NO_LIMIT)
        return duet__fail(DUET_EINVAL, "limit_bytes is %lld",
                          (long long)limit_bytes);
    status = duet__decoder_new(duet__text_from(codings), &options, &decoder);
    if (status != 0)
        return status;
    duet__buffer_init(&out, SIZE_MAX);
    duet__decoder_feed(decoder, bytes, length);
    status = decode(decoder, &out);
    if (status == 0)
        status = duet__buffer_take(&out, out_bytes, out_length);
    duet__buffer_free(&out);
    duet__decoder_free(decoder);
    return status;
}

static int encode(const duet__coder *coder, duet__coder_io *io,
                  duet__buffer *out)
{
    int status = 0;

    while (status == 0) {
        status = duet__buffer_reserve(out, ROOM_BYTES);
        if (status != 0)
            return status;
        io->out = out->bytes + out->length;
        io->room = ROOM_BYTES;
        status = duet__encoder_step(coder, io, DUET__CODER_END);
        out->length += ROOM_BYTES - io->room;
    }
    return status == DUET_EEMPTY ? 0 : status;
}

int duet_encode(const void *bytes, size_t length, const char *coding,
                const duet_encoding_options *options, char **out_bytes,
                size_t *out_length)
{
    duet__coder_io io = {bytes, length, NULL, 0};
    duet__coder coder;
    duet__buffer out;
    int status = duet__encoder_named(
        coding, options != NULL ? options->level : 0, &coder);

    *out_bytes = NULL;
    *out_length = 0;
    if (status != 0)
        return status;
    duet__buffer_init(&out, SIZE_MAX);
    status = encode(&coder, &io, &out);
    if (status == 0)
        status = duet__buffer_take(&out, out_bytes, out_length);
    duet__buffer_free(&out);
    duet__coder_free(&coder);
    return status;
}
