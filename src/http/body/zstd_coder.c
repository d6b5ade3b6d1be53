/* SPDX-License-Identifier: MIT */
/* zstd_coder.c - the only file that uses libzstd. Owns one of its contexts for
 * each coder. */
#include "http/body/zstd_coder.h"

#include <stdlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "base/error.h"

enum {
    DECODER_WINDOW_BITS = 23,
    ENCODER_WINDOW_BITS = 19,
    HIGH_LEVEL = 9,
};

/* --- decoding ------------------------------------------------------------ */

typedef struct decoder {
    ZSTD_DCtx *context;
    bool is_between; /* no frame is open, but one may begin */
    bool has_ended;  /* one has ended */
} decoder;

/* Does a frame of version 1, or a skippable one, begin with this byte? (RFC
 * 8878 3.1.1, 3.1.2: the magic numbers begin with their lowest byte.) */
static bool begins_frame(char byte)
{
    return byte == 0x28 || (byte & 0xf0) == 0x50;
}

static int decode(decoder *decoder, duet__coder_io *io, const char **reason)
{
    ZSTD_inBuffer in = {io->in, io->in_length, 0};
    ZSTD_outBuffer out = {io->out, io->room, 0};
    size_t result = ZSTD_decompressStream(decoder->context, &out, &in);

    io->in += in.pos;
    io->in_length -= in.pos;
    io->out += out.pos;
    io->room -= out.pos;
    if (ZSTD_isError(result)) {
        *reason = ZSTD_getErrorName(result);
        return ZSTD_getErrorCode(result) == ZSTD_error_memory_allocation
                   ? DUET_ENOMEM
                   : DUET_ECODING;
    }
    decoder->is_between = result == 0;
    decoder->has_ended |= result == 0;
    return 0;
}

static int decoder_step(void *state, duet__coder_io *io,
                        duet__coder_operation operation, const char **reason)
{
    decoder *decoder = state;
    bool is_last = operation == DUET__CODER_END;
    int status;

    if (decoder->is_between) {
        if (io->in_length == 0)
            return is_last ? DUET_EEMPTY : 0;
        if (!begins_frame(*io->in)) {
            *reason = "no frame begins here";
            return decoder->has_ended ? DUET_EEMPTY : DUET_ECODING;
        }
        decoder->is_between = false;
    }
    status = decode(decoder, io, reason);
    if (status == 0 && is_last && !decoder->is_between && io->in_length == 0 &&
        io->room > 0)
        return DUET_ETRUNCATED;
    return status;
}

static void decoder_free(void *state)
{
    decoder *decoder = state;

    ZSTD_freeDCtx(decoder->context);
    free(decoder);
}

static const duet__coder_functions decoder_functions = {decoder_step,
                                                        decoder_free};

int duet__zstd_decoder_new(duet__coder *coder)
{
    decoder *made = calloc(1, sizeof *made);

    if (made == NULL)
        return DUET_ENOMEM;
    made->is_between = true;
    made->context = ZSTD_createDCtx();
    if (made->context == NULL ||
        ZSTD_isError(ZSTD_DCtx_setParameter(made->context, ZSTD_d_windowLogMax,
                                            DECODER_WINDOW_BITS))) {
        decoder_free(made);
        return DUET_ENOMEM;
    }
    *coder = (duet__coder){&decoder_functions, made};
    return 0;
}

/* --- encoding ------------------------------------------------------------ */

static int encoder_step(void *state, duet__coder_io *io,
                        duet__coder_operation operation, const char **reason)
{
    static const ZSTD_EndDirective directives[] = {
        [DUET__CODER_RUN] = ZSTD_e_continue,
        [DUET__CODER_FLUSH] = ZSTD_e_flush,
        [DUET__CODER_END] = ZSTD_e_end};
    ZSTD_inBuffer in = {io->in, io->in_length, 0};
    ZSTD_outBuffer out = {io->out, io->room, 0};
    size_t left = ZSTD_compressStream2(state, &out, &in, directives[operation]);

    (void)reason;
    io->in += in.pos;
    io->in_length -= in.pos;
    io->out += out.pos;
    io->room -= out.pos;
    if (ZSTD_isError(left))
        return DUET_ENOMEM; /* it does not fail otherwise */
    return operation != DUET__CODER_RUN && left == 0 ? DUET_EEMPTY : 0;
}

static void encoder_free(void *state)
{
    ZSTD_freeCCtx(state);
}

static const duet__coder_functions encoder_functions = {encoder_step,
                                                        encoder_free};

static bool set(ZSTD_CCtx *context, ZSTD_cParameter parameter, int value)
{
    return !ZSTD_isError(ZSTD_CCtx_setParameter(context, parameter, value));
}

/* The tables of high levels are for windows of many MiB. */
static bool set_all(ZSTD_CCtx *context, int level)
{
    return set(context, ZSTD_c_compressionLevel, level) &&
           set(context, ZSTD_c_windowLog, ENCODER_WINDOW_BITS) &&
           set(context, ZSTD_c_checksumFlag, 1) &&
           (level < HIGH_LEVEL ||
            (set(context, ZSTD_c_hashLog, ENCODER_WINDOW_BITS + 1) &&
             set(context, ZSTD_c_chainLog, ENCODER_WINDOW_BITS + 1)));
}

int duet__zstd_encoder_new(int level, duet__coder *coder)
{
    ZSTD_CCtx *context = ZSTD_createCCtx();

    if (context == NULL)
        return DUET_ENOMEM;
    if (!set_all(context, level)) {
        ZSTD_freeCCtx(context);
        return DUET_ENOMEM;
    }
    *coder = (duet__coder){&encoder_functions, context};
    return 0;
}
