/* SPDX-License-Identifier: MIT */
/* file.c - opens and closes files, and lets the calls in between take turns.
 *
 * Invariant: at most one call works on a file; it holds file->turn, or its task
 * stopped waiting and it is file->straggler. */
#include "file/open/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <duet/task.h>

#include "base/check.h"
#include "base/error.h"
#include "base/list.h"
#include "file/blocking/mode.h"
#include "runtime/core/sleep.h"
#include "runtime/core/task.h"

DUET__LIVES("file")

/* How often opening a pipe without a reader is tried again: no event reports a
 * reader. */
enum { LOOK_EVERY_MS = 10 };

/* --- turns --------------------------------------------------------------- */

int duet__file_begin(duet_file *file, duet_deadline deadline)
{
    int status = duet_lock_acquire(file->turn, deadline);

    if (status == 0 && file->straggler != NULL) {
        status = duet_thread_call_wait(file->straggler, NULL, deadline);
        if (status != 0) {
            duet__file_end(file);
        } else {
            duet_thread_call_free(file->straggler);
            file->straggler = NULL;
        }
    }
    if (status == DUET_ETIMEDOUT)
        duet__fail(status, "wait for earlier calls on %s: %s",
                   file->handle->path, duet_error_text(status));
    return status;
}

void duet__file_end(duet_file *file)
{
    DUET__CHECK(duet_lock_release(file->turn) == 0, "a call ends once");
}

/* --- closing ------------------------------------------------------------- */

static int run_close(duet__job *job)
{
    duet_file *file = DUET__MEMBER(job, duet_file, close);
    duet__handle *handle = file->handle;
    int error = duet__handle_close(handle);

    return error == 0 ? 0 : duet__job_fail(job, duet__error_from_errno(error));
}

static void free_file(duet__job *job)
{
    duet_file *file = DUET__MEMBER(job, duet_file, close);

    duet_thread_call_free(file->straggler);
    duet_lock_free(file->turn);
    duet__handle_release(file->handle);
    free(file);
}

int duet_file_close(duet_file *file, duet_deadline deadline)
{
    int status;

    if (file == NULL)
        return 0;
    DUET__LIFE_ENDS(file);
    DUET__CHECK(!duet_lock_is_held(file->turn),
                "a file is closed while a call on it is under way");
    duet__hold_cancel();
    status = duet__file_begin(file, deadline);
    if (status != 0) {
        duet__job_discard(&file->close);
    } else {
        duet__file_end(file);
        status = duet__job_run(&file->close, NULL, deadline);
        if (status == 0)
            free_file(&file->close);
    }
    duet__release_cancel();
    return status;
}

/* Outside tasks nothing waits, and the detail of a failed closing is
 * discarded. */
static void drop_outside_tasks(duet_file *file)
{
    duet__detail elsewhere = {0};

    duet__detail_current = &elsewhere;
    (void)!duet_file_close(file, DUET_NOW);
    duet__detail_current = NULL;
    duet__detail_free(&elsewhere);
}

void duet__file_drop(duet_file *file, int status, duet_deadline deadline)
{
    bool waits = status != DUET_ETIMEDOUT && status != DUET_ECANCELED;
    duet__detail kept;

    if (duet__detail_current == NULL) {
        drop_outside_tasks(file);
        return;
    }
    kept = *duet__detail_current;
    duet__detail_current->text = NULL;
    (void)!duet_file_close(file, waits ? deadline : DUET_NOW);
    duet__detail_adopt(&kept, status);
}

/* --- opening ------------------------------------------------------------- */

