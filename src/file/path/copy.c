/* SPDX-License-Identifier: MIT */
/* copy.c - copies a file, with the kernel's copy calls if possible.
 *
 * Invariant: the copy gets its name only when it is complete. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <duet/path.h>

#include "base/error.h"
#include "base/list.h"
#include "file/blocking/job.h"
#include "file/blocking/staged.h"
#include "file/blocking/transfer.h"

enum {
    /* Bytes between two checks whether the job was given up. */
    STEP_BYTES = 8 * 1024 * 1024,
    BLOCK_BYTES = 64 * 1024,
};

typedef struct copy_job {
    duet__job job;
    duet_copy_options options;
    int64_t bytes; /* the result */
} copy_job;

/* The ways to copy, best first. Each copies some bytes at the descriptors'
 * positions and returns how many, 0 at the end, or -1 and errno. */
typedef ssize_t copy_way(int from, int to);

static ssize_t by_range(int from, int to)
{
    return copy_file_range(from, NULL, to, NULL, STEP_BYTES, 0);
}

static ssize_t by_sendfile(int from, int to)
{
    return sendfile(to, from, NULL, STEP_BYTES);
}

static ssize_t by_hand(int from, int to)
{
    char block[BLOCK_BYTES];
    ssize_t count = read(from, block, sizeof block);
    int status = 0;

    if (count > 0)
        status =
            duet__transfer_write(to, DUET__TRANSFER_HERE, block, (size_t)count);
    if (status == 0)
        return count;
    errno = -status;
    return -1;
}

static copy_way *const ways[] = {by_range, by_sendfile, by_hand};

enum { WAYS = sizeof ways / sizeof *ways };

/* Does the error mean that this way cannot copy these files? */
static bool is_not_for_these(int error)
{
    return error == EXDEV || error == EINVAL || error == ENOSYS ||
           error == EOPNOTSUPP || error == EPERM || error == EBADF;
}

/* Some kernels copy nothing, without an error, from files whose size they do
 * not know (/proc): so a file that seems empty is read to be sure. */
static int copy_bytes(copy_job *self, int from, int to)
{
    int way = 0;

    while (!atomic_load(&self->job.given_up)) {
        ssize_t count = ways[way](from, to);

        if (count > 0)
            self->bytes += count;
        else if (count == 0 && (self->bytes > 0 || way == WAYS - 1))
            return 0;
        else if (way < WAYS - 1 && (count == 0 || is_not_for_these(errno)))
            way++;
        else if (errno != EINTR)
            return duet__error_from_errno(errno);
    }
    return DUET_ECANCELED;
}

static int copy_open(copy_job *self, int from, const struct stat *facts)
{
    duet__commit how = {.sync = self->options.sync,
                        .replace = self->options.replace};
    duet__handle *staged;
    int status = duet__staged_open(&self->job, self->job.to, 0600, &staged);

    if (status != 0)
        return status;
    status = copy_bytes(self, from, staged->descriptor);
    if (status == 0 && fchmod(staged->descriptor, facts->st_mode & 07777) != 0)
        status = duet__error_from_errno(errno);
    if (status != 0)
        duet__job_fail(&self->job, status);
    else
        status = duet__staged_commit(&self->job, staged, how);
    duet__handle_release(staged);
    return status;
}

/* Refuses what cannot be copied before anything is changed. */
static int check_ends(copy_job *self, int from, struct stat *facts)
{
    struct stat other;

    if (fstat(from, facts) != 0)
        return duet__error_from_errno(errno);
    if (!S_ISREG(facts->st_mode))
        return S_ISDIR(facts->st_mode) ? DUET_EISDIR : DUET_EINVAL;
    if (stat(self->job.to, &other) != 0)
        return 0;
    if (S_ISDIR(other.st_mode))
        return DUET_EISDIR;
    if (!self->options.replace)
        return DUET_EEXIST;
    return S_ISREG(other.st_mode) ? 0 : DUET_EINVAL;
}

static int run_copy(duet__job *job)
{
    copy_job *self = DUET__MEMBER(job, copy_job, job);
    /* Opening a pipe would wait for its other end; it is refused below. */
    int from = (int)TEMP_FAILURE_RETRY(
        open(job->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    struct stat facts;
    int status;

    if (from < 0)
        return duet__job_errno(job);
    status = check_ends(self, from, &facts);
    if (status != 0)
        duet__job_fail(job, status);
    else
        status = copy_open(self, from, &facts);
    close(from);
    return status;
}

static void free_copy(duet__job *job)
{
    free(DUET__MEMBER(job, copy_job, job));
}

int duet_path_copy(const char *from, const char *to,
                   const duet_copy_options *options, int64_t *out_bytes,
                   duet_deadline deadline)
{
    copy_job *self =
        duet__job_new(sizeof *self, run_copy, free_copy, "copy", from, to);
    int status;

    if (self == NULL)
        return DUET_ENOMEM;
    if (options != NULL)
        self->options = *options;
    status = duet__job_run(&self->job, NULL, deadline);
    if (status != 0)
        return status;
    if (out_bytes != NULL)
        *out_bytes = self->bytes;
    free_copy(&self->job);
    return 0;
}
