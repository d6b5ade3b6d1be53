/* SPDX-License-Identifier: MIT */
/* zlib_coder.c - the only file that uses zlib. Owns a stream of zlib's for each
 * coder. */
#include "http/body/zlib_coder.h"

#include <stdlib.h>
#include <zlib.h>

#include "base/error.h"

/* What zlib calls window bits says the format, too. */
enum { BARE = -MAX_WBITS, ZLIB = MAX_WBITS, GZIP = MAX_WBITS + 16 };

/* Its counters have 32 bits. */
enum { LONGEST = 1 << 30 };

typedef struct zlib_coder {
    z_stream stream;
    duet__coding coding;
    bool is_between; /* of a decoder: no stream is open, but one may begin */
    bool has_ended;  /* of a decoder: one has ended */
} zlib_coder;

static void *allocate(void *opaque, uInt count, uInt size)
{
    (void)opaque;
    return reallocarray(NULL, count, size);
}

static void release(void *opaque, void *bytes)
{
    (void)opaque;
    free(bytes);
}

static zlib_coder *new_coder(duet__coding coding)
{
    zlib_coder *coder = calloc(1, sizeof *coder);

    if (coder == NULL)
        return NULL;
    coder->coding = coding;
    coder->stream.zalloc = allocate;
    coder->stream.zfree = release;
    return coder;
}

/* Lets zlib work on `io`. */
static int work(z_stream *stream, duet__coder_io *io, int flush,
                int (*call)(z_stream *, int))
{
    uInt in_length = io->in_length < LONGEST ? (uInt)io->in_length : LONGEST;
    uInt room = io->room < LONGEST ? (uInt)io->room : LONGEST;
    int result;

    stream->next_in = (Bytef *)(uintptr_t)io->in;
    stream->avail_in = in_length;
    stream->next_out = (Bytef *)io->out;
    stream->avail_out = room;
    result = call(stream, flush);
    io->in += in_length - stream->avail_in;
    io->in_length -= in_length - stream->avail_in;
    io->out += room - stream->avail_out;
    io->room -= room - stream->avail_out;
    return result;
}

/* --- decoding ------------------------------------------------------------ */

/* Does zlib's format begin with this byte? Method 8, window of 32 KiB at most
 * (RFC 1950 2.2). */
static bool begins_zlib(char byte)
{
    return ((unsigned char)byte & 0x8f) == 8;
}

static int begin_stream(zlib_coder *coder, char first)
{
    int format = GZIP;

    if (coder->coding == DUET__CODING_DEFLATE)
        format = begins_zlib(first) ? ZLIB : BARE;
    coder->is_between = false;
    return inflateReset2(&coder->stream, format) == Z_OK ? 0 : DUET_ENOMEM;
}

/* May another stream begin with this byte, after one has ended? */
static bool may_follow(const zlib_coder *coder, char byte)
{
    return coder->coding == DUET__CODING_GZIP && (unsigned char)byte == 0x1f;
}

static int decode(zlib_coder *coder, duet__coder_io *io, bool is_last,
                  const char **reason)
{
    switch (work(&coder->stream, io, Z_NO_FLUSH, inflate)) {
    case Z_STREAM_END:
        coder->is_between = true;
        coder->has_ended = true;
        return 0;
    case Z_OK:
    case Z_BUF_ERROR:
        return is_last && io->in_length == 0 && io->room > 0 ? DUET_ETRUNCATED
                                                             : 0;
    case Z_NEED_DICT:
        *reason = "it needs a dictionary";
        return DUET_ECODING;
    case Z_MEM_ERROR:
        return DUET_ENOMEM;
    default:
        *reason = coder->stream.msg != NULL ? coder->stream.msg : "malformed";
        return DUET_ECODING;
    }
}

static int decoder_step(void *state, duet__coder_io *io,
                        duet__coder_operation operation, const char **reason)
{
    zlib_coder *coder = state;
    bool is_last = operation == DUET__CODER_END;
    int status;

    if (coder->is_between && io->in_length == 0)
        return is_last ? DUET_EEMPTY : 0;
    if (coder->is_between) {
        if (coder->has_ended && !may_follow(coder, *io->in))
            return DUET_EEMPTY;
        status = begin_stream(coder, *io->in);
        if (status != 0)
            return status;
    }
    return decode(coder, io, is_last, reason);
}

static void decoder_free(void *state)
{
    zlib_coder *coder = state;

    inflateEnd(&coder->stream);
    free(coder);
}

static const duet__coder_functions decoder_functions = {decoder_step,
                                                        decoder_free};

int duet__zlib_decoder_new(duet__coding coding, duet__coder *coder)
{
    zlib_coder *made = new_coder(coding);

    if (made == NULL)
        return DUET_ENOMEM;
    made->is_between = true;
    if (inflateInit2(&made->stream, GZIP) != Z_OK) {
        free(made);
        return DUET_ENOMEM;
    }
    *coder = (duet__coder){&decoder_functions, made};
    return 0;
}

/* --- encoding ------------------------------------------------------------ */

static int encoder_step(void *state, duet__coder_io *io,
                        duet__coder_operation operation, const char **reason)
{
    static const int flushes[] = {[DUET__CODER_RUN] = Z_NO_FLUSH,
                                  [DUET__CODER_FLUSH] = Z_SYNC_FLUSH,
                                  [DUET__CODER_END] = Z_FINISH};
    zlib_coder *coder = state;
    int result = work(&coder->stream, io, flushes[operation], deflate);

    (void)reason;
    if (result == Z_STREAM_END)
        return DUET_EEMPTY;
    return operation == DUET__CODER_FLUSH && io->in_length == 0 && io->room > 0
               ? DUET_EEMPTY
               : 0;
}

static void encoder_free(void *state)
{
    zlib_coder *coder = state;

    deflateEnd(&coder->stream);
    free(coder);
}

static const duet__coder_functions encoder_functions = {encoder_step,
                                                        encoder_free};

int duet__zlib_encoder_new(duet__coding coding, int level, duet__coder *coder)
{
    zlib_coder *made = new_coder(coding);
    int format = coding == DUET__CODING_GZIP ? GZIP : ZLIB;

    if (made == NULL)
        return DUET_ENOMEM;
    if (deflateInit2(&made->stream, level, Z_DEFLATED, format, 8,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
        free(made);
        return DUET_ENOMEM;
    }
    *coder = (duet__coder){&encoder_functions, made};
    return 0;
}
