/* SPDX-License-Identifier: MIT */
/* replacement_writer.c - a writer whose file has its name once it was ended.
 *
 * Invariant: `file` is open until the writer was ended or given up. */
#include <stdlib.h>

#include <duet/copy.h>
#include <duet/error.h>
#include <duet/file_writer.h>
#include <duet/whole_file.h>

#include "base/error.h"
#include "file/open/file.h"
#include "stream/core/writer.h"

typedef struct replacement_writer {
    duet_writer writer;
    duet_file *file;    /* NULL: committed or dropped */
    duet_writer *inner; /* to the file */
} replacement_writer;

static int write_some(void *context, const char *bytes, size_t length,
                      size_t *out_taken, duet_deadline deadline)
{
    replacement_writer *self = context;

    return duet_write_some(self->inner, bytes, length, out_taken, deadline);
}

static int flush(void *context, duet_deadline deadline)
{
    return duet_writer_flush(((replacement_writer *)context)->inner, deadline);
}

static int end(void *context, duet_deadline deadline)
{
    replacement_writer *self = context;
    duet_file *file = self->file;
    int status;

    if (file == NULL)
        return DUET_ECLOSED;
    status = duet_writer_end(self->inner, deadline);
    if (status != 0)
        return status;
    self->file = NULL;
    return duet_replacement_commit(file, deadline);
}

static void give_up(void *context)
{
    replacement_writer *self = context;

    /* A thread closes it if it cannot be closed at once; the message of what
     * went wrong stays. */
    if (self->file != NULL)
        duet__file_drop(self->file, duet__detail_code(), DUET_NOW);
    self->file = NULL;
}

static void close_writer(void *context)
{
    replacement_writer *self = context;

    duet_writer_close(self->inner);
    free(self);
}

static const duet_writer_functions functions = {.write = write_some,
                                                .flush = flush,
                                                .end = end,
                                                .give_up = give_up,
                                                .close = close_writer};

int duet_replacement_writer(const char *path,
                            const duet_replacement_options *options,
                            duet_writer **out_writer, duet_deadline deadline)
{
    replacement_writer *self = malloc(sizeof *self);
    int status;

    *out_writer = NULL;
    if (self == NULL)
        return DUET_ENOMEM;
    status = duet_replacement_open(path, options, &self->file, deadline);
    if (status == 0) {
        status = duet_file_writer(self->file, NULL, &self->inner);
        if (status != 0)
            (void)!duet_file_close(self->file, DUET_NOW);
    }
    if (status != 0) {
        free(self);
        return status;
    }
    duet__writer_init_owner(&self->writer, &functions, self);
    *out_writer = &self->writer;
    return 0;
}

int duet_save(duet_reader *reader, const char *path,
              const duet_replacement_options *options, uint64_t *out_count,
              duet_deadline deadline)
{
    duet_writer *writer;
    uint64_t count;
    int status = duet_replacement_writer(path, options, &writer, deadline);

    if (out_count != NULL)
        *out_count = 0;
    if (status != 0)
        return status;
    status = duet_copy(reader, writer, &count, deadline);
    if (status == 0)
        status = duet_writer_end(writer, deadline);
    if (status == 0 && out_count != NULL)
        *out_count = count;
    duet_writer_close(writer);
    return status;
}
