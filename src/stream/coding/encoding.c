/* SPDX-License-Identifier: MIT */
/* encoding.c - a writer that encodes what it is given for another.
 *
 * Invariant: the encoder works only when the inner writer has taken all that it
 * has written, and an operation that it has begun (a flush, the end) is done
 * before another one begins. So a call that is interrupted may be repeated, and
 * a byte is taken when the encoder has it. */
#include <duet/coding.h>

#include <stdlib.h>

#include <duet/error.h>

#include "base/error.h"
#include "http/body/encoder.h"
#include "stream/coding/pause.h"
#include "stream/core/writer.h"

enum {
    OUT_BYTES = 16384,
    PAUSE_BYTES = 65536,
};

typedef struct encoding {
    duet_writer writer;          /* the outer one */
    duet_writer *inner;          /* owned */
    duet__coder coder;           /* owned */
    duet__coder_operation begun; /* DUET__CODER_RUN: none is under way */
    bool has_ended;              /* the coding */
    bool has_unflushed; /* something was written since the last flush */
    int failure;        /* of the encoder */
    size_t begin;       /* of `out`: the inner writer has what is before
                           it */
    size_t end;
    size_t done; /* since the last pause */
    char out[OUT_BYTES];
} encoding;

/* Has the inner writer take all that was encoded. */
static int drain(encoding *self, duet_deadline deadline)
{
    int status = 0;

    while (status == 0 && self->begin < self->end) {
        size_t taken;

        status = duet_write_some(self->inner, self->out + self->begin,
                                 self->end - self->begin, &taken, deadline);
        self->begin += taken;
    }
    return status;
}

/* Lets the encoder work on `io`, whose room is set here; everything is drained.
 * Returns 0, DUET_EEMPTY when the operation is done, DUET_ENOMEM. */
static int work(encoding *self, duet__coder_io *io,
                duet__coder_operation operation)
{
    size_t before = io->in_length;
    int status = self->failure;

    if (status != 0)
        return status;
    io->out = self->out;
    io->room = sizeof self->out;
    status = duet__encoder_step(&self->coder, io, operation);
    self->begin = 0;
    self->end = sizeof self->out - io->room;
    self->done += before - io->in_length;
    if (status != 0 && status != DUET_EEMPTY)
        self->failure = status;
    return status;
}

/* Brings the operation that was begun to its end. */
static int go_on(encoding *self, duet_deadline deadline)
{
    int status = drain(self, deadline);

    while (status == 0 && self->begun != DUET__CODER_RUN) {
        duet__coder_io io = {"", 0, NULL, 0};

        status = work(self, &io, self->begun);
        if (status == DUET_EEMPTY) {
            self->has_ended = self->begun == DUET__CODER_END;
            self->has_unflushed = false;
            self->begun = DUET__CODER_RUN;
            status = 0;
        }
        if (status == 0)
            status = drain(self, deadline);
    }
    return status;
}

static int write_some(void *context, const char *bytes, size_t length,
                      size_t *out_taken, duet_deadline deadline)
{
    encoding *self = context;
    duet__coder_io io = {bytes, length, NULL, 0};
    int status;

    if (self->has_ended || self->begun == DUET__CODER_END)
        return duet__fail(DUET_ECLOSED, "the end was begun before");
    status = duet__pause(&self->done, PAUSE_BYTES, deadline);
    if (status == 0)
        status = go_on(self, deadline);
    while (status == 0 && io.in_length == length) {
        status = drain(self, deadline);
        if (status == 0)
            status = work(self, &io, DUET__CODER_RUN);
    }
    if (status != 0)
        return status;
    self->has_unflushed = true;
    *out_taken = length - io.in_length;
    return 0;
}

static int flush(void *context, duet_deadline deadline)
{
    encoding *self = context;
    int status = go_on(self, deadline);

    if (status == 0 && self->has_unflushed) {
        self->begun = DUET__CODER_FLUSH;
        status = go_on(self, deadline);
    }
    return status != 0 ? status : duet_writer_flush(self->inner, deadline);
}

static int end(void *context, duet_deadline deadline)
{
    encoding *self = context;
    int status = go_on(self, deadline);

    if (status == 0 && !self->has_ended) {
        self->begun = DUET__CODER_END;
        status = go_on(self, deadline);
    }
    return status != 0 ? status : duet_writer_end(self->inner, deadline);
}

static void give_up(void *context)
{
    encoding *self = context;

    duet_writer_give_up(self->inner);
}

static void close_writer(void *context)
{
    encoding *self = context;

    duet__coder_free(&self->coder);
    duet_writer_close(self->inner);
    free(self);
}

static const duet_writer_functions functions = {.write = write_some,
                                                .flush = flush,
                                                .end = end,
                                                .give_up = give_up,
                                                .close = close_writer};

int duet_encoding_writer(duet_writer *inner, const char *coding,
                         const duet_encoding_options *options,
                         duet_writer **out_writer)
{
    encoding *self;
    duet__coder coder;
    int status = duet__encoder_named(
        coding, options != NULL ? options->level : 0, &coder);

    *out_writer = NULL;
    if (status != 0)
        return status;
    self = calloc(1, sizeof *self);
    if (self == NULL) {
        duet__coder_free(&coder);
        return DUET_ENOMEM;
    }
    duet__writer_init(&self->writer, &functions, self);
    self->inner = inner;
    self->coder = coder;
    *out_writer = &self->writer;
    return 0;
}
