/* SPDX-License-Identifier: MIT */
/* whole_file.c - reads and writes whole files. */
#include <duet/whole_file.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <duet/task.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/limit.h"
#include "base/list.h"
#include "file/blocking/page_cache.h"
#include "file/open/file.h"
#include "file/blocking/job.h"
#include "file/blocking/transfer.h"

/* --- reading -------------------------------------------------------------- */

enum {
    LIMIT_DEFAULT = 64 * 1024 * 1024,
    /* Read at a time if the file's size is unknown (pipes, /proc). */
    BLOCK_BYTES = 64 * 1024,
    /* Files read without waiting, some 5 microseconds each, before other tasks
     * run. */
    AT_ONCE_MOST = 16,
};

typedef struct read_job {
    duet__job job;
    size_t limit;
    char *bytes; /* the result */
    size_t length;
    duet__handle *handle; /* or a file that is not a regular one, to be read by
                           * the task */
    uint64_t device;      /* for duet__page_cache_learn() */
} read_job;

/* A source of bytes; it gives 0 bytes at the end. */
typedef struct source {
    int (*read)(const struct source *source, char *bytes, size_t room,
                size_t *out_length);
    int descriptor;
    duet_file *file;
    duet_deadline deadline;
} source;

/* Reads to the end, or until the buffer is full, which has room for one byte
 * more than the limit. */
static int read_to_end(const source *source, size_t expected,
                       duet__buffer *buffer)
{
    size_t room = expected + 1 < buffer->limit ? expected + 1 : buffer->limit;
    size_t count = 0;
    int status = duet__buffer_reserve(buffer, room);

    while (status == 0) {
        status = source->read(source, buffer->bytes + buffer->length,
                              buffer->capacity - buffer->length, &count);
        if (status != 0 || count == 0)
            break;
        buffer->length += count;
        if (buffer->length == buffer->limit)
            return DUET_ETOOLARGE;
        if (buffer->length == buffer->capacity)
            status = duet__buffer_reserve(buffer, 1);
    }
    if (status == 0)
        buffer->bytes[buffer->length] = '\0';
    return status;
}

/* Reads all that the source gives into the job. */
static int read_source(read_job *self, const source *source, size_t expected)
{
    duet__buffer buffer;
    int status;

    duet__buffer_init(&buffer,
                      self->limit < SIZE_MAX ? self->limit + 1 : SIZE_MAX);
    status = read_to_end(source, expected, &buffer);
    if (status == 0)
        status = duet__buffer_take(&buffer, &self->bytes, &self->length);
    duet__buffer_free(&buffer);
    return status;
}

static int fail(const read_job *self, int status)
{
    if (status == DUET_ETOOLARGE)
        return duet__fail(status, "read %s: larger than %zu bytes",
                          self->job.path, self->limit);
    return duet__job_fail(&self->job, status);
}

/* --- regular files: by a thread, as a whole ------------------------------- */

static int read_descriptor(const source *source, char *bytes, size_t room,
                           size_t *out_length)
{
    return duet__transfer_read(source->descriptor, DUET__TRANSFER_HERE, bytes,
                               room, out_length);
}

/* O_NONBLOCK: opening a pipe must not wait for its other end here. For regular
 * files it has no effect, except for one that is leased to another program. */
static int open_to_read(const char *path)
{
    const int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY;
    int descriptor;

    do
        descriptor = open(path, flags | O_NONBLOCK);
    while (descriptor < 0 && errno == EINTR);
    while (descriptor < 0 && (errno == EWOULDBLOCK || errno == EINTR))
        descriptor = open(path, flags);
    return descriptor;
}

static int read_open(read_job *self, int descriptor)
{
    const source source = {.read = read_descriptor, .descriptor = descriptor};
    struct stat facts;

    if (fstat(descriptor, &facts) != 0)
        return duet__error_from_errno(errno);
    if (!S_ISREG(facts.st_mode) && !S_ISDIR(facts.st_mode)) {
        fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK);
        self->handle = duet__handle_new(self->job.path, descriptor);
        return self->handle != NULL ? 0 : DUET_ENOMEM;
    }
    if (facts.st_size > 0 && (size_t)facts.st_size > self->limit)
        return DUET_ETOOLARGE;
    return read_source(self, &source,
                       facts.st_size > 0 ? (size_t)facts.st_size : BLOCK_BYTES);
}

