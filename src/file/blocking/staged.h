/* SPDX-License-Identifier: MIT */
/* staged.h - a file that takes the place of another when it is complete.
 *
 * It is written under a name of its own in the folder of its target. Until it
 * is committed the target is as it was; a staged file whose last reference goes
 * is removed. All calls block: they are for a job's run(), and explain their
 * failures in its name. */
#ifndef DUET_FILE_BLOCKING_STAGED_H
#define DUET_FILE_BLOCKING_STAGED_H

#include <stdbool.h>
#include <sys/types.h>

#include "file/blocking/handle.h"
#include "file/blocking/job.h"

/* Makes a file under a name that nobody else has, to be unlinked with the last
 * reference.
 *
 *   shown           handle->path; NULL for the name that was made
 *   prefix, suffix  around the name's random part; prefix with the folder
 *   flags           more flags of open(2)
 *
 * Returns 0, DUET_ENOMEM, or a code of open(2); no detail. */
int duet__temporary_create(const char *shown, const char *prefix,
                           const char *suffix, int flags, mode_t permissions,
                           duet__handle **out_handle);

/* Writes 16 random characters, the same alphabet as mktemp's. */
void duet__temporary_name(char name[16]);

/* Makes a file that will take the place of `target`, handle->path: of the file
 * that it leads to if that is a symbolic link. A target that is neither a
 * regular file nor missing (a device, a pipe) is opened itself.
 *
 *   permissions  of a new file, less the umask; those of a target that exists
 *                are kept
 *
 * Returns 0, the codes of duet__handle_open(), or those of realpath(3). */
int duet__staged_open(const duet__job *job, const char *target,
                      mode_t permissions, duet__handle **out_handle);

typedef struct duet__commit {
    bool sync;    /* on the disk first, and the name, too */
    bool replace; /* false: DUET_EEXIST if the target exists by now */
} duet__commit;

/* Puts the file in its place, unless the job was given up: DUET_ECANCELED. */
int duet__staged_commit(const duet__job *job, duet__handle *handle,
                        duet__commit how);

#endif
