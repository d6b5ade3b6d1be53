/* SPDX-License-Identifier: MIT */
/* temporary.h - files and folders that are removed when they are closed.
 *
 * Example:
 *
 *     duet_temporary_folder *folder;
 *
 *     status = duet_temporary_folder_open(NULL, &folder, duet_in_ms(1000));
 *     if (status == 0) {
 *         puts(duet_temporary_folder_path(folder));
 *         duet_temporary_folder_close(folder, duet_in_ms(1000));
 *     }
 *
 * What is opened here is closed and removed by its close call. A request to
 * cancel the task does not interrupt that and is delivered by the next call. If
 * closing times out, a thread does it later, and duet_run() waits for it. A
 * cancelled open call leaves nothing behind. Files and folders with a name stay
 * if the program is killed; after SIGINT duet_run() cleans up. Only the owner
 * may read and write what is made.
 *
 * Threads: for tasks.
 */
#ifndef DUET_TEMPORARY_H
#define DUET_TEMPORARY_H

#include <stdbool.h>

#include <duet/export.h>
#include <duet/file.h>
#include <duet/time.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_temporary_options {
    /* Where to make it. Default $TMPDIR, or /tmp if that is not set. */
    const char *folder;
    /* The beginning of its name, without "/". Default "duet-". */
    const char *prefix;
    /* The end of its name, such as ".txt", without "/". Default none. */
    const char *suffix;
    /* Of a file only: give it a name that others can open it by. Default false:
     * it has none, and disappears even if the program is killed. */
    bool named;
} duet_temporary_options;

/* Opens a new file for reading and writing that is removed by
 * duet_file_close().
 *
 *   options   copied; NULL for all defaults
 *   out_file  returned-owned (duet_file_close()); NULL on failure.
 *             duet_file_path() is its path if it is named, else the folder's
 *
 * Returns 0, or
 *   DUET_EINVAL   prefix or suffix has a "/"
 *   DUET_ENOENT   there is no such folder
 *   DUET_EACCES, DUET_EROFS  no file can be made in it
 *   DUET_ENOSPC   the disk is full
 *   DUET_ETIMEDOUT, DUET_ECANCELED, DUET_ENOMEM, DUET_ELIMIT, DUET_ENOLOOP
 *                 as duet_to_thread()
 *   or another code of open(2)
 * Source: open(2), O_TMPFILE; tempfile.NamedTemporaryFile(). */
DUET_API DUET_MUST_USE int
duet_temporary_file_open(const duet_temporary_options *options,
                         duet_file **out_file, duet_deadline deadline);

typedef struct duet_temporary_folder duet_temporary_folder;

/* Makes a new empty folder.
 *
 *   options     copied; NULL for all defaults
 *   out_folder  returned-owned (duet_temporary_folder_close()); NULL on failure
 *
 * Returns the codes of duet_temporary_file_open().
 * Source: mkdtemp(3), tempfile.TemporaryDirectory(). */
DUET_API DUET_MUST_USE int
duet_temporary_folder_open(const duet_temporary_options *options,
                           duet_temporary_folder **out_folder,
                           duet_deadline deadline);

/* The folder's path; borrowed, valid until it is closed. */
DUET_API const char *
duet_temporary_folder_path(const duet_temporary_folder *folder);

/* Removes the folder and its contents.
 *
 *   folder  taken, whatever is returned; NULL returns 0
 *
 * Returns the codes of duet_path_remove_tree(), or 0; it is not a failure if
 * the folder was removed already. Source:
 * tempfile.TemporaryDirectory.cleanup(). */
DUET_API int duet_temporary_folder_close(duet_temporary_folder *folder,
                                         duet_deadline deadline);

DUET_END_DECLARATIONS

#endif
