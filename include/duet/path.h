/* SPDX-License-Identifier: MIT */
/* path.h - files and folders by their names.
 *
 * Each call does in a thread of the loop's default pool what the system call of
 * that name does, while the task waits; so a slow disk or a network file system
 * does not stop the loop.
 *
 * The codes that every call here may return are not repeated below:
 *   DUET_ENOENT        the path, or a folder of it, does not exist
 *   DUET_ENOTDIR       a part of the path is not a folder
 *   DUET_EACCES, DUET_EPERM, DUET_EROFS  not allowed
 *   DUET_ENAMETOOLONG, DUET_ELOOP  the path is too long, or its links go round
 *   DUET_EIO           the disk failed
 *   DUET_ETIMEDOUT, DUET_ECANCELED  given up: it may be done nevertheless
 *   DUET_ENOMEM, DUET_ELIMIT, DUET_ENOLOOP  as duet_to_thread()
 * and any other code of the system. duet_error_detail() says what was done to
 * which path: "rename a to b: permission denied". Paths are copied; outputs are
 * untouched on failure unless their contract says NULL.
 *
 * Threads: for tasks.
 */
#ifndef DUET_PATH_H
#define DUET_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <duet/export.h>
#include <duet/time.h>

DUET_BEGIN_DECLARATIONS

/* --- looking -------------------------------------------------------------- */

typedef enum duet_file_kind {
    DUET_KIND_OTHER, /* a socket, or what the file system does not tell */
    DUET_KIND_FILE,
    DUET_KIND_FOLDER,
    DUET_KIND_SYMLINK,
    DUET_KIND_PIPE,
    DUET_KIND_DEVICE,
} duet_file_kind;

/* What the system knows about a file. Times are nanoseconds since 1970, UTC. */
typedef struct duet_stat {
    duet_file_kind kind;
    unsigned permissions; /* the lowest 12 bits of st_mode */
    int64_t size_bytes;
    int64_t used_bytes; /* on the disk; less than the size if it has holes */
    int64_t modified_ns;
    int64_t accessed_ns;
    int64_t changed_ns; /* contents, name, owner or permissions */
    uint64_t device;    /* device and inode say which file it is */
    uint64_t inode;
    uint64_t links; /* names that the file has */
    uint32_t user;
    uint32_t group;
} duet_stat;

DUET_END_DECLARATIONS

#endif
