/* SPDX-License-Identifier: MIT */
/* io.c - the operations on an open file.
 *
 * Invariant: the position changes only when a call succeeds, by the task that
 * made it; a job never touches the file, only its descriptor. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <duet/task.h>

#include "base/error.h"
#include "base/list.h"
#include "file/open/file.h"
#include "file/blocking/stat.h"
#include "file/blocking/stream.h"
#include "file/blocking/transfer.h"

enum {
    /* The bytes of one job: so many that the cost of the job itself is
     * negligible. */
    CHUNK_BYTES = 1024 * 1024,
    /* Copied without a thread if it is in the page cache: some 15
     * microseconds. */
    CACHED_MOST_BYTES = 256 * 1024,
    /* A task that reads more than this without waiting yields to others. */
    AT_ONCE_BYTES = 1024 * 1024,
    /* The cost of a call that reads nothing, in bytes that it could copy
     * meanwhile. */
    CALL_COST_BYTES = 8 * 1024,
};

/* --- jobs ---------------------------------------------------------------- */

typedef struct transfer_job {
    duet__job job;
    duet__handle *handle;
    int64_t offset; /* where to read or write; after appending, the new
                     * position */
    size_t length;  /* to transfer; afterwards, transferred */
    bool appending;
    char bytes[];
} transfer_job;

static void free_transfer(duet__job *job)
{
    transfer_job *self = DUET__MEMBER(job, transfer_job, job);

    duet__handle_release(self->handle);
    free(self);
}

static transfer_job *new_transfer(duet_file *file, int64_t offset,
                                  size_t length)
{
    transfer_job *self = malloc(sizeof *self + length);

    if (self == NULL)
        return NULL;
    *self = (transfer_job){
        .job = {.free = free_transfer, .path = file->handle->path},
        .handle = duet__handle_hold(file->handle),
        .offset = offset,
        .length = length};
    return self;
}

static int run_read(duet__job *job)
{
    transfer_job *self = DUET__MEMBER(job, transfer_job, job);
    int status = duet__transfer_read(self->handle->descriptor, self->offset,
                                     self->bytes, self->length, &self->length);

    return status == 0 ? 0 : duet__job_fail(job, status);
}

static int run_write(duet__job *job)
{
    transfer_job *self = DUET__MEMBER(job, transfer_job, job);
    int descriptor = self->handle->descriptor;
    int status = duet__transfer_write(descriptor, self->offset, self->bytes,
                                      self->length);

    if (status != 0)
        return duet__job_fail(job, status);
    if (self->appending)
        self->offset = lseek(descriptor, 0, SEEK_CUR);
    return 0;
}

/* --- reading ------------------------------------------------------------- */

/* A task must not monopolize the loop when everything it reads is in the page
 * cache. */
static int let_others_run(duet_file *file, duet_deadline deadline)
{
    if (file->at_once < AT_ONCE_BYTES || duet_deadline_is_now(deadline))
        return 0;
    file->at_once = 0;
    return duet_yield();
}

/* Reads what is in the page cache; false if the rest needs a job. */
static bool read_cached(duet_file *file, int64_t offset, char *bytes,
                        size_t room, size_t *done)
{
    int status;

    *done = 0;
    if (offset < 0 || file->no_cached || room > CACHED_MOST_BYTES)
        return false;
    status = duet__transfer_read_cached(file->handle->descriptor, offset, bytes,
                                        room, done);
    file->no_cached = status == DUET_ENOTSUP;
    file->at_once += *done + CALL_COST_BYTES;
    return status == 0;
}

/* Reads one chunk in a thread. */
static int read_chunk(duet_file *file, int64_t offset, char *bytes, size_t room,
                      size_t *length, duet_deadline deadline)
{
    transfer_job *self = new_transfer(file, offset, room);
    int status;

    if (self == NULL)
        return DUET_ENOMEM;
    self->job.what = "read";
    self->job.run = run_read;
    file->at_once = 0;
    status = duet__job_run(&self->job, &file->straggler, deadline);
    if (status != 0)
        return status;
    memcpy(bytes, self->bytes, self->length);
    *length = self->length;
    free_transfer(&self->job);
    return 0;
}

