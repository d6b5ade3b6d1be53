/* SPDX-License-Identifier: MIT */
/* page_cache.c - reads a whole file without blocking if it is in the page
 * cache.
 *
 * Invariant: what is known about a folder is a guess that each use verifies. If
 * another file system was mounted there since, the device of the first file
 * reveals it, and the entry is dropped. */
#include "file/blocking/page_cache.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <duet/error.h>

#include "file/blocking/transfer.h"

enum {
    FOLDERS = 64,
    /* Copying takes about 15 microseconds. */
    MOST_BYTES = 256 * 1024,
};

typedef struct folder {
    uint64_t key; /* of its path */
    uint64_t device;
} folder;

static _Thread_local folder folders[FOLDERS];

/* The entry for the folder of `path`; a folder with the same entry replaces the
 * old one. */
static folder *place_of(const char *path, uint64_t *key)
{
    const char *slash = strrchr(path, '/');
    const char *end = slash != NULL ? slash : path;

    *key = 14695981039346656037u; /* FNV-1a */
    for (; path < end; path++)
        *key = (*key ^ (unsigned char)*path) * 1099511628211u;
    return &folders[(*key ^ *key >> 32) % FOLDERS];
}

static int open_cached(const char *path)
{
    const struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NOCTTY |
                                          O_NOFOLLOW | O_NONBLOCK,
                                 .resolve = RESOLVE_CACHED};

    return (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how);
}

static int read_open(int descriptor, size_t size, char **out_bytes,
                     size_t *out_length)
{
    char *bytes = malloc(size + 1);
    size_t length = 0;
    int status;

    if (bytes == NULL)
        return DUET_ENOMEM;
    /* If the file has grown meanwhile, the byte for the NUL is filled, too. */
    status =
        duet__transfer_read_cached(descriptor, 0, bytes, size + 1, &length);
    if (status != 0 || length > size) {
        free(bytes);
        return DUET_EAGAIN;
    }
    bytes[length] = '\0';
    *out_bytes = bytes;
    *out_length = length;
    return 0;
}

int duet__page_cache_read(const char *path, size_t limit, char **out_bytes,
                          size_t *out_length)
{
    uint64_t key;
    folder *folder = place_of(path, &key);
    struct stat facts;
    int status = DUET_EAGAIN;
    int descriptor;

    if (folder->device == 0 || folder->key != key)
        return status;
    descriptor = open_cached(path);
    if (descriptor < 0)
        return status;
    if (fstat(descriptor, &facts) != 0 || facts.st_dev != folder->device)
        folder->device = 0;
    else if (S_ISREG(facts.st_mode) && facts.st_size > 0 &&
             facts.st_size <= MOST_BYTES && (size_t)facts.st_size <= limit)
        status =
            read_open(descriptor, (size_t)facts.st_size, out_bytes, out_length);
    close(descriptor);
    return status;
}

/* --- learning ------------------------------------------------------------- */

/* File systems that wait for no network and no other program: not FUSE, not
 * NFS, nor those stacked on others. */
static bool is_local(int descriptor)
{
    static const unsigned types[] = {EXT4_SUPER_MAGIC, XFS_SUPER_MAGIC,
                                     BTRFS_SUPER_MAGIC, TMPFS_MAGIC,
                                     F2FS_SUPER_MAGIC};
    struct statfs facts;

    if (fstatfs(descriptor, &facts) != 0)
        return false;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if ((unsigned)facts.f_type == types[i])
            return true;
    return false;
}

uint64_t duet__page_cache_device(int descriptor)
{
    struct stat facts;
    size_t length;
    char byte;

    if (!is_local(descriptor) || fstat(descriptor, &facts) != 0 ||
        facts.st_size == 0 || facts.st_size > MOST_BYTES ||
        duet__transfer_read_cached(descriptor, 0, &byte, 1, &length) != 0)
        return 0;
    return facts.st_dev;
}

void duet__page_cache_learn(const char *path, uint64_t device)
{
    uint64_t key;
    folder *folder = place_of(path, &key);

    if (device != 0)
        *folder = (struct folder){.key = key, .device = device};
}
