/* SPDX-License-Identifier: MIT */
/* reader.c - reads a file, and reads ahead.
 *
 * Two blocks take turns: `current` is lent while `next` is being filled.
 * Invariant: what was read and not lent yet is `next`; a pool thread may write
 * to `next` while `call` is set, and to nothing else. */
#include <duet/file_reader.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <duet/task.h>

#include "base/error.h"
#include "base/list.h"
#include "file/blocking/stream.h"
#include "file/blocking/transfer.h"
#include "file/open/file.h"
#include "stream/core/reader.h"

enum {
    BLOCK_DEFAULT = 128 * 1024,
    BLOCK_LEAST = 512,
    BLOCK_MOST = 64 * 1024 * 1024,
};

typedef struct block {
    duet__job job;
    duet__handle *handle;
    int64_t offset; /* offset of its first byte; DUET__TRANSFER_HERE in a
                     * pipe */
    size_t capacity;
    size_t length;
    char bytes[];
} block;

typedef struct file_reader {
    duet_reader reader;
    duet__handle *handle;
    int64_t begin;  /* where the file was when the reader was made */
    int64_t offset; /* where the next block begins */
    bool seekable;
    bool is_stream; /* read without a thread, see stream.h */
    bool no_cached;
    size_t block_bytes;
    block *current;         /* NULL until the first block */
    block *next;            /* NULL if there is none, or it is with the pool */
    duet_thread_call *call; /* fills the next block; NULL if none */
} file_reader;

/* --- blocks -------------------------------------------------------------- */

static int run_block(duet__job *job)
{
    block *self = DUET__MEMBER(job, block, job);
    size_t more = 0;
    int64_t offset =
        self->offset < 0 ? self->offset : self->offset + (int64_t)self->length;
    int status = duet__transfer_read(self->handle->descriptor, offset,
                                     self->bytes + self->length,
                                     self->capacity - self->length, &more);

    self->length += more;
    return status == 0 ? 0 : duet__job_fail(job, status);
}

static void free_block(duet__job *job)
{
    block *self = DUET__MEMBER(job, block, job);

    duet__handle_release(self->handle);
    free(self);
}

static block *new_block(file_reader *reader)
{
    block *self = malloc(sizeof *self + reader->block_bytes);

    if (self == NULL)
        return NULL;
    *self = (block){.job = {.run = run_block,
                            .free = free_block,
                            .what = "read",
                            .path = reader->handle->path},
                    .handle = duet__handle_hold(reader->handle),
                    .capacity = reader->block_bytes};
    return self;
}

/* Fills a block from the page cache; true if it is full or the file has
 * ended. */
static bool fill_cached(file_reader *reader, block *next)
{
    int status;

    if (!reader->seekable || reader->no_cached)
        return false;
    status =
        duet__transfer_read_cached(reader->handle->descriptor, next->offset,
                                   next->bytes, next->capacity, &next->length);
    reader->no_cached = status == DUET_ENOTSUP;
    return status == 0;
}

/* Makes sure that the next block is filled or being filled. `spare` is a block
 * to use again, taken; NULL for none. */
static int begin_next(file_reader *reader, block *spare, duet_deadline deadline)
{
    block *next = spare != NULL ? spare : new_block(reader);

    if (next == NULL)
        return DUET_ENOMEM;
    next->offset = reader->seekable ? reader->offset : DUET__TRANSFER_HERE;
    next->length = 0;
    if (!fill_cached(reader, next))
        return duet__job_begin(&next->job, &reader->call, deadline);
    reader->next = next;
    return 0;
}

/* Waits for the next block. A failed read is tried again by the next call. */
static int await_next(file_reader *reader, duet_deadline deadline)
{
    block *next = duet_thread_call_argument(reader->call);
    int result;
    int status = duet__job_wait(reader->call, &result, deadline);

    if (status == DUET_ETIMEDOUT)
        return duet__job_fail(&next->job, status);
    if (status != 0)
        return status;
    reader->call = NULL;
    if (result < 0)
        free_block(&next->job);
    else
        reader->next = next;
    return result;
}

/* Refills the current block, all of which was returned, with the next data. The
 * system buffers a stream, so there is no other block.
 *
 * Returns DUET_EEMPTY at the end of the stream, or DUET_ENOTSUP if a thread has
 * to read it. */
static int read_stream(file_reader *reader, duet_deadline deadline)
{
    block *current =
        reader->current != NULL ? reader->current : new_block(reader);
    int status;

    if (current == NULL)
        return DUET_ENOMEM;
    reader->current = current;
    current->length = 0;
    status = duet__stream_read(reader->handle->descriptor, current->bytes,
                               current->capacity, &current->length, deadline);
    if (status == 0)
        return current->length > 0 ? 0 : DUET_EEMPTY;
    return status == DUET_ENOTSUP ? status
                                  : duet__job_fail(&current->job, status);
}