static int fail_on(const duet_file *file, const char *what, int code)
{
    return duet__fail(code, "%s %s: %s", what, file->handle->path,
                      duet_error_text(code));
}

/* Is the file to be read, or written, without a thread? */
static bool is_stream_for(const duet_file *file, int access)
{
    return file->is_stream && (file->flags & O_ACCMODE) != access;
}

static int read_stream(duet_file *file, char *bytes, size_t room,
                       size_t *out_length, duet_deadline deadline)
{
    size_t most = room < CHUNK_BYTES ? room : CHUNK_BYTES;
    int status = room == 0 ? 0
                           : duet__stream_read(file->handle->descriptor, bytes,
                                               room, out_length, deadline);

    file->at_once += *out_length + CALL_COST_BYTES;
    if (status == DUET_ENOTSUP)
        return read_chunk(file, DUET__TRANSFER_HERE, bytes, most, out_length,
                          deadline);
    return status == 0 ? 0 : fail_on(file, "read", status);
}

static int read_all(duet_file *file, int64_t offset, char *bytes, size_t room,
                    size_t *out_length, duet_deadline deadline)
{
    size_t done;
    bool at_end = read_cached(file, offset, bytes, room, &done);
    int status = 0;

    while (status == 0 && !at_end && done < room) {
        size_t want = room - done < CHUNK_BYTES ? room - done : CHUNK_BYTES;
        size_t count = 0;

        status = read_chunk(file, offset < 0 ? offset : offset + (int64_t)done,
                            bytes + done, want, &count, deadline);
        done += count;
        at_end = count < want || offset < 0;
    }
    if (status == 0)
        *out_length = done;
    return status;
}

/* Refuses an offset for which offset + length would overflow. */
static int check_offset(duet_file *file, const char *what, int64_t offset,
                        size_t length)
{
    if (offset < 0 || length > (size_t)(INT64_MAX - offset))
        return duet__fail(DUET_EINVAL, "%s %s: the offset is out of range",
                          what, file->handle->path);
    if (!file->seekable)
        return duet__fail(DUET_ESPIPE, "%s %s: it has no positions", what,
                          file->handle->path);
    return 0;
}

static int64_t position_of(const duet_file *file)
{
    return file->seekable ? file->position : DUET__TRANSFER_HERE;
}

int duet_file_read(duet_file *file, void *bytes, size_t room,
                   size_t *out_length, duet_deadline deadline)
{
    int status = let_others_run(file, deadline);

    *out_length = 0;
    if (status == 0)
        status = duet__file_begin(file, deadline);
    if (status != 0)
        return status;
    if (is_stream_for(file, O_WRONLY))
        status = read_stream(file, bytes, room, out_length, deadline);
    else
        status = read_all(file, position_of(file), bytes, room, out_length,
                          deadline);
    if (file->seekable)
        file->position += (int64_t)*out_length;
    duet__file_end(file);
    return status;
}

int duet_file_read_at(duet_file *file, int64_t offset, void *bytes, size_t room,
                      size_t *out_length, duet_deadline deadline)
{
    int status = check_offset(file, "read", offset, room);

    *out_length = 0;
    if (status == 0)
        status = let_others_run(file, deadline);
    if (status == 0)
        status = duet__file_begin(file, deadline);
    if (status != 0)
        return status;
    status = read_all(file, offset, bytes, room, out_length, deadline);
    duet__file_end(file);
    return status;
}

/* --- writing ------------------------------------------------------------- */

