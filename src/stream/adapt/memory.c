/* SPDX-License-Identifier: MIT */
/* memory.c - readers and writers of memory. */
#include <duet/memory_stream.h>

#include <stdlib.h>

#include <duet/error.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/limit.h"
#include "stream/core/reader.h"
#include "stream/core/writer.h"

/* --- reading ------------------------------------------------------------- */

typedef struct memory_reader {
    duet_reader reader;
    const char *bytes;
    size_t length;
    bool is_lent;
} memory_reader;

static int next(void *context, const char **out_bytes, size_t *out_length,
                duet_deadline deadline)
{
    memory_reader *self = context;

    (void)deadline;
    if (self->is_lent || self->length == 0)
        return DUET_EEMPTY;
    self->is_lent = true;
    *out_bytes = self->bytes;
    *out_length = self->length;
    return 0;
}

static int begin_anew(void *context, duet_deadline deadline)
{
    memory_reader *self = context;

    (void)deadline;
    self->is_lent = false;
    return 0;
}

static int64_t remaining(void *context)
{
    const memory_reader *self = context;

    return self->is_lent ? 0 : (int64_t)self->length;
}

static const duet_reader_functions reading = {
    .next = next, .close = free, .rewind = begin_anew, .remaining = remaining};

int duet_memory_reader(const void *bytes, size_t length,
                       duet_reader **out_reader)
{
    memory_reader *self = calloc(1, sizeof *self);

    *out_reader = NULL;
    if (self == NULL)
        return DUET_ENOMEM;
    duet__reader_init_owner(&self->reader, &reading, self);
    self->bytes = bytes;
    self->length = length;
    *out_reader = &self->reader;
    return 0;
}

/* --- writing ------------------------------------------------------------- */

typedef struct memory_writer {
    duet_writer writer;
    duet__buffer buffer;
} memory_writer;

static int gather(void *context, const char *bytes, size_t length,
                  size_t *out_taken, duet_deadline deadline)
{
    duet__buffer *buffer = &((memory_writer *)context)->buffer;
    size_t room = buffer->limit - buffer->length;
    int status;

    (void)deadline;
    if (room == 0)
        return duet__fail(DUET_ETOOLARGE, "more than %zu bytes were written",
                          buffer->limit);
    if (length > room)
        length = room;
    status = duet__buffer_append(buffer, bytes, length);
    if (status == 0)
        *out_taken = length;
    return status;
}

static void free_writer(void *context)
{
    memory_writer *self = context;

    duet__buffer_free(&self->buffer);
    free(self);
}

static const duet_writer_functions writing = {.write = gather,
                                              .close = free_writer};

int duet_memory_writer(int64_t limit_bytes, duet_writer **out_writer)
{
    size_t limit = 0;
    memory_writer *self;
    int status = 0;

    *out_writer = NULL;
    if (limit_bytes != 0)
        status = duet__limit_read("limit_bytes", limit_bytes, 0, &limit);
    if (status != 0)
        return status;
    self = calloc(1, sizeof *self);
    if (self == NULL)
        return DUET_ENOMEM;
    duet__writer_init_owner(&self->writer, &writing, self);
    duet__buffer_init(&self->buffer, limit);
    *out_writer = &self->writer;
    return 0;
}

const char *duet_memory_writer_bytes(const duet_writer *writer,
                                     size_t *out_length)
{
    const duet__buffer *buffer =
        &((const memory_writer *)writer->context)->buffer;

    if (out_length != NULL)
        *out_length = buffer->length;
    return buffer->bytes != NULL ? buffer->bytes : "";
}
