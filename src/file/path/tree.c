/* SPDX-License-Identifier: MIT */
/* tree.c - removes a folder and its contents.
 *
 * Goes from descriptor to descriptor, never by paths and never through symbolic
 * links: replacing a folder by a link meanwhile cannot redirect the removal.
 * Invariant: at most one descriptor is open for each level. */
#include "file/path/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"

/* Levels of folders below the first. */
enum { DEPTH_MOST = 256 };

/* The first failure, with the name of the entry that caused it. */
typedef struct removal {
    duet__job *job;
    int status;
} removal;

static void note(removal *removal, const char *name, int code)
{
    if (removal->status == 0)
        removal->status =
            duet__fail(code, "remove %s: %s: %s", removal->job->path, name,
                       duet_error_text(code));
}

static void empty_folder(removal *removal, int folder, const char *name,
                         int depth);

static void remove_entry(removal *removal, int folder, const char *name,
                         int depth)
{
    if (unlinkat(folder, name, 0) == 0 || errno == ENOENT)
        return;
    if (errno != EISDIR) {
        note(removal, name, duet__error_from_errno(errno));
        return;
    }
    empty_folder(removal, folder, name, depth);
    if (unlinkat(folder, name, AT_REMOVEDIR) != 0 && errno != ENOENT)
        note(removal, name, duet__error_from_errno(errno));
}

static bool is_itself_or_parent(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Removes the contents of folder `name` in `folder`. */
static void empty_folder(removal *removal, int folder, const char *name,
                         int depth)
{
    int descriptor = (int)TEMP_FAILURE_RETRY(
        openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    DIR *entries = descriptor >= 0 ? fdopendir(descriptor) : NULL;
    struct dirent *entry;

    if (entries == NULL) {
        note(removal, name, duet__error_from_errno(errno));
        if (descriptor >= 0)
            close(descriptor);
        return;
    }
    while ((entry = readdir(entries)) != NULL) {
        if (is_itself_or_parent(entry->d_name))
            continue;
        if (depth == 0) {
            note(removal, name, DUET_ELIMIT);
            break;
        }
        remove_entry(removal, descriptor, entry->d_name, depth - 1);
    }
    closedir(entries);
}

int duet__tree_remove(duet__job *job)
{
    removal removal = {.job = job};

    if (unlink(job->path) == 0)
        return 0;
    if (errno != EISDIR)
        return duet__job_errno(job);
    empty_folder(&removal, AT_FDCWD, job->path, DEPTH_MOST);
    if (removal.status == 0 && rmdir(job->path) != 0)
        return duet__job_errno(job);
    return removal.status;
}