/* Writes one chunk in a thread; *offset is moved behind it. */
static int write_chunk(duet_file *file, int64_t *offset, const char *bytes,
                       size_t length, duet_deadline deadline)
{
    transfer_job *self = new_transfer(file, *offset, length);
    int status;

    if (self == NULL)
        return DUET_ENOMEM;
    self->job.what = "write";
    self->job.run = run_write;
    self->appending = *offset < 0 && file->seekable;
    memcpy(self->bytes, bytes, length);
    file->at_once = 0;
    status = duet__job_run(&self->job, &file->straggler, deadline);
    if (status != 0)
        return status;
    if (self->appending)
        file->position = self->offset;
    else if (*offset >= 0)
        *offset += (int64_t)length;
    free_transfer(&self->job);
    return 0;
}

static int write_all(duet_file *file, int64_t *offset, const char *bytes,
                     size_t length, duet_deadline deadline)
{
    int status = 0;

    for (size_t done = 0; status == 0 && done < length;) {
        size_t part = length - done < CHUNK_BYTES ? length - done : CHUNK_BYTES;

        status = write_chunk(file, offset, bytes + done, part, deadline);
        done += part;
    }
    return status;
}

static int write_stream(duet_file *file, const char *bytes, size_t length,
                        duet_deadline deadline)
{
    int64_t here = DUET__TRANSFER_HERE;
    int status = 0;

    for (size_t done = 0; status == 0 && done < length;) {
        size_t count = 0;

        status = duet__stream_write(file->handle->descriptor, bytes + done,
                                    length - done, &count, deadline);
        file->at_once += count + CALL_COST_BYTES;
        if (status == DUET_ENOTSUP) {
            count = length - done < PIPE_BUF ? length - done : PIPE_BUF;
            status = write_chunk(file, &here, bytes + done, count, deadline);
        } else if (status != 0) {
            fail_on(file, "write", status);
        }
        done += count;
        if (status == 0 && done < length)
            status = let_others_run(file, deadline);
    }
    return status;
}

int duet_file_write(duet_file *file, const void *bytes, size_t length,
                    duet_deadline deadline)
{
    bool placed = file->seekable && (file->flags & O_APPEND) == 0;
    int64_t offset;
    int status = let_others_run(file, deadline);

    if (status == 0)
        status = duet__file_begin(file, deadline);
    if (status != 0)
        return status;
    if (is_stream_for(file, O_RDONLY)) {
        status = write_stream(file, bytes, length, deadline);
        duet__file_end(file);
        return status;
    }
    offset = placed ? file->position : DUET__TRANSFER_HERE;
    if (placed)
        status = check_offset(file, "write", offset, length);
    if (status == 0)
        status = write_all(file, &offset, bytes, length, deadline);
    if (status == 0 && placed)
        file->position = offset;
    duet__file_end(file);
    return status;
}

int duet_file_write_at(duet_file *file, int64_t offset, const void *bytes,
                       size_t length, duet_deadline deadline)
{
    int status = check_offset(file, "write", offset, length);

    if (status == 0 && (file->flags & O_APPEND) != 0)
        status = duet__fail(DUET_EINVAL, "write %s: it was opened to append",
                            file->handle->path);
    if (status == 0)
        status = duet__file_begin(file, deadline);
    if (status != 0)
        return status;
    status = write_all(file, &offset, bytes, length, deadline);
    duet__file_end(file);
    return status;
}

/* --- the rest ------------------------------------------------------------ */

typedef struct whole_job {
    duet__job job;
    duet__handle *handle;
    int64_t size;
    duet_stat facts;
} whole_job;

static void free_whole(duet__job *job)
{
    whole_job *self = DUET__MEMBER(job, whole_job, job);

    duet__handle_release(self->handle);
    free(self);
}

/* Runs a job on the file as a whole.
 *
 *   out_facts  NULL, or where to put what run() found out */
