/* SPDX-License-Identifier: MIT */
/* writer.c - combines many small writes to a file into a few large ones.
 *
 * Invariant: the first `length` bytes of the buffer were accepted but not
 * written yet; they are removed together, once all are written. */
#include <duet/file_writer.h>

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "stream/core/writer.h"

enum {
    BUFFER_DEFAULT = 128 * 1024,
    BUFFER_LEAST = 512,
    BUFFER_MOST = 64 * 1024 * 1024,
};

typedef struct file_writer {
    duet_writer writer;
    duet_file *file;
    size_t capacity;
    size_t length;
    char bytes[];
} file_writer;

static int flush(void *context, duet_deadline deadline)
{
    file_writer *self = context;
    int status = 0;

    if (self->length > 0)
        status =
            duet_file_write(self->file, self->bytes, self->length, deadline);
    if (status == 0)
        self->length = 0;
    return status;
}

static int gather(void *context, const char *bytes, size_t length,
                  size_t *out_taken, duet_deadline deadline)
{
    file_writer *self = context;
    int status = 0;

    if (length > self->capacity - self->length)
        status = flush(self, deadline);
    if (status == 0 && length >= self->capacity)
        status = duet_file_write(self->file, bytes, length, deadline);
    else if (status == 0)
        memcpy(self->bytes + self->length, bytes, length);
    if (status != 0)
        return status;
    if (length < self->capacity)
        self->length += length;
    *out_taken = length;
    return 0;
}

static const duet_writer_functions functions = {
    .write = gather, .flush = flush, .close = free};

int duet_file_writer(duet_file *file, const duet_file_writer_options *options,
                     duet_writer **out_writer)
{
    size_t capacity = BUFFER_DEFAULT;
    file_writer *self;

    *out_writer = NULL;
    if (options != NULL && options->buffer_bytes != 0)
        capacity = options->buffer_bytes;
    if (capacity < BUFFER_LEAST || capacity > BUFFER_MOST)
        return duet__fail(DUET_EINVAL, "buffer_bytes is %zu", capacity);
    self = malloc(sizeof *self + capacity);
    if (self == NULL)
        return DUET_ENOMEM;
    self->file = file;
    self->capacity = capacity;
    self->length = 0;
    duet__writer_init_owner(&self->writer, &functions, self);
    *out_writer = &self->writer;
    return 0;
}
