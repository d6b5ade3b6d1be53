/* SPDX-License-Identifier: MIT */
/* file.h - reads and writes files without blocking the loop.
 *
 * Reading and writing a file may block for as long as a disk takes, and poll(2)
 * does not tell when it would not. So operations that may block are done by a
 * thread of the loop's default pool (thread_pool.h) while the task waits. What
 * is in the page cache is read at once, without a thread.
 *
 * Example, given uint64_t id:
 *
 *     duet_file *file;
 *     status = duet_file_open("ids", "a", NULL, &file, duet_in_ms(2000));
 *     if (status == 0) {
 *         status = duet_file_write(file, &id, sizeof id, duet_in_ms(2000));
 *         duet_file_close(file, duet_in_ms(2000));
 *     }
 *
 * A file has a position, as usual, which reading and writing move; calls that
 * take an offset do not change it. Calls on one file take turns in the order in
 * which they were made. A call that fails, is cancelled or times out leaves the
 * position where it was. If a thread is working on it at that moment, it
 * continues with memory of its own, and the file's next call waits for it
 * first; a write may then have written all, a part or nothing. To change a file
 * atomically see whole_file.h.
 *
 * A pipe or a terminal has no position, and no thread waits for it: the task
 * waits, for any time, and giving up loses nothing. "/dev/stdin", "/dev/stdout"
 * and "/dev/stderr" are paths like others.
 *
 * There is no buffer: file_writer.h combines small writes.
 *
 * The duet_error_message() of all failures here has the operation and the path:
 * "write /srv/log: no space left on device".
 *
 * Threads: a file is for the loop's own thread.
 */
#ifndef DUET_FILE_H
#define DUET_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <duet/export.h>
#include <duet/path.h>
#include <duet/time.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_file duet_file;

typedef struct duet_file_options {
    /* Permissions of a new file, less the umask. Default 0666, at most
     * 07777. */
    unsigned permissions;
    /* More flags of open(2), such as O_NOFOLLOW or O_DSYNC; not negative.
     * O_CLOEXEC and O_NOCTTY are always set. Default none. */
    int flags;
} duet_file_options;

/* Opens a file.
 *
 *   path      copied
 *   mode      borrowed until return. "r": read a file that exists; "w": write,
 *             emptied or made; "a": write at the end, made if missing; "x":
 *             write a new file. "+" after it: both read and write. "b" is
 *             allowed and changes nothing. NULL: options->flags decide
 *   options   borrowed until return; NULL for all defaults
 *   out_file  returned-owned (duet_file_close()); NULL on failure
 *
 * Returns 0, or
 *   DUET_EINVAL     not a mode, or an option is out of range
 *   DUET_ENOENT     no such file, or a folder of the path is missing
 *   DUET_EEXIST     "x", and the file exists
 *   DUET_EISDIR     a folder
 *   DUET_EACCES     permission denied
 *   DUET_EAGAIN     with O_NONBLOCK: a pipe opened for writing that has no
 *                   reader yet; without it, the call waits for a reader. A pipe
 *                   is opened for reading at once, and reading waits for a
 *                   writer
 *   DUET_ETIMEDOUT, DUET_ECANCELED  no file is left open; it may have been made
 *                   or emptied
 *   DUET_ENOMEM, DUET_ELIMIT, DUET_ENOLOOP  as duet_to_thread()
 *   or another code of open(2)
 * Source: open(2), fopen(3), aiofiles.open(). */
DUET_API DUET_MUST_USE int duet_file_open(const char *path, const char *mode,
                                          const duet_file_options *options,
                                          duet_file **out_file,
                                          duet_deadline deadline);

/* Reads from the file's position and moves it. Reads less than `room` only at
 * the end of the file; a file without position (a pipe, a terminal) gives what
 * is available.
 *
 *   bytes       borrowed until return
 *   room        how many bytes to read at most
 *   out_length  how many were read, 0 at the end of the file; 0 on failure
 *
 * Returns 0, or
 *   DUET_ETIMEDOUT, DUET_ECANCELED  nothing is lost: the position has not
 *                                   moved. Only from a terminal, or a pipe
 *                                   before Linux 6.4, that several readers
 *                                   share bytes may be lost
 *   DUET_EBADF      the file is not open for reading
 *   DUET_ENOMEM, DUET_ELIMIT, DUET_ENOLOOP  as duet_to_thread()
 *   or another code of read(2)
 * Source: read(2), aiofiles read(). */
DUET_API DUET_MUST_USE int duet_file_read(duet_file *file, void *bytes,
                                          size_t room, size_t *out_length,
                                          duet_deadline deadline);

/* Reads from `offset` and does not move the position; otherwise like
 * duet_file_read().
 *
 *   offset  in bytes from the file's start, not negative
 *
 * Returns the codes of duet_file_read(), or
 *   DUET_EINVAL  the offset is negative
 *   DUET_ESPIPE  the file has no positions
 * Source: pread(2). */
DUET_API DUET_MUST_USE int duet_file_read_at(duet_file *file, int64_t offset,
                                             void *bytes, size_t room,
                                             size_t *out_length,
                                             duet_deadline deadline);

