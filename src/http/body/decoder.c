/* SPDX-License-Identifier: MIT */
/* decoder.c - a chain of coders, each of which is fed by the one before it.
 *
 * Invariant: a stage runs only when what it wrote before was consumed. A stage
 * in the middle may write no more than a small multiple of what the next one
 * makes of it: else a few bytes, coded twice, could keep a processor busy for
 * hours and decode to nothing, which no limit of the body would end. */
#include "http/body/decoder.h"

#include <stdlib.h>

#include "base/error.h"
#include "http/body/brotli_coder.h"
#include "http/body/coder.h"
#include "http/body/zlib_coder.h"
#include "http/body/zstd_coder.h"
#include "http/head/coding.h"

enum {
    BETWEEN_BYTES = 16384, /* room of the stages but the last one */
    STEP_IN_BYTES = 65536, /* consumed in a step */
    STEPS_MAX = 16,        /* in a call */
    /* Coded bytes that may come of a stage in the middle: so many for each byte
     * that the next one makes of them, and so many more. */
    SHRINKS_BY = 8,
    SHRINKS_FREELY = 1 << 20,
};

typedef struct stage {
    duet__coder coder;
    duet__coding coding;
    char *out;   /* owned; what lies before `begin` was consumed */
    size_t room; /* of `out` */
    size_t begin;
    size_t end;
    uint64_t consumed; /* of its input */
    uint64_t produced;
    bool filled_room; /* it may have more to write */
    bool has_ended;
} stage;

struct duet__decoder {
    duet__decoder_options options;
    stage stages[DUET__DECODER_CODINGS_MAX];
    size_t count;
    duet__text in;   /* what was fed and is not consumed */
    uint64_t passed; /* bytes of a body without codings */
    bool is_finished;
    int failure;        /* 0: none */
    const char *reason; /* of DUET_ECODING; borrowed */
    size_t failed;      /* the stage */
};

/* --- making -------------------------------------------------------------- */

static int open_coder(duet__coding coding, duet__coder *coder)
{
    if (coding == DUET__CODING_BROTLI)
        return duet__brotli_decoder_new(coder);
    if (coding == DUET__CODING_ZSTD)
        return duet__zstd_decoder_new(coder);
    return duet__zlib_decoder_new(coding, coder);
}

/* Adds the codings in their order. */
static int read_codings(duet__decoder *decoder, duet__text codings)
{
    while (codings.bytes != NULL) {
        duet__text name = duet__text_trim(duet__text_cut(&codings, ','));
        duet__coding coding;

        if (name.length == 0)
            continue;
        if (!duet__coding_find(name, &coding))
            return duet__fail(DUET_ECODING,
                              "the content coding \"%.*s\" is not supported",
                              DUET__TEXT_ARGUMENTS(name));
        if (coding == DUET__CODING_IDENTITY)
            continue;
        if (decoder->count == DUET__DECODER_CODINGS_MAX)
            return duet__fail(DUET_ECODING, "more than %d content codings",
                              DUET__DECODER_CODINGS_MAX);
        decoder->stages[decoder->count++].coding = coding;
    }
    return 0;
}

/* The coding that was applied last is undone first. */
static void reverse(duet__decoder *decoder)
{
    for (size_t i = 0; i < decoder->count / 2; i++) {
        stage *other = &decoder->stages[decoder->count - 1 - i];
        duet__coding coding = decoder->stages[i].coding;

        decoder->stages[i].coding = other->coding;
        other->coding = coding;
    }
}

static int open_stages(duet__decoder *decoder)
{
    int status = 0;

    for (size_t i = 0; i < decoder->count && status == 0; i++) {
        stage *stage = &decoder->stages[i];

        stage->room =
            i + 1 == decoder->count ? DUET__DECODER_OUT_BYTES : BETWEEN_BYTES;
        stage->out = malloc(stage->room);
        if (stage->out == NULL)
            return DUET_ENOMEM;
        status = open_coder(stage->coding, &stage->coder);
    }
    return status;
}

