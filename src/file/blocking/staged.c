/* SPDX-License-Identifier: MIT */
/* staged.c - a file that takes the place of another when it is complete.
 *
 * Invariant: handle->temporary is set while the file has its temporary name,
 * and NULL once it has its target's. */
#include "file/blocking/staged.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "file/blocking/transfer.h"

enum {
    NAME_TRIES = 100,
    /* How much of the target's name is kept, so that the temporary name fits
     * into NAME_MAX. */
    NAME_KEPT = 200,
    /* The kernel follows as many symbolic links. */
    LINKS_MOST = 40,
};

/* --- names --------------------------------------------------------------- */

void duet__temporary_name(char name[16])
{
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz012345";
    unsigned char bytes[16];

    /* getrandom() never returns fewer than 16 bytes if 16 are asked for. */
    while (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        continue;
    for (int i = 0; i < 16; i++)
        name[i] = alphabet[bytes[i] % 32];
}

static int create_once(const char *shown, const char *path, int flags,
                       mode_t permissions, duet__handle **out_handle)
{
    int descriptor = (int)TEMP_FAILURE_RETRY(open(
        path, flags | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, permissions));
    duet__handle *handle;

    if (descriptor < 0)
        return duet__error_from_errno(errno);
    handle = duet__handle_new(shown != NULL ? shown : path, descriptor);
    if (handle != NULL)
        handle->temporary = strdup(path);
    if (handle != NULL && handle->temporary != NULL) {
        *out_handle = handle;
        return 0;
    }
    unlink(path);
    if (handle != NULL)
        duet__handle_release(handle);
    else
        close(descriptor);
    return DUET_ENOMEM;
}

int duet__temporary_create(const char *shown, const char *prefix,
                           const char *suffix, int flags, mode_t permissions,
                           duet__handle **out_handle)
{
    size_t size = strlen(prefix) + 16 + strlen(suffix) + 1;
    char *path = malloc(size);
    int status = DUET_EEXIST;

    *out_handle = NULL;
    if (path == NULL)
        return DUET_ENOMEM;
    for (int i = 0; status == DUET_EEXIST && i < NAME_TRIES; i++) {
        char name[16];

        duet__temporary_name(name);
        snprintf(path, size, "%s%.16s%s", prefix, name, suffix);
        status = create_once(shown, path, flags, permissions, out_handle);
    }
    free(path);
    return status;
}

/* --- opening ------------------------------------------------------------- */

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

/* Makes the file beside `target`: "FOLDER/.NAME.RANDOM". */
static int open_beside(const char *target, mode_t permissions,
                       duet__handle **out_handle)
{
    const char *name = base_name(target);
    char *prefix;
    int status;

    if (asprintf(&prefix, "%.*s.%.*s.", (int)(name - target), target, NAME_KEPT,
                 name) < 0)
        return DUET_ENOMEM;
    status = duet__temporary_create(target, prefix, "", O_RDWR, permissions,
                                    out_handle);
    free(prefix);
    return status;
}

static int open_staged(const char *target, mode_t permissions,
                       duet__handle **out_handle)
{
    struct stat facts;
    bool exists = stat(target, &facts) == 0;
    int status;

    if (exists && S_ISDIR(facts.st_mode))
        return DUET_EISDIR;
    if (exists && !S_ISREG(facts.st_mode))
        return duet__handle_open(target, O_WRONLY | O_CLOEXEC | O_NOCTTY, 0,
                                 out_handle);
    status = open_beside(target, permissions, out_handle);
    if (status == 0 && exists &&
        fchmod((*out_handle)->descriptor, facts.st_mode & 07777) != 0) {
        status = duet__error_from_errno(errno);
        duet__handle_release(*out_handle);
        *out_handle = NULL;
    }
    return status;
}

/* Resolves `path` if its target does not exist yet, which realpath(3) cannot:
 * symbolic links are followed to the missing file. */
static int follow_to_missing(const char *path, char **out_real)
{
    char *real = strdup(path);

    for (int i = 0; real != NULL && i < LINKS_MOST; i++) {
        char text[PATH_MAX];
        ssize_t length = readlink(real, text, sizeof text);
        int folder = (int)(base_name(real) - real);
        char *next;

        if (length < 0) { /* not a link: this is the file */
            *out_real = real;
            return 0;
        }
        if (asprintf(&next, "%.*s%.*s", text[0] == '/' ? 0 : folder, real,
                     (int)length, text) < 0)
            next = NULL;
        free(real);
        real = next;
    }
    if (real == NULL)
        return DUET_ENOMEM;
    free(real);
    return DUET_ELOOP;
}

int duet__staged_open(const duet__job *job, const char *target,
                      mode_t permissions, duet__handle **out_handle)
{
    char *real = realpath(target, NULL);
    int status = real != NULL ? 0 : duet__error_from_errno(errno);

    *out_handle = NULL;
    if (status == DUET_ENOENT)
        status = follow_to_missing(target, &real);
    if (status == 0)
        status = open_staged(real, permissions, out_handle);
    free(real);
    return status == 0 ? 0 : duet__job_fail(job, status);
}

/* --- committing ---------------------------------------------------------- */

static int sync_folder_of(const char *path)
{
    const char *name = base_name(path);
    char *folder =
        name == path ? strdup(".") : strndup(path, (size_t)(name - path));
    int descriptor;
    int status = 0;

    if (folder == NULL)
        return DUET_ENOMEM;
    descriptor = (int)TEMP_FAILURE_RETRY(
        open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    free(folder);
    if (descriptor < 0)
        return duet__error_from_errno(errno);
    /* Some file systems do not support fsync() of folders and do not need
     * it. */
    if (TEMP_FAILURE_RETRY(fsync(descriptor)) != 0 && errno != EINVAL)
        status = duet__error_from_errno(errno);
    close(descriptor);
    return status;
}

static int sync_file(int descriptor)
{
    return TEMP_FAILURE_RETRY(fsync(descriptor)) == 0
               ? 0
               : duet__error_from_errno(errno);
}

/* Network file systems tell at close() what could not be written, and each
 * close() does: here before the file has its name. */
static int flush_file(int descriptor)
{
    int second = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);

    if (second < 0)
        return duet__error_from_errno(errno);
    return close(second) == 0 || errno == EINTR ? 0
                                                : duet__error_from_errno(errno);
}

static int give_name(duet__handle *handle, bool replace)
{
    int result = replace ? rename(handle->temporary, handle->path)
                         : link(handle->temporary, handle->path);

    if (result != 0)
        return duet__error_from_errno(errno);
    if (!replace)
        unlink(handle->temporary);
    free(handle->temporary);
    handle->temporary = NULL;
    return 0;
}

int duet__staged_commit(const duet__job *job, duet__handle *handle,
                        duet__commit how)
{
    int status = 0;

    if (handle->temporary == NULL) /* a device or a pipe: written as it is */
        return 0;
    if (how.sync)
        status = sync_file(handle->descriptor);
    else
        status = flush_file(handle->descriptor);
    if (status == 0 && atomic_load(&job->given_up))
        status = DUET_ECANCELED;
    if (status == 0)
        status = give_name(handle, how.replace);
    if (status == 0 && how.sync)
        status = sync_folder_of(handle->path);
    return status == 0 ? 0 : duet__job_fail(job, status);
}
