/* SPDX-License-Identifier: MIT */
/* staged.h - a file that takes the place of another when it is complete.
 *
 * It is written under a temporary name in the folder of its target. Until it is
 * committed, the target is unchanged; a staged file that is not committed is
 * removed with its last reference. All calls block: they are for a job's run(),
 * and set the detail of the job's failure. */
#ifndef DUET_FILE_BLOCKING_STAGED_H
#define DUET_FILE_BLOCKING_STAGED_H

#include <stdbool.h>
#include <sys/types.h>

#include "file/blocking/handle.h"
#include "file/blocking/job.h"

/* Makes a file with a unique name, which is unlinked with the last reference.
 *
 *   shown           handle->path; NULL for the name that was made
 *   prefix, suffix  around the name's random part; prefix with the folder
 *   flags           more flags of open(2)
 *
 * Returns 0, DUET_ENOMEM, or a code of open(2); no detail. */
int duet__temporary_create(const char *shown, const char *prefix,
                           const char *suffix, int flags, mode_t permissions,
                           duet__handle **out_handle);

/* Writes 16 random characters of mktemp's alphabet. */
void duet__temporary_name(char name[16]);

/* Makes a file that will replace `target`, which becomes handle->path; if
 * `target` is a symbolic link, the file that it leads to is replaced. A target
 * that is neither a regular file nor missing (a device, a pipe) is opened
 * itself.
 *
 *   permissions  of a new file, less the umask; those of a target that exists
 *                are kept
 *
 * Returns 0, the codes of duet__handle_open(), or those of realpath(3). */
int duet__staged_open(const duet__job *job, const char *target,
                      mode_t permissions, duet__handle **out_handle);

typedef struct duet__commit {
    bool sync;    /* fsync() the file before it is renamed, and the folder
                   * afterwards */
    bool replace; /* false: DUET_EEXIST if the target exists by now */
} duet__commit;

/* Puts the file in its place, unless the job was given up: DUET_ECANCELED. */
int duet__staged_commit(const duet__job *job, duet__handle *handle,
                        duet__commit how);

#endif
