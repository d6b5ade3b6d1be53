/* SPDX-License-Identifier: MIT */
/* encoder.c - makes encoders, and bounds their steps. Owns nothing. */
#include "http/body/encoder.h"

#include "base/error.h"
#include "http/body/brotli_coder.h"
#include "http/body/zlib_coder.h"
#include "http/body/zstd_coder.h"

enum { STEP_IN_BYTES = 16384 };

static const struct {
    int standard;
    int most;
} levels[DUET__CODINGS] = {
    [DUET__CODING_GZIP] = {6, 9},
    [DUET__CODING_DEFLATE] = {6, 9},
    [DUET__CODING_BROTLI] = {5, 11},
    [DUET__CODING_ZSTD] = {3, 19},
};

int duet__encoder_new(duet__coding coding, int level, duet__coder *coder)
{
    if (level < 0 || level > levels[coding].most)
        return duet__fail(DUET_EINVAL, "level %d of %s is not one of 1 to %d",
                          level, duet__coding_name(coding),
                          levels[coding].most);
    if (level == 0)
        level = levels[coding].standard;
    if (coding == DUET__CODING_BROTLI)
        return duet__brotli_encoder_new(level, coder);
    if (coding == DUET__CODING_ZSTD)
        return duet__zstd_encoder_new(level, coder);
    return duet__zlib_encoder_new(coding, level, coder);
}

int duet__encoder_named(const char *name, int level, duet__coder *coder)
{
    duet__text text = duet__text_from(name);
    duet__coding coding;

    if (!duet__coding_find(text, &coding) || coding == DUET__CODING_IDENTITY)
        return duet__fail(DUET_ECODING,
                          "the coding \"%.*s\" is not one to write in",
                          DUET__TEXT_ARGUMENTS(text));
    return duet__encoder_new(coding, level, coder);
}

int duet__encoder_step(const duet__coder *coder, duet__coder_io *io,
                       duet__coder_operation operation)
{
    size_t held_back =
        io->in_length > STEP_IN_BYTES ? io->in_length - STEP_IN_BYTES : 0;
    const char *reason;
    int status;

    io->in_length -= held_back;
    status = duet__coder_step(
        coder, io, held_back > 0 ? DUET__CODER_RUN : operation, &reason);
    io->in_length += held_back;
    return status;
}
