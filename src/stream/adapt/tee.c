/* SPDX-License-Identifier: MIT */
/* tee.c - a reader that also writes what it returns.
 *
 * Invariant: a byte is consumed from the inner reader when the writer has taken
 * it. */
#include <duet/stream_adapters.h>

#include <duet/error.h>

#include "stream/adapt/over.h"

typedef struct tee {
    duet__over over;
    duet_writer *writer;
} tee;

static int next(void *context, const char **out_bytes, size_t *out_length,
                duet_deadline deadline)
{
    tee *self = context;
    duet_reader *inner = self->over.inner;
    char *bytes;
    size_t length;
    size_t taken = 0;
    int status = duet__reader_enter(inner);

    if (status != 0)
        return status;
    status = duet__reader_fill(inner, &bytes, &length, deadline);
    if (status == 0)
        status = duet_write_some(self->writer, bytes, length, &taken, deadline);
    if (status == 0) {
        duet__reader_consume(inner, taken);
        *out_bytes = bytes;
        *out_length = taken;
    }
    duet__reader_leave(inner);
    return status;
}

static const duet_reader_functions functions = {
    .next = next, .close = duet__over_close, .remaining = duet__over_remaining};

int duet_tee_reader(duet_reader *inner, duet_writer *writer,
                    duet_reader **out_reader)
{
    tee *self = duet__over_new(sizeof *self, &functions, inner);

    *out_reader = NULL;
    if (self == NULL)
        return DUET_ENOMEM;
    self->writer = writer;
    *out_reader = &self->over.reader;
    return 0;
}
