/* SPDX-License-Identifier: MIT */
/* replacement.c - files that replace others when they are committed.
 *
 * Invariant: file->is_replacement is set for files that were opened here. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include <duet/whole_file.h>

#include "base/error.h"
#include "base/list.h"
#include "file/open/file.h"
#include "file/blocking/mode.h"

/* --- opening ------------------------------------------------------------- */

typedef struct stage_job {
    duet__job job;
    duet_replacement_options options;
    duet__handle *handle; /* the result */
} stage_job;

static int run_stage(duet__job *job)
{
    stage_job *self = DUET__MEMBER(job, stage_job, job);

    return duet__staged_open(job, job->path, self->options.permissions,
                             &self->handle);
}

static void free_stage(duet__job *job)
{
    stage_job *self = DUET__MEMBER(job, stage_job, job);

    duet__handle_release(self->handle);
    free(self);
}

static int stage(const char *path, const duet_replacement_options *options,
                 unsigned permissions, duet__handle **out_handle,
                 duet_deadline deadline)
{
    stage_job *self = duet__job_new(sizeof *self, run_stage, free_stage,
                                    "replace", path, NULL);
    int status;

    if (self == NULL)
        return DUET_ENOMEM;
    self->options = *options;
    self->options.permissions = permissions;
    status = duet__job_run(&self->job, NULL, deadline);
    if (status != 0)
        return status;
    *out_handle = self->handle;
    self->handle = NULL;
    free_stage(&self->job);
    return 0;
}

int duet_replacement_open(const char *path,
                          const duet_replacement_options *options,
                          duet_file **out_file, duet_deadline deadline)
{
    static const duet_replacement_options standard;
    duet__handle *handle;
    unsigned permissions;
    int status;

    *out_file = NULL;
    if (options == NULL)
        options = &standard;
    status = duet__permissions_read(options->permissions, 0666, &permissions);
    if (status != 0)
        return status;
    do
        status = stage(path, options, permissions, &handle, deadline);
    while (status == DUET_EAGAIN &&
           (status = duet__file_await_reader("replace", path, deadline)) == 0);
    if (status == 0)
        status = duet__file_new(
            handle, handle->temporary != NULL ? O_RDWR : O_WRONLY, out_file);
    if (status == 0) {
        (*out_file)->is_replacement = true;
        (*out_file)->commit = (duet__commit){.sync = !options->no_sync,
                                             .replace = !options->only_new};
    }
    return status;
}

/* --- committing ---------------------------------------------------------- */

typedef struct commit_job {
    duet__job job;
    duet__handle *handle;
    duet__commit how;
} commit_job;

static int run_commit(duet__job *job)
{
    commit_job *self = DUET__MEMBER(job, commit_job, job);

    return duet__staged_commit(job, self->handle, self->how);
}

static void free_commit(duet__job *job)
{
    commit_job *self = DUET__MEMBER(job, commit_job, job);

    duet__handle_release(self->handle);
    free(self);
}

static int commit(duet_file *file, duet_deadline deadline)
{
    commit_job *self;
    int status = duet__file_begin(file, deadline);

    if (status != 0)
        return status;
    self = malloc(sizeof *self);
    status = self == NULL ? DUET_ENOMEM : 0;
    if (self != NULL) {
        *self = (commit_job){.job = {.run = run_commit,
                                     .free = free_commit,
                                     .what = "replace",
                                     .path = file->handle->path},
                             .handle = duet__handle_hold(file->handle),
                             .how = file->commit};
        status = duet__job_run(&self->job, &file->straggler, deadline);
    }
    if (status == 0)
        free_commit(&self->job);
    duet__file_end(file);
    return status;
}

int duet_replacement_commit(duet_file *file, duet_deadline deadline)
{
    int status = file->is_replacement
                     ? commit(file, deadline)
                     : duet__fail(DUET_ESTATE, "commit %s: no replacement",
                                  file->handle->path);

    if (status != 0) {
        duet__file_drop(file, status, deadline);
        return status;
    }
    return duet_file_close(file, deadline);
}