/* Writes all bytes at the file's position, or at its end if it was opened to
 * append, and moves the position to their end.
 *
 *   bytes  copied, a mebibyte at a time; borrowed until return
 *
 * Returns 0, or
 *   DUET_ENOSPC     the disk is full; a part may have been written
 *   DUET_EPIPE      the pipe has no reader any more; no SIGPIPE is raised
 *   DUET_EFBIG      the file would be larger than the system allows
 *   DUET_ETIMEDOUT, DUET_ECANCELED  all, a part or nothing may have been
 *                   written
 *   DUET_EBADF      the file is not open for writing
 *   DUET_ENOMEM, DUET_ELIMIT, DUET_ENOLOOP  as duet_to_thread()
 *   or another code of write(2)
 * Source: write(2), aiofiles write(). */
DUET_API DUET_MUST_USE int duet_file_write(duet_file *file, const void *bytes,
                                           size_t length,
                                           duet_deadline deadline);

/* Writes all bytes at `offset` and does not move the position; otherwise like
 * duet_file_write().
 *
 * Returns the codes of duet_file_write(), or
 *   DUET_EINVAL  the offset is negative, or the file was opened to append
 *   DUET_ESPIPE  the file has no positions
 * Source: pwrite(2). */
DUET_API DUET_MUST_USE int duet_file_write_at(duet_file *file, int64_t offset,
                                              const void *bytes, size_t length,
                                              duet_deadline deadline);

/* The origin of duet_file_seek(). */
typedef enum duet_seek {
    DUET_SEEK_START,
    DUET_SEEK_POSITION,
    DUET_SEEK_END,
} duet_seek;

/* Moves the position; beyond the end is allowed.
 *
 *   offset        in bytes, may be negative
 *   out_position  the new position; untouched on failure; may be NULL
 *
 * Returns 0, or
 *   DUET_EINVAL  the position would be negative, or too large to represent, or
 *                `from` is not one of the above
 *   DUET_ESPIPE  the file has no positions
 *   DUET_ETIMEDOUT, DUET_ECANCELED, DUET_ENOMEM, DUET_ELIMIT, DUET_ENOLOOP
 *                as duet_to_thread()
 * Source: lseek(2). */
DUET_API DUET_MUST_USE int duet_file_seek(duet_file *file, int64_t offset,
                                          duet_seek from, int64_t *out_position,
                                          duet_deadline deadline);

/* The file's position, in bytes from its start; 0 if it has none. */
DUET_API int64_t duet_file_tell(const duet_file *file);

/* Makes the file `size` bytes long: truncates it, or adds zero bytes. The
 * position does not change.
 *
 * Returns 0, or
 *   DUET_EINVAL  the size is negative, or the file is not open for writing
 *   DUET_ETIMEDOUT, DUET_ECANCELED  it may have been done
 *   DUET_ENOMEM, DUET_ELIMIT, DUET_ENOLOOP  as duet_to_thread()
 *   or another code of ftruncate(2)
 * Source: ftruncate(2). */
DUET_API DUET_MUST_USE int duet_file_truncate(duet_file *file, int64_t size,
                                              duet_deadline deadline);

typedef enum duet_sync {
    DUET_SYNC_FULL, /* contents and all metadata */
    DUET_SYNC_DATA, /* contents, and the metadata needed to read them */
} duet_sync;

/* Waits until what was written is on the disk and survives a power failure.
 *
 * Returns 0, or
 *   DUET_EIO     the disk failed; what was written since the last sync may be
 *                lost, and the next sync does not report it again
 *   DUET_EINVAL  not a regular file, or `what` is not one of the above
 *   DUET_ENOSPC  the disk is full
 *   DUET_ETIMEDOUT, DUET_ECANCELED, DUET_ENOMEM, DUET_ELIMIT, DUET_ENOLOOP
 *                as duet_to_thread()
 * Source: fsync(2), fdatasync(2). */
DUET_API DUET_MUST_USE int duet_file_sync(duet_file *file, duet_sync what,
                                          duet_deadline deadline);

/* The system's facts about the open file.
 *
 *   out_stat  untouched on failure
 *
 * Returns 0, the codes of duet_to_thread(), or a code of fstat(2)
 * Source: fstat(2). */
DUET_API DUET_MUST_USE int duet_file_stat(duet_file *file, duet_stat *out_stat,
                                          duet_deadline deadline);

/* The path, as the file was opened; borrowed, valid until duet_file_close(). */
DUET_API const char *duet_file_path(const duet_file *file);

/* The descriptor, for calls that are not here; borrowed, valid until
 * duet_file_close(). */
DUET_API int duet_file_descriptor(const duet_file *file);

/* Closes the file, whatever is returned. No other call on it may be in
 * progress. A request to cancel the task does not interrupt it and is delivered
 * by the next call: so after reading, the result may be ignored.
 *
 *   file  taken; NULL returns 0
 *
 * Returns 0, or
 *   DUET_ETIMEDOUT         a thread closes it later
 *   DUET_EIO, DUET_ENOSPC  some file systems report only now that written data
 *                          is lost
 *   DUET_ENOMEM, DUET_ELIMIT, DUET_ENOLOOP  closed, but the result is unknown
 * Source: close(2). */
DUET_API DUET_MUST_USE int duet_file_close(duet_file *file,
                                           duet_deadline deadline);

DUET_END_DECLARATIONS

#endif