int duet__decoder_new(duet__text codings, const duet__decoder_options *options,
                      duet__decoder **decoder)
{
    duet__decoder *made = calloc(1, sizeof *made);
    int status;

    *decoder = NULL;
    if (made == NULL)
        return DUET_ENOMEM;
    made->options = *options;
    status = read_codings(made, codings);
    reverse(made);
    if (status == 0)
        status = open_stages(made);
    if (status == 0)
        *decoder = made;
    else
        duet__decoder_free(made);
    return status;
}

void duet__decoder_free(duet__decoder *decoder)
{
    if (decoder == NULL)
        return;
    for (size_t i = 0; i < decoder->count; i++) {
        duet__coder_free(&decoder->stages[i].coder);
        free(decoder->stages[i].out);
    }
    free(decoder);
}

bool duet__decoder_has_codings(const duet__decoder *decoder)
{
    return decoder->count > 0;
}

/* --- failures ------------------------------------------------------------ */

static void fail(duet__decoder *decoder, size_t i, int status,
                 const char *reason)
{
    decoder->failure = status;
    decoder->failed = i;
    decoder->reason = reason;
}

const char *duet__decoder_flaw(const duet__decoder *decoder)
{
    return decoder->reason;
}

static int report(const duet__decoder *decoder)
{
    const stage *stage = &decoder->stages[decoder->failed];
    const char *coding = duet__coding_name(stage->coding);
    unsigned long long at = stage->consumed;

    switch (decoder->failure) {
    case DUET_ECODING:
        return duet__fail(DUET_ECODING, "%s: %s (near byte %llu)", coding,
                          decoder->reason, at);
    case DUET_ETRUNCATED:
        return duet__fail(DUET_ETRUNCATED,
                          "the body ends inside its coding "
                          "%s, after %llu bytes",
                          coding, at);
    case DUET_ETOOLARGE:
        return duet__fail(DUET_ETOOLARGE,
                          "the decoded body is larger than %llu bytes",
                          (unsigned long long)decoder->options.bytes_max);
    default:
        return decoder->failure;
    }
}

/* --- running ------------------------------------------------------------- */

/* What a stage has to consume. */
static duet__text input_of(const duet__decoder *decoder, size_t i)
{
    const stage *before;

    if (i == 0)
        return decoder->in;
    before = &decoder->stages[i - 1];
    return duet__text_of(before->out + before->begin,
                         before->end - before->begin);
}

/* Does nothing follow that? */
static bool is_last_input(const duet__decoder *decoder, size_t i)
{
    return i == 0 ? decoder->is_finished : decoder->stages[i - 1].has_ended;
}

static void consume(duet__decoder *decoder, size_t i, size_t length)
{
    decoder->stages[i].consumed += length;
    if (i == 0)
        decoder->in = duet__text_skip(decoder->in, length);
    else
        decoder->stages[i - 1].begin += length;
}

/* The coding has ended; `left` bytes of input are no part of it. */
static void end_stage(duet__decoder *decoder, size_t i, size_t left)
{
    decoder->stages[i].has_ended = true;
    if (left > 0 && !decoder->options.ignores_excess)
        fail(decoder, i, DUET_ECODING, "bytes follow its end");
}

static void check_sizes(duet__decoder *decoder, size_t i, size_t produced)
{
    stage *stage = &decoder->stages[i];
    uint64_t rest = decoder->options.bytes_max - stage->produced;

    if (i + 1 < decoder->count) {
        stage->produced += produced;
        if (stage->produced >
            decoder->stages[i + 1].produced * SHRINKS_BY + SHRINKS_FREELY)
            fail(decoder, i, DUET_ECODING,
                 "it holds a coding that decodes to next to nothing");
    } else if (produced > rest) {
        stage->produced += rest;
        stage->end = (size_t)rest;
        fail(decoder, i, DUET_ETOOLARGE, NULL);
    } else {
        stage->produced += produced;
    }
}