static int run_read(duet__job *job)
{
    read_job *self = DUET__MEMBER(job, read_job, job);
    int descriptor = open_to_read(job->path);
    int status;

    if (descriptor < 0)
        return duet__job_errno(job);
    status = read_open(self, descriptor);
    if (self->handle == NULL) {
        self->device = status == 0 ? duet__page_cache_device(descriptor) : 0;
        close(descriptor);
    }
    return status == 0 ? 0 : fail(self, status);
}

static void free_read(duet__job *job)
{
    read_job *self = DUET__MEMBER(job, read_job, job);

    duet__handle_release(self->handle);
    free(self->bytes);
    free(self);
}

/* --- all else: by the task, bit by bit ------------------------------------ */

static int read_file(const source *source, char *bytes, size_t room,
                     size_t *out_length)
{
    return duet_file_read(source->file, bytes, room, out_length,
                          source->deadline);
}

/* Reads what the job has opened. */
static int read_handle(read_job *self, duet_deadline deadline)
{
    source source = {.read = read_file, .deadline = deadline};
    duet__handle *handle = self->handle;
    int status;

    self->handle = NULL;
    status = duet__file_new(handle, O_RDONLY, &source.file);
    if (status != 0)
        return status;
    status = read_source(self, &source, BLOCK_BYTES);
    if (status == DUET_ETOOLARGE)
        fail(self, status);
    if (status == 0)
        return duet_file_close(source.file, deadline);
    duet__file_drop(source.file, status, deadline);
    return status;
}

/* A task whose files are all in the page cache yields now and then. */
static int let_others_run(duet_deadline deadline)
{
    static _Thread_local unsigned in_a_row;

    if (++in_a_row % AT_ONCE_MOST != 0 || duet_deadline_is_now(deadline))
        return 0;
    return duet_yield();
}

static int read_by_thread(const char *path, size_t limit, char **out_bytes,
                          size_t *out_length, duet_deadline deadline)
{
    read_job *self =
        duet__job_new(sizeof *self, run_read, free_read, "read", path, NULL);
    int status;

    if (self == NULL)
        return DUET_ENOMEM;
    self->limit = limit;
    status = duet__job_run(&self->job, NULL, deadline);
    if (status != 0)
        return status;
    duet__page_cache_learn(path, self->device);
    if (self->handle != NULL)
        status = read_handle(self, deadline);
    if (status == 0) {
        *out_bytes = self->bytes;
        *out_length = self->length;
        self->bytes = NULL;
    }
    free_read(&self->job);
    return status;
}

int duet_whole_file_read(const char *path,
                         const duet_whole_file_read_options *options,
                         char **out_bytes, size_t *out_length,
                         duet_deadline deadline)
{
    size_t length = 0;
    size_t limit;
    int status = duet__limit_read("limit_bytes",
                                  options != NULL ? options->limit_bytes : 0,
                                  LIMIT_DEFAULT, &limit);

    *out_bytes = NULL;
    if (status == 0 && duet_current_task() == NULL)
        status = DUET_ENOLOOP;
    if (status == 0)
        status = let_others_run(deadline);
    if (status == 0)
        status = duet__page_cache_read(path, limit, out_bytes, &length);
    if (status == DUET_EAGAIN)
        status = read_by_thread(path, limit, out_bytes, &length, deadline);
    if (out_length != NULL)
        *out_length = length;
    return status;
}

/* --- writing -------------------------------------------------------------- */

int duet_whole_file_write(const char *path, const void *bytes, size_t length,
                          const duet_replacement_options *options,
                          duet_deadline deadline)
{
    duet_file *file;
    int status = duet_replacement_open(path, options, &file, deadline);

    if (status != 0)
        return status;
    status = duet_file_write(file, bytes, length, deadline);
    if (status == 0)
        return duet_replacement_commit(file, deadline);
    duet__file_drop(file, status, deadline);
    return status;
}
