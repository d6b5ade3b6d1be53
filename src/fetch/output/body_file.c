/* SPDX-License-Identifier: MIT */
/* body_file.c - writes a body to a temporary file and renames it. Owns the
 * descriptor. Invariant: the temporary file exists exactly while the descriptor
 * is open. */
#include "fetch/output/body_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

static int fail(const char *what, const char *name)
{
    int error = errno;

    return duet__fail(duet__error_from_errno(error), "%s %s: %s", what, name,
                      strerror(error));
}

/* Makes the directories above `name`; a failure is reported when `name` itself
 * is made. */
static int make_parents(const char *name)
{
    char *path = strdup(name);

    if (path == NULL)
        return DUET_ENOMEM;
    for (char *slash = path; *slash != '\0'; slash++) {
        if (*slash != '/' || slash == path)
            continue;
        *slash = '\0';
        if (mkdir(path, 0777) != 0 && errno != EEXIST)
            break;
        *slash = '/';
    }
    free(path);
    return 0;
}

static bool is_temporary(const char *name)
{
    size_t length = strlen(name);

    return strncmp(name, ".duet-", 6) == 0 && length > 11 &&
           strcmp(name + length - 5, ".part") == 0;
}

static void remove_temporary_files(int directory)
{
    int listed = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *listing = listed >= 0 ? fdopendir(listed) : NULL;
    struct dirent *entry;

    if (listing == NULL) {
        if (listed >= 0)
            close(listed);
        return; /* they do no harm */
    }
    while ((entry = readdir(listing)) != NULL) {
        if (is_temporary(entry->d_name))
            unlinkat(directory, entry->d_name, 0);
    }
    closedir(listing);
}

/* Failures here are ignored: the run can go on without the cleanup. */
static void take_over(int directory)
{
    if (flock(directory, LOCK_EX | LOCK_NB) == 0)
        remove_temporary_files(directory);
    if (flock(directory, LOCK_SH | LOCK_NB) != 0)
        return;
}

int duet__body_directory_open(const char *name, int *descriptor)
{
    int status = make_parents(name);

    *descriptor = -1;
    if (status != 0)
        return status;
    if (mkdir(name, 0777) != 0 && errno != EEXIST)
        return fail("make directory", name);
    *descriptor =
        (int)TEMP_FAILURE_RETRY(open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (*descriptor < 0)
        return fail("open directory", name);
    if (faccessat(*descriptor, ".", W_OK | X_OK, AT_EACCESS) == 0) {
        take_over(*descriptor);
        return 0;
    }
    /* Reported once, before the first fetch, not for each body. */
    status = fail("write into directory", name);
    close(*descriptor);
    *descriptor = -1;
    return status;
}

void duet__body_file_init(duet__body_file *file, int directory)
{
    *file = (duet__body_file){.directory = directory, .descriptor = -1};
}

int duet__body_file_start(duet__body_file *file, uint64_t serial)
{
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;

    if (file->descriptor >= 0) {
        if (TEMP_FAILURE_RETRY(ftruncate(file->descriptor, 0)) != 0 ||
            lseek(file->descriptor, 0, SEEK_SET) != 0)
            return fail("empty", file->temporary);
        return 0;
    }
    snprintf(file->temporary, sizeof file->temporary,
             ".duet-%016" PRIx64 ".part", serial);
    file->descriptor = (int)TEMP_FAILURE_RETRY(
        openat(file->directory, file->temporary, flags, 0666));
    return file->descriptor < 0 ? fail("create", file->temporary) : 0;
}

int duet__body_file_write(duet__body_file *file, const void *bytes,
                          size_t count)
{
    const char *place = bytes;

    while (count > 0) {
        ssize_t written = write(file->descriptor, place, count);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return fail("write", file->temporary);
        place += written;
        count -= (size_t)written;
    }
    return 0;
}

/* For file systems without RENAME_NOREPLACE: reserves the name with an empty
 * file first. */
static int rename_over_own(const duet__body_file *file, const char *name)
{
    int place = (int)TEMP_FAILURE_RETRY(
        openat(file->directory, name,
               O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
    int error;

    if (place < 0)
        return -1;
    close(place);
    if (renameat(file->directory, file->temporary, file->directory, name) == 0)
        return 0;
    error = errno;
    unlinkat(file->directory, name, 0);
    errno = error;
    return -1;
}

int duet__body_file_keep(duet__body_file *file, const char *name)
{
    int descriptor = file->descriptor;
    int result = renameat2(file->directory, file->temporary, file->directory,
                           name, RENAME_NOREPLACE);

    if (result != 0 && (errno == EINVAL || errno == ENOSYS))
        result = rename_over_own(file, name);
    if (result != 0 && errno == EEXIST)
        return DUET_EEXIST;
    if (result != 0)
        return fail("rename to", name);
    file->descriptor = -1;
    if (close(descriptor) != 0 && errno != EINTR) {
        int status = fail("close", name);

        unlinkat(file->directory, name, 0);
        return status;
    }
    return 0;
}

bool duet__body_file_exists(int directory, const char *name, uint64_t *bytes)
{
    struct stat state;

    if (fstatat(directory, name, &state, AT_SYMLINK_NOFOLLOW) != 0)
        return false;
    *bytes = (uint64_t)state.st_size;
    return true;
}

void duet__body_file_discard(duet__body_file *file)
{
    if (file->descriptor < 0)
        return;
    unlinkat(file->directory, file->temporary, 0);
    close(file->descriptor);
    file->descriptor = -1;
}