static int do_whole(duet_file *file, const char *what,
                    int (*run)(duet__job *job), int64_t size,
                    duet_stat *out_facts, duet_deadline deadline)
{
    whole_job *self;
    int status = duet__file_begin(file, deadline);

    if (status != 0)
        return status;
    self = malloc(sizeof *self);
    status = self == NULL ? DUET_ENOMEM : 0;
    if (self != NULL) {
        *self = (whole_job){.job = {.run = run,
                                    .free = free_whole,
                                    .what = what,
                                    .path = file->handle->path},
                            .handle = duet__handle_hold(file->handle),
                            .size = size};
        status = duet__job_run(&self->job, &file->straggler, deadline);
    }
    duet__file_end(file);
    if (status != 0)
        return status;
    if (out_facts != NULL)
        *out_facts = self->facts;
    free_whole(&self->job);
    return 0;
}

static int run_truncate(duet__job *job)
{
    whole_job *self = DUET__MEMBER(job, whole_job, job);
    int result;

    do
        result = ftruncate(self->handle->descriptor, self->size);
    while (result != 0 && errno == EINTR);
    return result == 0 ? 0 : duet__job_errno(job);
}

int duet_file_truncate(duet_file *file, int64_t size, duet_deadline deadline)
{
    return do_whole(file, "truncate", run_truncate, size, NULL, deadline);
}

static int run_sync(duet__job *job)
{
    whole_job *self = DUET__MEMBER(job, whole_job, job);
    int result;

    do
        result = self->size == DUET_SYNC_DATA
                     ? fdatasync(self->handle->descriptor)
                     : fsync(self->handle->descriptor);
    while (result != 0 && errno == EINTR);
    return result == 0 ? 0 : duet__job_errno(job);
}

int duet_file_sync(duet_file *file, duet_sync what, duet_deadline deadline)
{
    if (what != DUET_SYNC_FULL && what != DUET_SYNC_DATA)
        return duet__fail(DUET_EINVAL, "sync %s: no such kind of sync: %d",
                          file->handle->path, (int)what);
    return do_whole(file, "sync", run_sync, what, NULL, deadline);
}

static int run_stat(duet__job *job)
{
    whole_job *self = DUET__MEMBER(job, whole_job, job);
    struct stat facts;

    if (fstat(self->handle->descriptor, &facts) != 0)
        return duet__job_errno(job);
    self->facts = duet__stat_from(&facts);
    return 0;
}

int duet_file_stat(duet_file *file, duet_stat *out_stat, duet_deadline deadline)
{
    return do_whole(file, "stat", run_stat, 0, out_stat, deadline);
}

/* --- the position -------------------------------------------------------- */

static int move_to(duet_file *file, int64_t base, int64_t offset,
                   int64_t *out_position)
{
    int64_t position;

    if (!file->seekable)
        return duet__fail(DUET_ESPIPE, "seek in %s: it has no positions",
                          file->handle->path);
    if (__builtin_add_overflow(base, offset, &position) || position < 0)
        return duet__fail(DUET_EINVAL, "seek in %s: out of range",
                          file->handle->path);
    file->position = position;
    if (out_position != NULL)
        *out_position = position;
    return 0;
}

int duet_file_seek(duet_file *file, int64_t offset, duet_seek from,
                   int64_t *out_position, duet_deadline deadline)
{
    duet_stat facts = {.size_bytes = 0};
    int status = 0;

    if (from != DUET_SEEK_START && from != DUET_SEEK_POSITION &&
        from != DUET_SEEK_END)
        return duet__fail(DUET_EINVAL, "seek in %s: from no such place: %d",
                          file->handle->path, (int)from);
    if (from == DUET_SEEK_END)
        status = duet_file_stat(file, &facts, deadline);
    if (status == 0)
        status = duet__file_begin(file, deadline);
    if (status != 0)
        return status;
    status = move_to(
        file, from == DUET_SEEK_POSITION ? file->position : facts.size_bytes,
        offset, out_position);
    duet__file_end(file);
    return status;
}
