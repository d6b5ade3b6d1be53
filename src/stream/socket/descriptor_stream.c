/* SPDX-License-Identifier: MIT */
/* descriptor_stream.c - a reader or a writer of one descriptor. */
#include "stream/socket/descriptor_stream.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <duet/error.h>

#include "base/error.h"
#include "stream/core/reader.h"
#include "stream/core/writer.h"
#include "stream/socket/descriptor.h"

enum { PIECE_MOST = 64 * 1024 * 1024 };

typedef struct descriptor_stream {
    union {
        duet_reader reader;
        duet_writer writer;
    };
    duet__flow flow;
    bool keeps_open;
} descriptor_stream;

static void close_descriptor(descriptor_stream *self)
{
    if (!self->keeps_open && self->flow.descriptor >= 0)
        close(self->flow.descriptor);
    self->flow.descriptor = -1;
}

static void close_stream(void *context)
{
    descriptor_stream *self = context;

    close_descriptor(self);
    duet__flow_free(&self->flow);
    free(self);
}

static int new_stream(int descriptor,
                      const duet_descriptor_stream_options *options,
                      descriptor_stream **out_stream)
{
    size_t piece_bytes = DUET__PIECE_BYTES;
    descriptor_stream *self;
    int status;

    if (options != NULL && options->piece_bytes != 0)
        piece_bytes = options->piece_bytes;
    if (piece_bytes > PIECE_MOST)
        return duet__fail(DUET_EINVAL, "piece_bytes is %zu", piece_bytes);
    self = calloc(1, sizeof *self);
    if (self == NULL)
        return DUET_ENOMEM;
    status = duet__flow_init(&self->flow, descriptor, piece_bytes);
    if (status != 0) {
        free(self);
        return status;
    }
    self->keeps_open = options != NULL && options->keeps_open;
    *out_stream = self;
    return 0;
}

/* --- reading ------------------------------------------------------------- */

static int next(void *context, const char **out_bytes, size_t *out_length,
                duet_deadline deadline)
{
    descriptor_stream *self = context;

    return duet__flow_next(&self->flow, out_bytes, out_length, deadline);
}

static int descriptor_of(void *context)
{
    return ((descriptor_stream *)context)->flow.descriptor;
}

static const duet_reader_functions reading = {.next = next,
                                              .close = close_stream,
                                              .descriptor = descriptor_of,
                                              .lends_writable = true};

int duet_descriptor_reader(int descriptor,
                           const duet_descriptor_stream_options *options,
                           duet_reader **out_reader)
{
    descriptor_stream *self;
    int status = new_stream(descriptor, options, &self);

    *out_reader = NULL;
    if (status != 0)
        return status;
    duet__reader_init_owner(&self->reader, &reading, self);
    *out_reader = &self->reader;
    return 0;
}

/* --- writing ------------------------------------------------------------- */

static int write_some(void *context, const char *bytes, size_t length,
                      size_t *out_taken, duet_deadline deadline)
{
    descriptor_stream *self = context;

    return duet__flow_write(&self->flow, bytes, length, out_taken, deadline);
}

static int end(void *context, duet_deadline deadline)
{
    descriptor_stream *self = context;

    (void)deadline;
    if (self->keeps_open && self->flow.is_socket)
        shutdown(self->flow.descriptor, SHUT_WR);
    close_descriptor(self);
    return 0;
}

static const duet_writer_functions writing = {.write = write_some,
                                              .end = end,
                                              .close = close_stream,
                                              .descriptor = descriptor_of};

int duet_descriptor_writer(int descriptor,
                           const duet_descriptor_stream_options *options,
                           duet_writer **out_writer)
{
    descriptor_stream *self;
    int status = new_stream(descriptor, options, &self);

    *out_writer = NULL;
    if (status != 0)
        return status;
    duet__writer_init_owner(&self->writer, &writing, self);
    *out_writer = &self->writer;
    return 0;
}

/* --- whom they wait for -------------------------------------------------- */

void duet__descriptor_reader_waits_for(duet_reader *reader,
                                       duet__outside outside)
{
    ((descriptor_stream *)reader->context)->flow.outside = outside;
}

void duet__descriptor_writer_waits_for(duet_writer *writer,
                                       duet__outside outside)
{
    ((descriptor_stream *)writer->context)->flow.outside = outside;
}