int duet__file_new(duet__handle *handle, int flags, duet_file **out_file)
{
    bool seekable = lseek(handle->descriptor, 0, SEEK_CUR) >= 0;
    duet_file *file = malloc(sizeof *file);

    *out_file = NULL;
    if (file == NULL) {
        duet__handle_release(handle);
        return DUET_ENOMEM;
    }
    *file = (duet_file){.close = {.run = run_close,
                                  .free = free_file,
                                  .what = "close",
                                  .path = handle->path},
                        .handle = handle,
                        .flags = flags,
                        .seekable = seekable,
                        .is_stream = !seekable};
    if (duet_lock_new(&file->turn) != 0) {
        free_file(&file->close);
        return DUET_ENOMEM;
    }
    DUET__LIFE_BEGINS(file);
    *out_file = file;
    return 0;
}

typedef struct open_job {
    duet__job job;
    int flags;
    mode_t permissions;
    duet__handle *handle; /* the result */
} open_job;

/* A folder can be opened for reading, but not read. */
static int refuse_folder(int descriptor)
{
    struct stat facts;

    if (fstat(descriptor, &facts) != 0)
        return duet__error_from_errno(errno);
    return S_ISDIR(facts.st_mode) ? DUET_EISDIR : 0;
}

static int run_open(duet__job *job)
{
    open_job *self = DUET__MEMBER(job, open_job, job);
    int status = duet__handle_open(job->path, self->flags, self->permissions,
                                   &self->handle);

    if (status == 0 && (self->flags & O_DIRECTORY) == 0)
        status = refuse_folder(self->handle->descriptor);
    return status == 0 ? 0 : duet__job_fail(job, status);
}

static void free_open(duet__job *job)
{
    open_job *self = DUET__MEMBER(job, open_job, job);

    duet__handle_release(self->handle);
    free(self);
}

static int open_once(const char *path, int flags, unsigned permissions,
                     duet_file **out_file, duet_deadline deadline)
{
    open_job *self =
        duet__job_new(sizeof *self, run_open, free_open, "open", path, NULL);
    duet__handle *handle;
    int status;

    if (self == NULL)
        return DUET_ENOMEM;
    self->flags = flags;
    self->permissions = permissions;
    status = duet__job_run(&self->job, NULL, deadline);
    if (status != 0)
        return status;
    handle = self->handle;
    self->handle = NULL;
    free_open(&self->job);
    return duet__file_new(handle, flags, out_file);
}

int duet__file_await_reader(const char *what, const char *path,
                            duet_deadline deadline)
{
    duet_deadline next = duet_in_ms(LOOK_EVERY_MS);
    int status =
        duet__sleep_between_looks(duet_deadline_earlier(next, deadline));

    if (status == 0 && next.at_ns >= deadline.at_ns)
        status = duet__fail(DUET_ETIMEDOUT,
                            "%s %s: nobody opened the pipe for "
                            "reading before the deadline",
                            what, path);
    return status;
}

int duet_file_open(const char *path, const char *mode,
                   const duet_file_options *options, duet_file **out_file,
                   duet_deadline deadline)
{
    static const duet_file_options standard;
    unsigned permissions;
    int flags = 0;
    int status = mode != NULL ? duet__mode_parse(mode, &flags) : 0;

    *out_file = NULL;
    if (status != 0)
        return status;
    if (options == NULL)
        options = &standard;
    if (options->flags < 0)
        return duet__fail(DUET_EINVAL, "open %s: flags are %d", path,
                          options->flags);
    status = duet__permissions_read(options->permissions, 0666, &permissions);
    if (status != 0)
        return status;
    flags |= options->flags | O_CLOEXEC | O_NOCTTY;
    do
        status = open_once(path, flags, permissions, out_file, deadline);
    while (status == DUET_EAGAIN && (flags & O_NONBLOCK) == 0 &&
           (status = duet__file_await_reader("open", path, deadline)) == 0);
    return status;
}

/* --- looking ------------------------------------------------------------- */

int64_t duet_file_tell(const duet_file *file)
{
    return file->position;
}

const char *duet_file_path(const duet_file *file)
{
    return file->handle->path;
}

int duet_file_descriptor(const duet_file *file)
{
    return file->handle->descriptor;
}
