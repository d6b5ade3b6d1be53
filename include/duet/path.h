/* SPDX-License-Identifier: MIT */
/* path.h - operations on files and folders by path.
 *
 * Each call runs the corresponding system call in a thread of the loop's
 * default pool while the task waits; so a slow disk or a network file system
 * does not stop the loop.
 *
 * The codes that every call here may return are not repeated below:
 *   DUET_ENOENT        the path, or a folder of it, does not exist
 *   DUET_ENOTDIR       a part of the path is not a folder
 *   DUET_EACCES, DUET_EPERM, DUET_EROFS  not allowed
 *   DUET_ENAMETOOLONG, DUET_ELOOP  the path is too long, or its links form a
 *                                  loop
 *   DUET_EIO           the disk failed
 *   DUET_ETIMEDOUT, DUET_ECANCELED  given up: the operation may still take
 *                                   place
 *   DUET_ENOMEM, DUET_ELIMIT, DUET_ENOLOOP  as duet_to_thread()
 * and any other code of the system. duet_error_message() has the operation and
 * the path: "rename a to b: permission denied". Paths are copied; outputs are
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
    DUET_KIND_OTHER, /* a socket, or unknown to the file system */
    DUET_KIND_FILE,
    DUET_KIND_FOLDER,
    DUET_KIND_SYMLINK,
    DUET_KIND_PIPE,
    DUET_KIND_DEVICE,
} duet_file_kind;

/* The system's facts about a file. Times are nanoseconds since 1970, UTC. */
typedef struct duet_stat {
    duet_file_kind kind;
    unsigned permissions; /* the lowest 12 bits of st_mode */
    int64_t size_bytes;
    int64_t used_bytes; /* on the disk; less than the size if it has holes */
    int64_t modified_ns;
    int64_t accessed_ns;
    int64_t changed_ns; /* contents, name, owner or permissions */
    uint64_t device;    /* device and inode identify the file */
    uint64_t inode;
    uint64_t links; /* names that the file has */
    uint32_t user;
    uint32_t group;
} duet_stat;

/* The system's facts about the file that `path` leads to. Source: stat(2). */
DUET_API DUET_MUST_USE int duet_path_stat(const char *path, duet_stat *out_stat,
                                          duet_deadline deadline);

/* The same about a symbolic link itself. Source: lstat(2). */
DUET_API DUET_MUST_USE int duet_path_link_stat(const char *path,
                                               duet_stat *out_stat,
                                               duet_deadline deadline);

/* Does the path exist? A path that cannot exist (DUET_ENOENT, DUET_ENOTDIR,
 * DUET_ELOOP) is not a failure. Source: os.path.exists(). */
DUET_API DUET_MUST_USE int duet_path_exists(const char *path, bool *out_exists,
                                            duet_deadline deadline);

/* Does it lead to a regular file? Otherwise like duet_path_exists(). Source:
 * os.path.isfile(). */
DUET_API DUET_MUST_USE int duet_path_is_file(const char *path, bool *out_is,
                                             duet_deadline deadline);

/* Does it lead to a folder? Otherwise like duet_path_exists(). Source:
 * os.path.isdir(). */
DUET_API DUET_MUST_USE int duet_path_is_folder(const char *path, bool *out_is,
                                               duet_deadline deadline);

/* Reads the target of a symbolic link.
 *
 *   out_target  returned-owned (free()); NULL on failure
 *
 * Returns also
 *   DUET_EINVAL  not a symbolic link
 * Source: readlink(2). */
DUET_API DUET_MUST_USE int
duet_path_readlink(const char *path, char **out_target, duet_deadline deadline);

/* --- names ---------------------------------------------------------------- */

/* Renames a file or folder to a name that must not exist; duet_path_replace()
 * is rename(2). On file systems without RENAME_NOREPLACE (some network ones) a
 * file that is created at the same moment is replaced.
 *
 * Returns also
 *   DUET_EEXIST  `to` exists
 *   DUET_EXDEV   `to` is on another file system
 * Source: renameat2(2), RENAME_NOREPLACE. */
DUET_API DUET_MUST_USE int duet_path_rename(const char *from, const char *to,
                                            duet_deadline deadline);

/* Renames a file and replaces the file that had the new name. At each moment
 * the name leads to the one file or to the other.
 *
 * Returns also
 *   DUET_EXDEV      `to` is on another file system
 *   DUET_EISDIR     `to` is a folder and `from` is not
 *   DUET_ENOTEMPTY  `to` is a folder that is not empty
 * Source: rename(2), os.replace(). */
DUET_API DUET_MUST_USE int duet_path_replace(const char *from, const char *to,
                                             duet_deadline deadline);

/* Gives a file another name (a hard link).
 *
 * Returns also
 *   DUET_EEXIST  `to` exists
 *   DUET_EXDEV   `to` is on another file system
 * Source: link(2). */
