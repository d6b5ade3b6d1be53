/* SPDX-License-Identifier: MIT */
/* reader.c - reads a file by lines or chunks, and reads ahead.
 *
 * Two blocks take turns: lines are returned from `current` while `next` is
 * being filled. Invariant: what was read and not returned yet is, in this
 * order, `begun` (the start of a line whose end was not in its block), the rest
 * of `current`, and `next`; a pool thread may write to `next` while `call` is
 * set, and to nothing else. */
#include <duet/file_reader.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include <duet/task.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/life.h"
#include "base/limit.h"
#include "base/list.h"
#include "file/open/file.h"
#include "file/blocking/stream.h"
#include "file/blocking/transfer.h"

enum {
    BLOCK_DEFAULT = 128 * 1024,
    BLOCK_LEAST = 512,
    BLOCK_MOST = 64 * 1024 * 1024,
    LINE_DEFAULT = 1024 * 1024,
};

typedef struct block {
    duet__job job;
    duet__handle *handle;
    int64_t offset; /* offset of its first byte; DUET__TRANSFER_HERE in a
                     * pipe */
    size_t capacity;
    size_t length;
    size_t used;  /* handed out */
    char bytes[]; /* and one more, for a NUL */
} block;

DUET__LIVES("file reader")

struct duet_file_reader {
    DUET__LIFE
    duet__handle *handle;
    int64_t offset; /* where the next block begins */
    bool seekable;
    bool is_stream; /* read without a thread, see stream.h */
    bool no_cached;
    bool keep_newline;
    size_t block_bytes;
    block *current;         /* NULL until the first block */
    block *next;            /* NULL if there is none, or it is with the pool */
    duet_thread_call *call; /* fills the next block; NULL if none */
    duet__buffer begun;
    bool begun_is_out; /* `begun` was returned and is to be dropped */
    char *cut;         /* where a NUL stands for `cut_byte`; NULL if nowhere */
    char cut_byte;
};

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

