/* SPDX-License-Identifier: MIT */
/* temporary.c - files and folders that are removed when they are closed.
 *
 * Invariant: a file or folder is removed when the job that made it, or the
 * object that owns it, is freed. */
#include <duet/temporary.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/list.h"
#include "file/open/file.h"
#include "file/blocking/staged.h"
#include "file/path/tree.h"
#include "runtime/core/task.h"

/* --- making -------------------------------------------------------------- */

struct duet_temporary_folder {
    duet__job job; /* the job that removes it; made with it, so closing needs no
                    * memory */
    char path[];
};

typedef struct make_job {
    duet__job job;
    bool named;
    duet__handle *handle;          /* the result, or */
    duet_temporary_folder *folder; /* the result */
    const char *suffix;
    char *start; /* the prefix with the folder before it, owned */
    char *where; /* the folder, owned */
} make_job;

static make_job *of(duet__job *job)
{
    return DUET__MEMBER(job, make_job, job);
}

static void free_make(duet__job *job)
{
    make_job *self = of(job);

    duet__handle_release(self->handle);
    if (self->folder != NULL)
        self->folder->job.free(&self->folder->job);
    free(self->start);
    free(self->where);
    free(self);
}

static const char *given(const char *value, const char *standard)
{
    return value != NULL ? value : standard;
}

static int check_names(const char *prefix, const char *suffix)
{
    if (strchr(prefix, '/') == NULL && strchr(suffix, '/') == NULL)
        return 0;
    return duet__fail(DUET_EINVAL,
                      "name of a temporary file: '%s...%s' has a "
                      "slash",
                      prefix, suffix);
}

/* Makes a job and runs it.
 *
 *   out_self  the job with its results; returned-owned, NULL on failure */
static int make(const duet_temporary_options *options,
                int (*run)(duet__job *job), make_job **out_self,
                duet_deadline deadline)
{
    static const duet_temporary_options standard;
    const char *folder;
    const char *prefix;
    const char *suffix;
    make_job *self;
    int status;

    if (options == NULL)
        options = &standard;
    folder = given(options->folder, given(secure_getenv("TMPDIR"), "/tmp"));
    prefix = given(options->prefix, "duet-");
    suffix = given(options->suffix, "");
    status = check_names(prefix, suffix);
    if (status != 0)
        return status;
    self = malloc(sizeof *self);
    if (self == NULL)
        return DUET_ENOMEM;
    *self = (make_job){.job = {.run = run,
                               .free = free_make,
                               .what = "make a temporary file in"},
                       .named = options->named};
    self->where = strdup(folder);
    self->job.path = self->where;
    if (self->where == NULL ||
        asprintf(&self->start, "%s/%s%c%s", folder, prefix, '\0', suffix) < 0) {
        self->start = NULL;
        free_make(&self->job);
        return DUET_ENOMEM;
    }
    self->suffix = self->start + strlen(self->start) + 1;
    status = duet__job_run(&self->job, NULL, deadline);
    if (status == 0)
        *out_self = self;
    return status;
}

/* --- files --------------------------------------------------------------- */

static int make_unnamed(make_job *self)
{
    int descriptor = (int)TEMP_FAILURE_RETRY(
        open(self->where, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));

    if (descriptor < 0)
        return duet__error_from_errno(errno);
    self->handle = duet__handle_new(self->where, descriptor);
    if (self->handle != NULL)
        return 0;
    close(descriptor);
    return DUET_ENOMEM;
}

/* Does the code mean that the file system has no O_TMPFILE? */
static bool knows_no_unnamed(int status)
{
    return status == DUET_ENOTSUP || status == DUET_EISDIR ||
           status == DUET_EINVAL;
}

static int run_make_file(duet__job *job)
{
    make_job *self = of(job);
    int status = DUET_ENOTSUP;

    if (!self->named)
        status = make_unnamed(self);
    if (knows_no_unnamed(status))
        status = duet__temporary_create(self->named ? NULL : self->where,
                                        self->start, self->suffix, O_RDWR, 0600,
                                        &self->handle);
    return status == 0 ? 0 : duet__job_fail(job, status);
}

int duet_temporary_file_open(const duet_temporary_options *options,
                             duet_file **out_file, duet_deadline deadline)
{
    make_job *self;
    duet__handle *handle;
    int status = make(options, run_make_file, &self, deadline);

    *out_file = NULL;
    if (status != 0)
        return status;
    handle = self->handle;
    self->handle = NULL;
    free_make(&self->job);
    return duet__file_new(handle, O_RDWR, out_file);
}

/* --- folders ------------------------------------------------------------- */

static int run_remove(duet__job *job)
{
    int status = duet__tree_remove(job);

    job->run = NULL; /* done */
    return status == DUET_ENOENT ? 0 : status;
}

static void free_folder(duet__job *job)
{
    if (job->run != NULL)
        run_remove(job);
    free(DUET__MEMBER(job, duet_temporary_folder, job));
}

static int make_folder(make_job *self, const char *name)
{
    size_t size = strlen(self->start) + 16 + strlen(self->suffix) + 1;
    duet_temporary_folder *folder = malloc(sizeof *folder + size);
    int status;

    if (folder == NULL)
        return DUET_ENOMEM;
    *folder = (duet_temporary_folder){.job = {.run = run_remove,
                                              .free = free_folder,
                                              .what = "remove",
                                              .path = folder->path}};
    snprintf(folder->path, size, "%s%.16s%s", self->start, name, self->suffix);
    if (mkdir(folder->path, 0700) == 0) {
        self->folder = folder;
        return 0;
    }
    status = duet__error_from_errno(errno);
    free(folder);
    return status;
}

static int run_make_folder(duet__job *job)
{
    int status = DUET_EEXIST;

    for (int i = 0; status == DUET_EEXIST && i < 100; i++) {
        char name[16];

        duet__temporary_name(name);
        status = make_folder(of(job), name);
    }
    return status == 0 ? 0 : duet__job_fail(job, status);
}

int duet_temporary_folder_open(const duet_temporary_options *options,
                               duet_temporary_folder **out_folder,
                               duet_deadline deadline)
{
    make_job *self;
    int status = make(options, run_make_folder, &self, deadline);

    *out_folder = NULL;
    if (status != 0)
        return status;
    *out_folder = self->folder;
    self->folder = NULL;
    free_make(&self->job);
    return 0;
}

const char *duet_temporary_folder_path(const duet_temporary_folder *folder)
{
    return folder->path;
}

int duet_temporary_folder_close(duet_temporary_folder *folder,
                                duet_deadline deadline)
{
    int status;

    if (folder == NULL)
        return 0;
    duet__hold_cancel();
    status = duet__job_run(&folder->job, NULL, deadline);
    duet__release_cancel();
    if (status == 0)
        free_folder(&folder->job);
    return status;
}
