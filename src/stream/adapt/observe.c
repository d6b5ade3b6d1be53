/* SPDX-License-Identifier: MIT */
/* observe.c - readers and writers that show what goes by to a function. */
#include <duet/stream_adapters.h>

#include <stdlib.h>

#include <duet/error.h>

#include "base/error.h"
#include "stream/adapt/over.h"
#include "stream/core/writer.h"

/* --- a reader ------------------------------------------------------------ */

typedef struct observed_reader {
    duet__over over;
    duet_observe_function *function;
    void *context;
} observed_reader;

static int next(void *context, const char **out_bytes, size_t *out_length,
                duet_deadline deadline)
{
    observed_reader *self = context;
    const char *bytes;
    size_t length;
    int status = duet_peek(self->over.inner, &bytes, &length, deadline);

    if (status == 0)
        status = self->function(self->context, bytes, length);
    if (status != 0)
        return status;
    /* What was shown is there, so this does not wait. */
    return duet_read_next(self->over.inner, out_bytes, out_length, DUET_NEVER);
}

static const duet_reader_functions once = {
    .next = next, .close = duet__over_close, .remaining = duet__over_remaining};
static const duet_reader_functions again = {.next = next,
                                            .close = duet__over_close,
                                            .rewind = duet__over_rewind,
                                            .remaining = duet__over_remaining};

int duet_observed_reader(duet_reader *inner, duet_observe_function *function,
                         void *context, duet_reader **out_reader)
{
    observed_reader *self;

    *out_reader = NULL;
    if (function == NULL)
        return duet__fail(DUET_EINVAL, "there is no function");
    self = duet__over_new(
        sizeof *self, duet_reader_can_rewind(inner) ? &again : &once, inner);
    if (self == NULL)
        return DUET_ENOMEM;
    self->function = function;
    self->context = context;
    *out_reader = &self->over.reader;
    return 0;
}

/* --- a writer ------------------------------------------------------------ */

typedef struct observed_writer {
    duet_writer writer;
    duet_writer *inner;
    duet_observe_function *function;
    void *context;
} observed_writer;

static int write_observed(void *context, const char *bytes, size_t length,
                          size_t *out_taken, duet_deadline deadline)
{
    observed_writer *self = context;
    int status =
        duet_write_some(self->inner, bytes, length, out_taken, deadline);

    if (status == 0)
        status = self->function(self->context, bytes, *out_taken);
    return status;
}

static int flush(void *context, duet_deadline deadline)
{
    return duet_writer_flush(((observed_writer *)context)->inner, deadline);
}

static int end(void *context, duet_deadline deadline)
{
    return duet_writer_end(((observed_writer *)context)->inner, deadline);
}

static void give_up(void *context)
{
    duet_writer_give_up(((observed_writer *)context)->inner);
}

static void close_writer(void *context)
{
    observed_writer *self = context;

    duet_writer_close(self->inner);
    free(self);
}

static const duet_writer_functions writing = {.write = write_observed,
                                              .flush = flush,
                                              .end = end,
                                              .give_up = give_up,
                                              .close = close_writer};

int duet_observed_writer(duet_writer *inner, duet_observe_function *function,
                         void *context, duet_writer **out_writer)
{
    observed_writer *self;

    *out_writer = NULL;
    if (function == NULL)
        return duet__fail(DUET_EINVAL, "there is no function");
    self = calloc(1, sizeof *self);
    if (self == NULL)
        return DUET_ENOMEM;
    duet__writer_init_owner(&self->writer, &writing, self);
    self->inner = inner;
    self->function = function;
    self->context = context;
    *out_writer = &self->writer;
    return 0;
}