DUET_API DUET_MUST_USE int duet_path_link(const char *from, const char *to,
                                          duet_deadline deadline);

/* Makes a symbolic link `path` to `target`, which need not exist.
 *
 * Returns also
 *   DUET_EEXIST  `path` exists
 * Source: symlink(2). */
DUET_API DUET_MUST_USE int
duet_path_symlink(const char *target, const char *path, duet_deadline deadline);

/* Removes a name; the file is removed with its last name once it is not open
 * any more.
 *
 * Returns also
 *   DUET_EISDIR  a folder
 * Source: unlink(2). */
DUET_API int duet_path_unlink(const char *path, duet_deadline deadline);

/* --- folders -------------------------------------------------------------- */

/* Makes a folder.
 *
 *   permissions  less the umask; 0 for 0777, at most 07777
 *
 * Returns also
 *   DUET_EINVAL  permissions are out of range
 *   DUET_EEXIST  `path` exists
 * Source: mkdir(2). */
DUET_API DUET_MUST_USE int
duet_path_mkdir(const char *path, unsigned permissions, duet_deadline deadline);

/* Makes a folder and the missing folders above it; existing ones are not
 * changed.
 *
 *   permissions  of each folder that is made, less the umask; 0 for 0777, at
 *                most 07777
 *
 * Returns also
 *   DUET_EINVAL  permissions are out of range
 *   DUET_EEXIST  `path` exists and is not a folder
 * Source: os.makedirs(exist_ok=True). */
DUET_API DUET_MUST_USE int duet_path_makedirs(const char *path,
                                              unsigned permissions,
                                              duet_deadline deadline);

/* Removes an empty folder.
 *
 * Returns also
 *   DUET_ENOTEMPTY  it is not empty
 * Source: rmdir(2). */
DUET_API int duet_path_rmdir(const char *path, duet_deadline deadline);

/* Removes a file, or a folder with its contents. Symbolic links are removed,
 * not followed, even if others change the folder meanwhile. On failure a part
 * may have been removed; if the wait is given up, the removal continues.
 *
 * Source: shutil.rmtree(). */
DUET_API int duet_path_remove_tree(const char *path, duet_deadline deadline);

typedef struct duet_folder_entry {
    const char *name;
    duet_file_kind kind; /* of a symbolic link itself */
} duet_folder_entry;

typedef struct duet_folder_list duet_folder_list;

typedef struct duet_folder_options {
    /* Most entries. Default 1,000,000; DUET_NO_LIMIT for any number. */
    int64_t entries_limit;
} duet_folder_options;

/* Lists a folder, without "." and "..", sorted by the bytes of the names.
 *
 *   options   borrowed until return; NULL for all defaults
 *   out_list  returned-owned (duet_folder_list_free()); NULL on failure
 *
 * Returns also
 *   DUET_ETOOLARGE  more entries than the limit
 *   DUET_EINVAL     the limit is below DUET_NO_LIMIT
 * Source: os.scandir(), aiofiles.os.listdir(). */
DUET_API DUET_MUST_USE int duet_path_list(const char *path,
                                          const duet_folder_options *options,
                                          duet_folder_list **out_list,
                                          duet_deadline deadline);

/* How many entries a list has. */
DUET_API size_t duet_folder_list_count(const duet_folder_list *list);

/* Entry `index`, 0 the first; borrowed until the list is freed. NULL if there
 * is none. */
DUET_API const duet_folder_entry *
duet_folder_list_at(const duet_folder_list *list, size_t index);

/* Frees a list.
 *
 *   list  taken; NULL does nothing */
DUET_API void duet_folder_list_free(duet_folder_list *list);

/* --- copying -------------------------------------------------------------- */

typedef struct duet_copy_options {
    /* Replace `to` if it exists. Default false. */
    bool replace;
    /* Sync the copy to the disk before it gets its name. Default false. */
    bool sync;
} duet_copy_options;

/* Copies a regular file with its permissions. The kernel copies the bytes; on
 * file systems that share blocks it does not even read them. The copy gets its
 * name when it is complete: a part of it is never visible under that name.
 *
 *   options    borrowed until return; NULL for all defaults
 *   out_bytes  how many bytes it has; may be NULL
 *
 * Returns also
 *   DUET_EEXIST     `to` exists, and is not to be replaced
 *   DUET_EINVAL     `from` is not a regular file
 *   DUET_EISDIR     `from` or `to` is a folder
 *   DUET_ENOSPC     the disk is full; `to` is as it was
 *   DUET_ETIMEDOUT, DUET_ECANCELED  copying stops soon; `to` is as it was,
 *                                   unless the copy was complete
 * Source: copy_file_range(2), sendfile(2), shutil.copy(). */
DUET_API DUET_MUST_USE int duet_path_copy(const char *from, const char *to,
                                          const duet_copy_options *options,
                                          int64_t *out_bytes,
                                          duet_deadline deadline);

DUET_END_DECLARATIONS

#endif