static void run(duet__decoder *decoder, size_t i)
{
    stage *stage = &decoder->stages[i];
    duet__text in = input_of(decoder, i);
    size_t given = in.length < STEP_IN_BYTES ? in.length : STEP_IN_BYTES;
    bool is_last = is_last_input(decoder, i) && given == in.length;
    duet__coder_io io = {in.bytes, given, stage->out, stage->room};
    const char *reason = NULL;
    int status =
        duet__coder_step(&stage->coder, &io,
                         is_last ? DUET__CODER_END : DUET__CODER_RUN, &reason);

    consume(decoder, i, given - io.in_length);
    stage->begin = 0;
    stage->end = stage->room - io.room;
    stage->filled_room = io.room == 0 && status == 0;
    if (status == DUET_EEMPTY)
        end_stage(decoder, i, in.length - (given - io.in_length));
    else if (status != 0)
        fail(decoder, i, status, reason);
    if (stage->end > 0)
        check_sizes(decoder, i, stage->end);
}

/* Can the stage do something now? What comes behind a stage that has failed may
 * still decode what that one wrote. */
static bool can_run(const duet__decoder *decoder, size_t i)
{
    const stage *stage = &decoder->stages[i];

    if (stage->has_ended || (decoder->failure != 0 && i <= decoder->failed))
        return false;
    return stage->filled_room || input_of(decoder, i).length > 0 ||
           is_last_input(decoder, i);
}

/* The last stage that can run; `count` if none can. */
static size_t find_stage(const duet__decoder *decoder)
{
    size_t i = decoder->count;

    while (i > 0)
        if (can_run(decoder, --i))
            return i;
    return decoder->count;
}

/* No stage can run, or none has to. */
static int come_to_rest(duet__decoder *decoder)
{
    if (decoder->failure != 0)
        return report(decoder);
    decoder->in.length = 0; /* if there is any, it follows the end */
    if (!decoder->is_finished)
        return DUET_EAGAIN;
    return DUET_EEMPTY;
}

/* The next piece of a body without codings. */
static int pass_on(duet__decoder *decoder, const char **bytes, size_t *length)
{
    uint64_t rest = decoder->options.bytes_max - decoder->passed;

    if (decoder->in.length == 0 || decoder->failure != 0)
        return come_to_rest(decoder);
    if (decoder->in.length > rest)
        fail(decoder, 0, DUET_ETOOLARGE, NULL);
    if (rest == 0)
        return come_to_rest(decoder);
    *bytes = decoder->in.bytes;
    *length = decoder->in.length < rest ? decoder->in.length : (size_t)rest;
    decoder->in.length = 0;
    decoder->passed += *length;
    return 0;
}

static int decode(duet__decoder *decoder, const char **bytes, size_t *length)
{
    stage *last = &decoder->stages[decoder->count - 1];

    last->begin = last->end;
    for (int steps = 0; steps < STEPS_MAX && last->begin == last->end;
         steps++) {
        size_t i = find_stage(decoder);

        if (i == decoder->count || last->has_ended)
            return come_to_rest(decoder);
        run(decoder, i);
    }
    *bytes = last->out;
    *length = last->end - last->begin;
    return 0;
}

int duet__decoder_next(duet__decoder *decoder, const char **bytes,
                       size_t *length)
{
    *bytes = NULL;
    *length = 0;
    return decoder->count == 0 ? pass_on(decoder, bytes, length)
                               : decode(decoder, bytes, length);
}

void duet__decoder_feed(duet__decoder *decoder, const char *bytes,
                        size_t length)
{
    decoder->in = duet__text_of(bytes, length);
}

void duet__decoder_finish(duet__decoder *decoder)
{
    decoder->in.length = 0;
    decoder->is_finished = true;
}