static block *new_block(duet_file_reader *reader)
{
    block *self = malloc(sizeof *self + reader->block_bytes + 1);

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
static bool fill_cached(duet_file_reader *reader, block *next)
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
static int begin_next(duet_file_reader *reader, block *spare,
                      duet_deadline deadline)
{
    block *next = spare != NULL ? spare : new_block(reader);

    if (next == NULL)
        return DUET_ENOMEM;
    next->offset = reader->seekable ? reader->offset : DUET__TRANSFER_HERE;
    next->length = next->used = 0;
    if (!fill_cached(reader, next))
        return duet__job_begin(&next->job, &reader->call, deadline);
    reader->next = next;
    return 0;
}

/* Waits for the next block. A failed read is tried again by the next call. */
static int await_next(duet_file_reader *reader, duet_deadline deadline)
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
static int read_stream(duet_file_reader *reader, duet_deadline deadline)
{
    block *current =
        reader->current != NULL ? reader->current : new_block(reader);
    int status;

    if (current == NULL)
        return DUET_ENOMEM;
    reader->current = current;
    current->length = current->used = 0;
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
static int turn_block(duet_file_reader *reader, duet_deadline deadline)
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
static int turn_over(duet_file_reader *reader, duet_deadline deadline)
{
    int status = DUET_ENOTSUP;

    if (reader->is_stream && reader->call == NULL)
        status = read_stream(reader, deadline);
    return status == DUET_ENOTSUP ? turn_block(reader, deadline) : status;
}

/* --- handing out --------------------------------------------------------- */

/* Undoes what the last call changed in the memory that it returned. */
static void take_back(duet_file_reader *reader)
{
    if (reader->cut != NULL)
        *reader->cut = reader->cut_byte;
    reader->cut = NULL;
    if (reader->begun_is_out)
        duet__buffer_reset(&reader->begun);
    reader->begun_is_out = false;
}

/* Ends a line with a NUL, until the next call. */
static void end_line(duet_file_reader *reader, char *line, size_t *length)
{
    if (!reader->keep_newline && *length > 0 && line[*length - 1] == '\n')
        --*length;
    reader->cut = line + *length;
    reader->cut_byte = *reader->cut;
    *reader->cut = '\0';
}

/* Returns a line that lies completely in the current block. */
static bool line_of_block(duet_file_reader *reader, char **out_line,
                          size_t *out_length)
{
    block *current = reader->current;
    char *start;
    char *end;

    if (current == NULL || current->used == current->length)
        return false;
    start = current->bytes + current->used;
    end = memchr(start, '\n', current->length - current->used);
    if (end == NULL)
        return false;
    *out_line = start;
    *out_length = (size_t)(end - start) + 1;
    current->used += *out_length;
    return true;
}

static int too_long(duet_file_reader *reader)
{
    return duet__fail(DUET_ETOOLARGE,
                      "read %s: a line is longer than %zu bytes",
                      reader->handle->path, reader->begun.limit - 1);
}

/* Moves bytes of the current block to `begun`: up to the line's end, or all. */
static int gather(duet_file_reader *reader, bool *ended)
{
    block *current = reader->current;
    char *line;
    size_t length;
    int status;

    *ended = line_of_block(reader, &line, &length);
    if (!*ended) {
        line = current->bytes + current->used;
        length = current->length - current->used;
        current->used = current->length;
    }
    /* A line may be as long as the limit, not counting its newline. */
    if (!*ended && length >= reader->begun.limit - reader->begun.length)
        status = DUET_ETOOLARGE;
    else
        status = duet__buffer_append(&reader->begun, line, length);
    if (status != 0)
        current->used -= length;
    return status == DUET_ETOOLARGE ? too_long(reader) : status;
}

/* Assembles a line that spans several blocks. */
static int line_of_blocks(duet_file_reader *reader, duet_deadline deadline)
{
    bool ended = false;
    int status = 0;

    while (status == 0 && !ended) {
        if (reader->current != NULL &&
            reader->current->used < reader->current->length)
            status = gather(reader, &ended);
        if (status == 0 && !ended)
            status = turn_over(reader, deadline);
    }
    /* The last line needs no newline. */
    return status == DUET_EEMPTY && reader->begun.length > 0 ? 0 : status;
}

int duet_file_reader_line(duet_file_reader *reader, char **out_line,
                          size_t *out_length, duet_deadline deadline)
{
    int status;

    take_back(reader);
    *out_line = NULL;
    *out_length = 0;
    if (reader->begun.length > 0 ||
        !line_of_block(reader, out_line, out_length)) {
        status = line_of_blocks(reader, deadline);
        if (status != 0)
            return status;
        *out_line = reader->begun.bytes;
        *out_length = reader->begun.length;
        reader->begun_is_out = true;
    } else if (*out_length - 1 > reader->begun.limit - 1) {
        reader->current->used -= *out_length;
        *out_line = NULL;
        *out_length = 0;
        return too_long(reader);
    }
    end_line(reader, *out_line, out_length);
    return 0;
}

int duet_file_reader_chunk(duet_file_reader *reader, char **out_bytes,
                           size_t *out_length, duet_deadline deadline)
{
    block *current;
    int status;

    take_back(reader);
    *out_bytes = NULL;
    *out_length = 0;
    if (reader->begun.length > 0) {
        *out_bytes = reader->begun.bytes;
        *out_length = reader->begun.length;
        reader->begun_is_out = true;
        return 0;
    }
    if (reader->current == NULL ||
        reader->current->used == reader->current->length) {
        status = turn_over(reader, deadline);
        if (status != 0)
            return status;
    }
    current = reader->current;
    *out_bytes = current->bytes + current->used;
    *out_length = current->length - current->used;
    current->used = current->length;
    return 0;
}

/* --- life ---------------------------------------------------------------- */

int duet_file_reader_new(duet_file *file,
                         const duet_file_reader_options *options,
                         duet_file_reader **out_reader)
{
    static const duet_file_reader_options standard;
    duet_file_reader *reader;
    size_t limit;
    size_t bytes;
    int status;

    *out_reader = NULL;
    if (options == NULL)
        options = &standard;
    bytes = options->block_bytes != 0 ? options->block_bytes : BLOCK_DEFAULT;
    if (bytes < BLOCK_LEAST || bytes > BLOCK_MOST)
        return duet__fail(DUET_EINVAL, "block_bytes is %zu", bytes);
    status = duet__limit_read("line_limit_bytes", options->line_limit_bytes,
                              LINE_DEFAULT, &limit);
    if (status != 0)
        return status;
    reader = malloc(sizeof *reader);
    if (reader == NULL)
        return DUET_ENOMEM;
    *reader = (duet_file_reader){
        .handle = duet__handle_hold(file->handle),
        .offset = file->position,
        .seekable = file->seekable,
        .is_stream = file->is_stream && (file->flags & O_ACCMODE) != O_WRONLY,
        .no_cached = file->no_cached,
        .keep_newline = options->keep_newline,
        .block_bytes = bytes};
    DUET__LIFE_BEGINS(reader);
    duet__buffer_init(&reader->begun, limit < SIZE_MAX ? limit + 1 : limit);
    *out_reader = reader;
    return 0;
}

void duet_file_reader_free(duet_file_reader *reader)
{
    if (reader == NULL)
        return;
    DUET__LIFE_ENDS(reader);
    if (reader->call != NULL) {
        duet_thread_call_cancel(reader->call);
        duet_thread_call_free(reader->call);
    }
    if (reader->next != NULL)
        free_block(&reader->next->job);
    if (reader->current != NULL)
        free_block(&reader->current->job);
    duet__buffer_free(&reader->begun);
    duet__handle_release(reader->handle);
    free(reader);
}