/* Goes on to the next block, and begins to read the one after that. The rest of
 * the current one must have been taken.
 *
 * Returns DUET_EEMPTY at the end of the file. */
static int turn_block(file_reader *reader, duet_deadline deadline)
{
    block *spare = reader->current;
    int status = 0;

    if (reader->next == NULL && reader->call == NULL) {
        reader->current = NULL;
        status = begin_next(reader, spare, deadline);
        spare = NULL;
    }
    if (status == 0 && reader->call != NULL)
        status = await_next(reader, deadline);
    else if (status == 0 && !duet_deadline_is_now(deadline))
        status = duet_yield();
    if (status != 0)
        return status;
    reader->current = reader->next;
    reader->next = NULL;
    if (reader->current->length == 0) {
        if (spare != NULL)
            free_block(&spare->job);
        return DUET_EEMPTY;
    }
    reader->offset += (int64_t)reader->current->length;
    /* The file ends here: reading ahead would read nothing. */
    if (reader->current->length < reader->current->capacity ||
        reader->is_stream) {
        if (spare != NULL)
            free_block(&spare->job);
        return 0;
    }
    /* Reading ahead is tried again when the block is needed. */
    begin_next(reader, spare, DUET_NOW);
    return 0;
}

/* turn_block() for a file, read_stream() for a stream. */
static int turn_over(file_reader *reader, duet_deadline deadline)
{
    int status = DUET_ENOTSUP;

    if (reader->is_stream && reader->call == NULL)
        status = read_stream(reader, deadline);
    return status == DUET_ENOTSUP ? turn_block(reader, deadline) : status;
}

/* --- the source ---------------------------------------------------------- */

static int next(void *context, const char **out_bytes, size_t *out_length,
                duet_deadline deadline)
{
    file_reader *reader = context;
    int status = turn_over(reader, deadline);

    if (status != 0)
        return status;
    *out_bytes = reader->current->bytes;
    *out_length = reader->current->length;
    return 0;
}

/* A thread that reads ahead ends by itself. */
static void drop_blocks(file_reader *reader)
{
    if (reader->call != NULL) {
        duet_thread_call_cancel(reader->call);
        duet_thread_call_free(reader->call);
    }
    if (reader->next != NULL)
        free_block(&reader->next->job);
    if (reader->current != NULL)
        free_block(&reader->current->job);
    reader->call = NULL;
    reader->next = reader->current = NULL;
}

static void close_reader(void *context)
{
    file_reader *reader = context;

    drop_blocks(reader);
    duet__handle_release(reader->handle);
    free(reader);
}

static int begin_anew(void *context, duet_deadline deadline)
{
    file_reader *reader = context;

    (void)deadline;
    drop_blocks(reader);
    reader->offset = reader->begin;
    return 0;
}

static int64_t remaining(void *context)
{
    const file_reader *reader = context;
    struct stat facts;

    if (fstat(reader->handle->descriptor, &facts) != 0 ||
        !S_ISREG(facts.st_mode))
        return -1;
    return facts.st_size > reader->offset ? facts.st_size - reader->offset : 0;
}

static const duet_reader_functions of_files = {.next = next,
                                               .close = close_reader,
                                               .rewind = begin_anew,
                                               .remaining = remaining,
                                               .lends_writable = true};
static const duet_reader_functions of_pipes = {
    .next = next, .close = close_reader, .lends_writable = true};

int duet_file_reader(duet_file *file, const duet_file_reader_options *options,
                     duet_reader **out_reader)
{
    size_t bytes = BLOCK_DEFAULT;
    file_reader *reader;

    *out_reader = NULL;
    if (options != NULL && options->block_bytes != 0)
        bytes = options->block_bytes;
    if (bytes < BLOCK_LEAST || bytes > BLOCK_MOST)
        return duet__fail(DUET_EINVAL, "block_bytes is %zu", bytes);
    reader = malloc(sizeof *reader);
    if (reader == NULL)
        return DUET_ENOMEM;
    *reader = (file_reader){.handle = duet__handle_hold(file->handle),
                            .begin = file->position,
                            .offset = file->position,
                            .seekable = file->seekable,
                            .is_stream = file->is_stream &&
                                         (file->flags & O_ACCMODE) != O_WRONLY,
                            .no_cached = file->no_cached,
                            .block_bytes = bytes};
    duet__reader_init_owner(&reader->reader,
                            file->seekable ? &of_files : &of_pipes, reader);
    *out_reader = &reader->reader;
    return 0;
}
