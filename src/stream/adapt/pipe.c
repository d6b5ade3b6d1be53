/* SPDX-License-Identifier: MIT */
/* pipe.c - a pipe between tasks.
 *
 * Invariant: the pipe lives until both ends are closed; a task waits in
 * `readers` only while the ring is empty and the writer open, in `writers` only
 * while it is full and the reader open. */
#include <duet/memory_stream.h>

#include <stdlib.h>

#include <duet/error.h>

#include "base/error.h"
#include "runtime/core/wait.h"
#include "stream/core/reader.h"
#include "stream/core/ring.h"
#include "stream/core/writer.h"

enum { CAPACITY_MOST = 64 * 1024 * 1024 };

typedef struct pipe_ends {
    duet_reader reader;
    duet_writer writer;
    duet__ring ring;
    size_t lent;        /* bytes of the ring that the reader has been lent */
    duet__list readers; /* duet__wait of the task that reads */
    duet__list writers; /* ... that writes */
    int end;            /* what the reader gets when the ring is empty; 0: not
                         * ended */
    bool has_reader;
    bool has_writer;
} pipe_ends;

static int wait_in(pipe_ends *self, duet__list *queue, duet_deadline deadline)
{
    duet__wait wait = {.what = "pipe", .object = self};

    duet__list_push_back(queue, &wait.link);
    return duet__park(&wait, deadline);
}

/* --- reading ------------------------------------------------------------- */

static int next(void *context, const char **out_bytes, size_t *out_length,
                duet_deadline deadline)
{
    pipe_ends *self = context;
    char *bytes;
    int status = 0;

    duet__ring_drop(&self->ring, self->lent);
    if (self->lent > 0)
        duet__wake_first(&self->writers, 0);
    self->lent = 0;
    while (status == 0 && self->ring.length == 0 && self->end == 0)
        status = wait_in(self, &self->readers, deadline);
    if (status != 0)
        return status;
    if (self->ring.length == 0)
        return self->end == DUET_EEMPTY
                   ? DUET_EEMPTY
                   : duet__fail(self->end, "the writer gave the pipe up");
    self->lent = *out_length = duet__ring_front(&self->ring, &bytes);
    *out_bytes = bytes;
    return 0;
}

static void free_without_ends(pipe_ends *self)
{
    if (self->has_reader || self->has_writer)
        return;
    duet__ring_free(&self->ring);
    free(self);
}

static void close_reader(void *context)
{
    pipe_ends *self = context;

    self->has_reader = false;
    duet__wake_all(&self->writers, 0);
    free_without_ends(self);
}

static const duet_reader_functions reading = {
    .next = next, .close = close_reader, .lends_writable = true};

/* --- writing ------------------------------------------------------------- */

static int put(void *context, const char *bytes, size_t length,
               size_t *out_taken, duet_deadline deadline)
{
    pipe_ends *self = context;
    int status = 0;

    while (status == 0 && self->has_reader && duet__ring_room(&self->ring) == 0)
        status = wait_in(self, &self->writers, deadline);
    if (status != 0)
        return status;
    if (!self->has_reader)
        return duet__fail(DUET_EPIPE, "the reader of the pipe is closed");
    *out_taken = duet__ring_put(&self->ring, bytes, length);
    if (*out_taken == 0)
        return DUET_ENOMEM;
    duet__wake_first(&self->readers, 0);
    return 0;
}

static void end_with(pipe_ends *self, int code)
{
    self->end = code;
    duet__wake_all(&self->readers, 0);
}

static int end(void *context, duet_deadline deadline)
{
    (void)deadline;
    end_with(context, DUET_EEMPTY);
    return 0;
}

static void give_up(void *context)
{
    end_with(context, DUET_ETRUNCATED);
}

static void close_writer(void *context)
{
    pipe_ends *self = context;

    self->has_writer = false;
    free_without_ends(self);
}

static const duet_writer_functions writing = {
    .write = put, .end = end, .give_up = give_up, .close = close_writer};

/* --- life ---------------------------------------------------------------- */

int duet_memory_pipe(size_t capacity_bytes, duet_reader **out_reader,
                     duet_writer **out_writer)
{
    pipe_ends *self;

    *out_reader = NULL;
    *out_writer = NULL;
    if (capacity_bytes > CAPACITY_MOST)
        return duet__fail(DUET_EINVAL, "capacity_bytes is %zu", capacity_bytes);
    self = calloc(1, sizeof *self);
    if (self == NULL)
        return DUET_ENOMEM;
    duet__reader_init_owner(&self->reader, &reading, self);
    duet__writer_init_owner(&self->writer, &writing, self);
    duet__ring_init(&self->ring,
                    capacity_bytes == 0 ? DUET__RING_BYTES : capacity_bytes);
    duet__link_init(&self->readers);
    duet__link_init(&self->writers);
    self->has_reader = self->has_writer = true;
    *out_reader = &self->reader;
    *out_writer = &self->writer;
    return 0;
}
