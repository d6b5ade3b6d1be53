/* SPDX-License-Identifier: MIT */
/* brotli_coder.c - the only file that uses libbrotli. Owns one of its states
 * for each coder. */
#include "http/body/brotli_coder.h"

#include <brotli/decode.h>
#include <brotli/encode.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

/* A block is encoded at once: the smallest one that there can be. */
enum { WINDOW_BITS = 19, BLOCK_BITS = 16 };

static void *allocate(void *opaque, size_t size)
{
    (void)opaque;
    return malloc(size);
}

static void release(void *opaque, void *bytes)
{
    (void)opaque;
    free(bytes);
}

/* --- decoding ------------------------------------------------------------ */

/* Its codes for a lack of memory lie together. */
static bool is_lack_of_memory(BrotliDecoderErrorCode code)
{
    return code <= BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MODES &&
           code >= BROTLI_DECODER_ERROR_ALLOC_BLOCK_TYPE_TREES;
}

/* From version 1.1 on its names have a beginning in common. */
static const char *reason_of(BrotliDecoderErrorCode code)
{
    static const char beginning[] = "_ERROR_FORMAT_";
    const char *name = BrotliDecoderErrorString(code);

    return strncmp(name, beginning, sizeof beginning - 1) == 0
               ? name + sizeof beginning - 1
               : name;
}

static int decoder_step(void *state, duet__coder_io *io,
                        duet__coder_operation operation, const char **reason)
{
    const uint8_t *in = (const uint8_t *)io->in;
    uint8_t *out = (uint8_t *)io->out;
    BrotliDecoderResult result;
    BrotliDecoderErrorCode code;
    bool has_ended = BrotliDecoderIsFinished(state);
    bool is_last = operation == DUET__CODER_END;

    if (io->in_length == 0 && !BrotliDecoderIsUsed(state))
        return is_last ? DUET_EEMPTY : 0; /* an empty body */
    if (has_ended)
        return is_last || io->in_length > 0 ? DUET_EEMPTY : 0;
    result = BrotliDecoderDecompressStream(state, &io->in_length, &in,
                                           &io->room, &out, NULL);
    io->in = (const char *)in;
    io->out = (char *)out;
    if (result == BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT)
        return is_last ? DUET_ETRUNCATED : 0;
    if (result != BROTLI_DECODER_RESULT_ERROR)
        return 0;
    code = BrotliDecoderGetErrorCode(state);
    *reason = reason_of(code);
    return is_lack_of_memory(code) ? DUET_ENOMEM : DUET_ECODING;
}

static void decoder_free(void *state)
{
    BrotliDecoderDestroyInstance(state);
}

static const duet__coder_functions decoder_functions = {decoder_step,
                                                        decoder_free};

int duet__brotli_decoder_new(duet__coder *coder)
{
    BrotliDecoderState *state =
        BrotliDecoderCreateInstance(allocate, release, NULL);

    if (state == NULL)
        return DUET_ENOMEM;
    *coder = (duet__coder){&decoder_functions, state};
    return 0;
}

/* --- encoding ------------------------------------------------------------ */

/* Built as it is everywhere, libbrotli's encoder ends the process when an
 * allocation fails. So the one that fails leaves the encoder instead, which is
 * of no use from then on; all of its memory is in a list, to be freed. */

typedef struct block {
    _Alignas(max_align_t) struct block *next;
    struct block *previous;
} block;

typedef struct encoder {
    BrotliEncoderState *state; /* in the list as well */
    block blocks;              /* the head of a ring */
    jmp_buf out_of_memory;
    bool is_inside; /* a call that may be left */
    bool is_broken; /* one was */
} encoder;

static void *allocate_for_encoder(void *opaque, size_t size)
{
    encoder *encoder = opaque;
    block *made = malloc(sizeof *made + size);

    if (made == NULL && encoder->is_inside)
        _longjmp(encoder->out_of_memory, 1);
    if (made == NULL)
        return NULL;
    made->next = encoder->blocks.next;
    made->previous = &encoder->blocks;
    made->next->previous = made;
    encoder->blocks.next = made;
    return made + 1;
}

static void free_block(block *block)
{
    block->next->previous = block->previous;
    block->previous->next = block->next;
    free(block);
}

static void release_for_encoder(void *opaque, void *bytes)
{
    (void)opaque;
    if (bytes != NULL)
        free_block((block *)bytes - 1);
}

/* Returns false if there is no memory. No variable of it is needed after the
 * jump. */
static bool compress(encoder *encoder, duet__coder_io *io,
                     BrotliEncoderOperation operation)
{
    const uint8_t *in = (const uint8_t *)io->in;
    uint8_t *out = (uint8_t *)io->out;
    bool succeeded = false;

    encoder->is_broken = true;
    if (_setjmp(encoder->out_of_memory) != 0)
        return false;
    encoder->is_inside = true;
    succeeded = BrotliEncoderCompressStream(
        encoder->state, operation, &io->in_length, &in, &io->room, &out, NULL);
    encoder->is_inside = false;
    encoder->is_broken = !succeeded; /* it does not fail otherwise */
    io->in = (const char *)in;
    io->out = (char *)out;
    return succeeded;
}

static int encoder_step(void *state, duet__coder_io *io,
                        duet__coder_operation operation, const char **reason)
{
    static const BrotliEncoderOperation operations[] = {
        [DUET__CODER_RUN] = BROTLI_OPERATION_PROCESS,
        [DUET__CODER_FLUSH] = BROTLI_OPERATION_FLUSH,
        [DUET__CODER_END] = BROTLI_OPERATION_FINISH};
    encoder *encoder = state;
    duet__coder_io work = *io;

    (void)reason;
    if (encoder->is_broken || !compress(encoder, &work, operations[operation]))
        return DUET_ENOMEM;
    *io = work;
    if (operation == DUET__CODER_END)
        return BrotliEncoderIsFinished(encoder->state) ? DUET_EEMPTY : 0;
    return operation == DUET__CODER_FLUSH && io->in_length == 0 &&
                   !BrotliEncoderHasMoreOutput(encoder->state)
               ? DUET_EEMPTY
               : 0;
}

static void encoder_free(void *state)
{
    encoder *encoder = state;

    while (encoder->blocks.next != &encoder->blocks)
        free_block(encoder->blocks.next);
    free(encoder);
}

static const duet__coder_functions encoder_functions = {encoder_step,
                                                        encoder_free};

int duet__brotli_encoder_new(int level, duet__coder *coder)
{
    encoder *made = calloc(1, sizeof *made);

    if (made == NULL)
        return DUET_ENOMEM;
    made->blocks.next = made->blocks.previous = &made->blocks;
    made->state = BrotliEncoderCreateInstance(allocate_for_encoder,
                                              release_for_encoder, made);
    if (made->state == NULL) {
        free(made);
        return DUET_ENOMEM;
    }
    BrotliEncoderSetParameter(made->state, BROTLI_PARAM_QUALITY,
                              (uint32_t)level);
    BrotliEncoderSetParameter(made->state, BROTLI_PARAM_LGWIN, WINDOW_BITS);
    BrotliEncoderSetParameter(made->state, BROTLI_PARAM_LGBLOCK, BLOCK_BITS);
    *coder = (duet__coder){&encoder_functions, made};
    return 0;
}
