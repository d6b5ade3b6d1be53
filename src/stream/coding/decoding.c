/* SPDX-License-Identifier: MIT */
/* decoding.c - a reader that undoes the codings of another.
 *
 * Invariant: what the inner reader has lent is with the decoder until that has
 * consumed it; the inner one is asked only then. */
#include <duet/coding.h>

#include <stdlib.h>
#include <string.h>

#include <duet/error.h>

#include "base/error.h"
#include "base/limit.h"
#include "stream/adapt/over.h"
#include "stream/coding/decoding.h"
#include "stream/coding/pause.h"

enum {
    LIMIT_DEFAULT = 1 << 30,
    PAUSE_BYTES = 262144,
};

typedef struct decoding {
    duet__over over;
    duet__decoding decoding; /* its decoder is owned */
    duet__decoder_options options;
    char *codings; /* owned */
} decoding;

static int next_coded(void *context, const char **out_bytes, size_t *out_length,
                      duet_deadline deadline)
{
    return duet_read_next(context, out_bytes, out_length, deadline);
}

/* A call that decodes to nothing counts as if it had filled its room. */
static void count_work(duet__decoding *self, size_t length)
{
    self->done += length > 0 ? length : DUET__DECODER_OUT_BYTES;
}

static int feed(duet__decoding *self, duet_deadline deadline)
{
    const char *bytes;
    size_t length;
    int status = self->next(self->context, &bytes, &length, deadline);

    if (status == 0)
        duet__decoder_feed(self->decoder, bytes, length);
    if (status != DUET_EEMPTY)
        return status;
    duet__decoder_finish(self->decoder);
    return 0;
}

int duet__decoding_next(duet__decoding *self, const char **out_bytes,
                        size_t *out_length, duet_deadline deadline)
{
    int status = duet__pause(&self->done, PAUSE_BYTES, deadline);

    while (status == 0) {
        status = duet__decoder_next(self->decoder, out_bytes, out_length);
        if (status == 0)
            count_work(self, *out_length);
        if (status == 0 && *out_length > 0)
            return 0;
        if (status == DUET_EAGAIN)
            status = feed(self, deadline);
        if (status == 0)
            status = duet__pause(&self->done, PAUSE_BYTES, deadline);
    }
    return status;
}

static int next(void *context, const char **out_bytes, size_t *out_length,
                duet_deadline deadline)
{
    decoding *self = context;

    return duet__decoding_next(&self->decoding, out_bytes, out_length,
                               deadline);
}

static int begin_anew(void *context, duet_deadline deadline)
{
    decoding *self = context;
    duet__decoder *decoder;
    int status = duet__decoder_new(duet__text_from(self->codings),
                                   &self->options, &decoder);

    if (status != 0)
        return status;
    status = duet__over_rewind(context, deadline);
    if (status != 0) {
        duet__decoder_free(decoder);
        return status;
    }
    duet__decoder_free(self->decoding.decoder);
    self->decoding.decoder = decoder;
    return 0;
}

/* Known only if there is nothing to decode. */
static int64_t remaining(void *context)
{
    const decoding *self = context;

    return duet__decoder_has_codings(self->decoding.decoder)
               ? -1
               : duet__over_remaining(context);
}

static void close_reader(void *context)
{
    decoding *self = context;

    duet__decoder_free(self->decoding.decoder);
    free(self->codings);
    duet__over_close(context);
}

/* What passes undecoded is the inner reader's and must not be changed. */
static const duet_reader_functions functions[2][2] = {
    {{.next = next, .close = close_reader, .remaining = remaining},
     {.next = next,
      .close = close_reader,
      .remaining = remaining,
      .rewind = begin_anew}},
    {{.next = next, .close = close_reader, .lends_writable = true},
     {.next = next,
      .close = close_reader,
      .rewind = begin_anew,
      .lends_writable = true}},
};

static int read_options(const duet_decoding_options *options,
                        duet__decoder_options *read)
{
    const duet_decoding_options standard = {0};
    size_t limit;
    int status;

    if (options == NULL)
        options = &standard;
    status = duet__limit_read("limit_bytes", options->limit_bytes,
                              LIMIT_DEFAULT, &limit);
    if (status != 0)
        return status;
    read->bytes_max = limit == SIZE_MAX ? UINT64_MAX : limit;
    read->ignores_excess = options->ignores_excess;
    return 0;
}

int duet_decoding_reader(duet_reader *inner, const char *codings,
                         const duet_decoding_options *options,
                         duet_reader **out_reader)
{
    duet__decoder_options read;
    duet__decoder *decoder;
    decoding *self = NULL;
    char *copy = NULL;
    int status = read_options(options, &read);

    *out_reader = NULL;
    if (status == 0)
        status = duet__decoder_new(duet__text_from(codings), &read, &decoder);
    if (status != 0)
        return status;
    copy = strdup(codings != NULL ? codings : "");
    if (copy != NULL)
        self = duet__over_new(sizeof *self,
                              &functions[duet__decoder_has_codings(decoder)]
                                        [duet_reader_can_rewind(inner)],
                              inner);
    if (self == NULL) {
        duet__decoder_free(decoder);
        free(copy);
        return DUET_ENOMEM;
    }
    self->decoding = (duet__decoding){
        .decoder = decoder, .next = next_coded, .context = inner};
    self->options = read;
    self->codings = copy;
    *out_reader = &self->over.reader;
    return 0;
}
