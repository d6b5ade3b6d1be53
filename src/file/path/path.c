/* SPDX-License-Identifier: MIT */
/* path.c - system calls on one or two paths, each in a thread. */
#include <duet/path.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/list.h"
#include "file/blocking/job.h"
#include "file/blocking/mode.h"
#include "file/blocking/stat.h"
#include "file/path/tree.h"

typedef struct path_job {
    duet__job job;
    unsigned permissions;
    /* The results: */
    bool exists;
    duet_stat facts;
    char *text;
} path_job;

static path_job *of(duet__job *job)
{
    return DUET__MEMBER(job, path_job, job);
}

static void free_path(duet__job *job)
{
    free(of(job)->text);
    free(of(job));
}

/* Runs a job on `path` and, unless that is NULL, `to`.
 *
 *   out_self  NULL, or the job with its results; returned-owned, NULL on
 *             failure */
static int run_on(const char *what, int (*run)(duet__job *job),
                  const char *path, const char *to, unsigned permissions,
                  path_job **out_self, duet_deadline deadline)
{
    path_job *self =
        duet__job_new(sizeof *self, run, free_path, what, path, to);
    int status;

    if (self == NULL)
        return DUET_ENOMEM;
    self->permissions = permissions;
    status = duet__job_run(&self->job, NULL, deadline);
    if (status == 0 && out_self != NULL)
        *out_self = self;
    else if (status == 0)
        free_path(&self->job);
    return status;
}

/* --- looking ------------------------------------------------------------- */

static int look(duet__job *job, int flags)
{
    struct stat facts;

    if (fstatat(AT_FDCWD, job->path, &facts, flags) != 0)
        return duet__error_from_errno(errno);
    of(job)->exists = true;
    of(job)->facts = duet__stat_from(&facts);
    return 0;
}

static int run_stat(duet__job *job)
{
    int status = look(job, 0);

    return status == 0 ? 0 : duet__job_fail(job, status);
}

static int run_link_stat(duet__job *job)
{
    int status = look(job, AT_SYMLINK_NOFOLLOW);

    return status == 0 ? 0 : duet__job_fail(job, status);
}

/* ENOTDIR and the like mean that it does not exist, which is a result, too. */
static int run_exists(duet__job *job)
{
    int status = look(job, 0);

    if (status == 0 || status == DUET_ENOENT || status == DUET_ENOTDIR ||
        status == DUET_ELOOP)
        return 0;
    return duet__job_fail(job, status);
}

static int find_out(int (*run)(duet__job *job), const char *path,
                    duet_stat *out_stat, duet_deadline deadline)
{
    path_job *self;
    int status = run_on("stat", run, path, NULL, 0, &self, deadline);

    if (status != 0)
        return status;
    *out_stat = self->facts;
    free_path(&self->job);
    return 0;
}

int duet_path_stat(const char *path, duet_stat *out_stat,
                   duet_deadline deadline)
{
    return find_out(run_stat, path, out_stat, deadline);
}

int duet_path_link_stat(const char *path, duet_stat *out_stat,
                        duet_deadline deadline)
{
    return find_out(run_link_stat, path, out_stat, deadline);
}

/* Is there something of `kind`, or of any kind if that is negative? */
static int ask(const char *path, int kind, bool *out_is, duet_deadline deadline)
{
    path_job *self;
    int status = run_on("stat", run_exists, path, NULL, 0, &self, deadline);

    if (status != 0)
        return status;
    *out_is = self->exists && (kind < 0 || (int)self->facts.kind == kind);
    free_path(&self->job);
    return 0;
}

int duet_path_exists(const char *path, bool *out_exists, duet_deadline deadline)
{
    return ask(path, -1, out_exists, deadline);
}

int duet_path_is_file(const char *path, bool *out_is, duet_deadline deadline)
{
    return ask(path, DUET_KIND_FILE, out_is, deadline);
}

int duet_path_is_folder(const char *path, bool *out_is, duet_deadline deadline)
{
    return ask(path, DUET_KIND_FOLDER, out_is, deadline);
}

static int run_readlink(duet__job *job)
{
    char target[PATH_MAX];
    ssize_t length = readlink(job->path, target, sizeof target);

    if (length < 0)
        return duet__job_errno(job);
    of(job)->text = strndup(target, (size_t)length);
    return of(job)->text != NULL ? 0 : DUET_ENOMEM;
}

