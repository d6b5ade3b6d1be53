/* SPDX-License-Identifier: MIT */
/* writer.c - combines many small writes to a file into a few large ones.
 *
 * Invariant: the first `length` bytes of the buffer were accepted but not
 * written yet; they are removed together, once all are written. */
#include <duet/file_writer.h>

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/life.h"

enum {
    BUFFER_DEFAULT = 128 * 1024,
    BUFFER_LEAST = 512,
    BUFFER_MOST = 64 * 1024 * 1024,
};

DUET__LIVES("file writer")

struct duet_file_writer {
    DUET__LIFE
    duet_file *file;
    size_t capacity;
    size_t length;
    char bytes[];
};

int duet_file_writer_new(duet_file *file,
                         const duet_file_writer_options *options,
                         duet_file_writer **out_writer)
{
    size_t capacity = BUFFER_DEFAULT;
    duet_file_writer *writer;

    *out_writer = NULL;
    if (options != NULL && options->buffer_bytes != 0)
        capacity = options->buffer_bytes;
    if (capacity < BUFFER_LEAST || capacity > BUFFER_MOST)
        return duet__fail(DUET_EINVAL, "buffer_bytes is %zu", capacity);
    writer = malloc(sizeof *writer + capacity);
    if (writer == NULL)
        return DUET_ENOMEM;
    DUET__LIFE_BEGINS(writer);
    writer->file = file;
    writer->capacity = capacity;
    writer->length = 0;
    *out_writer = writer;
    return 0;
}

int duet_file_writer_flush(duet_file_writer *writer, duet_deadline deadline)
{
    int status = 0;

    if (writer->length > 0)
        status = duet_file_write(writer->file, writer->bytes, writer->length,
                                 deadline);
    if (status == 0)
        writer->length = 0;
    return status;
}

int duet_file_writer_write(duet_file_writer *writer, const void *bytes,
                           size_t length, duet_deadline deadline)
{
    int status = 0;

    if (length > writer->capacity - writer->length)
        status = duet_file_writer_flush(writer, deadline);
    if (status != 0)
        return status;
    if (length >= writer->capacity)
        return duet_file_write(writer->file, bytes, length, deadline);
    if (length > 0)
        memcpy(writer->bytes + writer->length, bytes, length);
    writer->length += length;
    return 0;
}

size_t duet_file_writer_pending(const duet_file_writer *writer)
{
    return writer->length;
}

void duet_file_writer_free(duet_file_writer *writer)
{
    if (writer == NULL)
        return;
    DUET__LIFE_ENDS(writer);
    free(writer);
}
