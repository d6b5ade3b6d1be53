/* SPDX-License-Identifier: MIT */
/* whole_file.h - reads files as a whole, and replaces them atomically.
 *
 * A reader of a file that is written here sees the old contents or the new
 * ones, never a part: the new ones are written to a temporary file in the same
 * folder, which then replaces the old file. If writing fails or is cancelled,
 * or the program is killed, the old file is as it was.
 *
 * The file that has the name afterwards is a new one: it keeps the old one's
 * permissions, not its owner or its other names. A symbolic link is kept; the
 * file that it leads to is replaced. A device or a pipe is written to as it is.
 * A killed program may leave a file behind whose name is that of the target
 * with a dot before it and a random ending.
 *
 * The duet_error_message() of all failures here names the path.
 *
 * Threads: for tasks.
 */
#ifndef DUET_WHOLE_FILE_H
#define DUET_WHOLE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <duet/export.h>
#include <duet/file.h>
#include <duet/reader.h>
#include <duet/time.h>
#include <duet/writer.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_whole_file_read_options {
    /* Most bytes. Default 64 MiB; DUET_NO_LIMIT for any number. */
    int64_t limit_bytes;
} duet_whole_file_read_options;

/* Reads a file from its start to its end.
 *
 *   path        copied
 *   options     borrowed until return; NULL for all defaults
 *   out_bytes   returned-owned (free()), with a NUL that is not counted after
 *               the last byte; NULL on failure
 *   out_length  how many bytes; may be NULL; 0 on failure
 *
 * Returns 0, or
 *   DUET_ENOENT     no such file
 *   DUET_EISDIR     a folder
 *   DUET_ETOOLARGE  larger than the limit
 *   DUET_EINVAL     the limit is below DUET_NO_LIMIT
 *   DUET_ETIMEDOUT, DUET_ECANCELED, DUET_ENOMEM, DUET_ELIMIT, DUET_ENOLOOP
 *                   as duet_to_thread()
 *   or another code of open(2) or read(2)
 * Source: pathlib.Path.read_bytes(). */
DUET_API DUET_MUST_USE int duet_whole_file_read(
    const char *path, const duet_whole_file_read_options *options,
    char **out_bytes, size_t *out_length, duet_deadline deadline);

typedef struct duet_replacement_options {
    /* Permissions of a file that did not exist, less the umask. Default
     * 0666, at most 07777. */
    unsigned permissions;
    /* Fail with DUET_EEXIST if the file exists when the new one is complete.
     * Default false. */
    bool only_new;
    /* Do not wait until the new file and its name are on the disk: after a
     * power failure the file may be empty. Default false. */
    bool no_sync;
} duet_replacement_options;

/* Replaces a file by one that contains `bytes`, or creates it.
 *
 *   path     copied
 *   bytes    copied, a mebibyte at a time; borrowed until return
 *   options  borrowed until return; NULL for all defaults
 *
 * Returns the codes of duet_replacement_open(), duet_file_write() and
 * duet_replacement_commit(). After a failure the file is as it was, except that
 * it may have been replaced after DUET_ETIMEDOUT and DUET_ECANCELED.
 * Source: rename(2), fsync(2). */
DUET_API DUET_MUST_USE int
duet_whole_file_write(const char *path, const void *bytes, size_t length,
                      const duet_replacement_options *options,
                      duet_deadline deadline);

/* Begins to replace a file by one that is written in parts. The returned file
 * is open for reading and writing and accepts all calls of file.h;
 * duet_replacement_commit() puts it in its place, duet_file_close() drops it.
 *
 *   path      copied
 *   options   borrowed until return; NULL for all defaults
 *   out_file  returned-owned; NULL on failure
 *
 * Returns 0, or
 *   DUET_EINVAL   permissions are out of range
 *   DUET_ENOENT   the folder does not exist
 *   DUET_EISDIR   `path` is a folder
 *   DUET_EACCES, DUET_EROFS  no file can be made in the folder
 *   DUET_ENOSPC   the disk is full
 *   DUET_ETIMEDOUT, DUET_ECANCELED, DUET_ENOMEM, DUET_ELIMIT, DUET_ENOLOOP
 *                 as duet_to_thread()
 *   or another code of open(2) */
DUET_API DUET_MUST_USE int
duet_replacement_open(const char *path, const duet_replacement_options *options,
                      duet_file **out_file, duet_deadline deadline);

/* Commits a file: it takes the place of the one that it replaces, and is
 * closed.
 *
 *   file  taken, whatever is returned; from duet_replacement_open()
 *
 * Returns 0, or
 *   DUET_EEXIST      only_new, and the path exists by now
 *   DUET_EIO, DUET_ENOSPC  the new file could not be put on the disk
 *   DUET_ETIMEDOUT, DUET_ECANCELED  the file may have been replaced; if not, it
 *                    is as it was
 *   DUET_ESTATE      not a file from duet_replacement_open(); it was closed
 *   DUET_ENOMEM, DUET_ELIMIT, DUET_ENOLOOP  as duet_to_thread()
 *   or another code of fsync(2) or rename(2)
 * After a failure the file is as it was, unless the above says otherwise; after
 * one of syncing the folder, or of close(2), it has been replaced.
 * Source: fsync(2), rename(2). */
DUET_API DUET_MUST_USE int duet_replacement_commit(duet_file *file,
                                                   duet_deadline deadline);

/* duet_replacement_open() as a writer: ending it puts the file in its place,
 * giving it up leaves everything as it was.
 *
 *   path        copied
 *   options     borrowed until return; NULL for all defaults
 *   out_writer  returned-owned (duet_writer_close()); NULL on failure
 *
 * Returns the codes of duet_replacement_open(). Writing returns the codes of
 * duet_file_write(), ending it also those of duet_replacement_commit(); then it
 * is not to be repeated, whatever the code. */
DUET_API DUET_MUST_USE int
duet_replacement_writer(const char *path,
                        const duet_replacement_options *options,
                        duet_writer **out_writer, duet_deadline deadline);

/* Saves all that a reader still has into a file, which has its name when it is
 * whole.
 *
 *   reader     borrowed until return
 *   path       copied
 *   options    borrowed until return; NULL for all defaults
 *   out_count  how many bytes were saved; may be NULL; 0 on failure
 *
 * Returns 0, or the codes of duet_copy() and duet_replacement_writer(): then
 * the file is as it was, with the exceptions of duet_replacement_commit(). */
DUET_API DUET_MUST_USE int duet_save(duet_reader *reader, const char *path,
                                     const duet_replacement_options *options,
                                     uint64_t *out_count,
                                     duet_deadline deadline);

DUET_END_DECLARATIONS

#endif