int duet_path_readlink(const char *path, char **out_target,
                       duet_deadline deadline)
{
    path_job *self;
    int status =
        run_on("readlink", run_readlink, path, NULL, 0, &self, deadline);

    *out_target = NULL;
    if (status != 0)
        return status;
    *out_target = self->text;
    self->text = NULL;
    free_path(&self->job);
    return 0;
}

/* --- names --------------------------------------------------------------- */

/* 0, or the code for errno. */
static int outcome(duet__job *job, int result)
{
    return result == 0 ? 0 : duet__job_errno(job);
}

/* For file systems without RENAME_NOREPLACE. */
static int rename_if_free(duet__job *job)
{
    struct stat facts;

    if (lstat(job->to, &facts) == 0)
        return duet__job_fail(job, DUET_EEXIST);
    return outcome(job, rename(job->path, job->to));
}

static int run_rename(duet__job *job)
{
    int result =
        renameat2(AT_FDCWD, job->path, AT_FDCWD, job->to, RENAME_NOREPLACE);

    if (result != 0 &&
        (errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP))
        return rename_if_free(job);
    return outcome(job, result);
}

int duet_path_rename(const char *from, const char *to, duet_deadline deadline)
{
    return run_on("rename", run_rename, from, to, 0, NULL, deadline);
}

static int run_replace(duet__job *job)
{
    return outcome(job, rename(job->path, job->to));
}

int duet_path_replace(const char *from, const char *to, duet_deadline deadline)
{
    return run_on("rename", run_replace, from, to, 0, NULL, deadline);
}

static int run_link(duet__job *job)
{
    return outcome(job, link(job->path, job->to));
}

int duet_path_link(const char *from, const char *to, duet_deadline deadline)
{
    return run_on("link", run_link, from, to, 0, NULL, deadline);
}

static int run_symlink(duet__job *job)
{
    return outcome(job, symlink(job->to, job->path));
}

int duet_path_symlink(const char *target, const char *path,
                      duet_deadline deadline)
{
    return run_on("symlink", run_symlink, path, target, 0, NULL, deadline);
}

static int run_unlink(duet__job *job)
{
    return outcome(job, unlink(job->path));
}

int duet_path_unlink(const char *path, duet_deadline deadline)
{
    return run_on("unlink", run_unlink, path, NULL, 0, NULL, deadline);
}

/* --- folders ------------------------------------------------------------- */

static int run_mkdir(duet__job *job)
{
    return outcome(job, mkdir(job->path, of(job)->permissions));
}

int duet_path_mkdir(const char *path, unsigned permissions,
                    duet_deadline deadline)
{
    int status = duet__permissions_read(permissions, 0777, &permissions);

    return status != 0 ? status
                       : run_on("mkdir", run_mkdir, path, NULL, permissions,
                                NULL, deadline);
}

static bool is_folder(const char *path)
{
    struct stat facts;

    return stat(path, &facts) == 0 && S_ISDIR(facts.st_mode);
}

/* Makes one folder; an existing one is accepted. */
static int make_one(duet__job *job)
{
    int status;

    if (mkdir(job->path, of(job)->permissions) == 0)
        return 0;
    status = duet__error_from_errno(errno);
    return is_folder(job->path) ? 0 : duet__job_fail(job, status);
}

static int run_makedirs(duet__job *job)
{
    char *path = (char *)(uintptr_t)job->path; /* the job's own */
    int status;

    for (char *end = path + 1; end[-1] != '\0' && *end != '\0'; end++) {
        if (*end != '/' || end[-1] == '/')
            continue;
        *end = '\0'; /* the path up to here */
        status = make_one(job);
        *end = '/';
        if (status != 0)
            return status;
    }
    return make_one(job);
}

int duet_path_makedirs(const char *path, unsigned permissions,
                       duet_deadline deadline)
{
    int status = duet__permissions_read(permissions, 0777, &permissions);

    return status != 0 ? status
                       : run_on("makedirs", run_makedirs, path, NULL,
                                permissions, NULL, deadline);
}

static int run_rmdir(duet__job *job)
{
    return outcome(job, rmdir(job->path));
}

int duet_path_rmdir(const char *path, duet_deadline deadline)
{
    return run_on("rmdir", run_rmdir, path, NULL, 0, NULL, deadline);
}

int duet_path_remove_tree(const char *path, duet_deadline deadline)
{
    return run_on("remove", duet__tree_remove, path, NULL, 0, NULL, deadline);
}
