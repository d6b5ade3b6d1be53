/* SPDX-License-Identifier: MIT */
/* whole_file.c - reading and writing files as a whole. */
#include <duet/whole_file.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/limit.h"
#include "base/list.h"
#include "file/file.h"
#include "file/job.h"
#include "file/transfer.h"

enum {
    LIMIT_DEFAULT = 64 * 1024 * 1024,
    /* Asked for when the file's size says nothing (pipes, /proc). */
    BLOCK_BYTES = 64 * 1024,
};

typedef struct read_job {
    duet__job job;
    size_t limit;
    char *bytes; /* the result */
    size_t length;
    char path[];
} read_job;

/* Reads until the end, or until the buffer is full: it has room for one byte
 * more than is allowed. */
static int read_to_end(int descriptor, size_t expected, duet__buffer *buffer)
{
    size_t room = expected + 1 < buffer->limit ? expected + 1 : buffer->limit;
    size_t count = 0;
    int status = duet__buffer_reserve(buffer, room);

    while (status == 0) {
        status = duet__transfer_read(descriptor, DUET__TRANSFER_HERE,
                                     buffer->bytes + buffer->length,
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

static int read_open(read_job *self, int descriptor)
{
    duet__buffer buffer;
    struct stat facts;
    int status;

    if (fstat(descriptor, &facts) != 0)
        return duet__error_from_errno(errno);
    if (facts.st_size > 0 && (size_t)facts.st_size > self->limit)
        return DUET_ETOOLARGE;
    duet__buffer_init(&buffer,
                      self->limit < SIZE_MAX ? self->limit + 1 : SIZE_MAX);
    status = read_to_end(
        descriptor, facts.st_size > 0 ? (size_t)facts.st_size : BLOCK_BYTES,
        &buffer);
    if (status == 0)
        status = duet__buffer_take(&buffer, &self->bytes, &self->length);
    duet__buffer_free(&buffer);
    return status;
}

static int run_read(duet__job *job)
{
    read_job *self = DUET__MEMBER(job, read_job, job);
    int descriptor;
    int status;

    do
        descriptor = open(job->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    while (descriptor < 0 && errno == EINTR);
    if (descriptor < 0)
        return duet__job_errno(job);
    status = read_open(self, descriptor);
    close(descriptor);
    if (status == DUET_ETOOLARGE)
        return duet__fail(status, "read %s: larger than %zu bytes", job->path,
                          self->limit);
    return status == 0 ? 0 : duet__job_fail(job, status);
}

static void free_read(duet__job *job)
{
    read_job *self = DUET__MEMBER(job, read_job, job);

    free(self->bytes);
    free(self);
}

int duet_whole_file_read(const char *path,
                         const duet_whole_file_read_options *options,
                         char **out_bytes, size_t *out_length,
                         duet_deadline deadline)
{
    size_t size = strlen(path) + 1;
    size_t limit;
    read_job *self;
    int status = duet__limit_read("limit_bytes",
                                  options != NULL ? options->limit_bytes : 0,
                                  LIMIT_DEFAULT, &limit);

    *out_bytes = NULL;
    if (out_length != NULL)
        *out_length = 0;
    if (status != 0)
        return status;
    self = malloc(sizeof *self + size);
    if (self == NULL)
        return DUET_ENOMEM;
    *self = (read_job){.job = {.run = run_read,
                               .free = free_read,
                               .what = "read",
                               .path = self->path},
                       .limit = limit};
    memcpy(self->path, path, size);
    status = duet__job_run(&self->job, NULL, deadline);
    if (status != 0)
        return status;
    *out_bytes = self->bytes;
    if (out_length != NULL)
        *out_length = self->length;
    self->bytes = NULL;
    free_read(&self->job);
    return 0;
}

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
