/* SPDX-License-Identifier: MIT */
/* stat.c - converts struct stat to duet's facts about a file. */
#include "file/blocking/stat.h"

duet_file_kind duet__kind_of_mode(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFREG:
        return DUET_KIND_FILE;
    case S_IFDIR:
        return DUET_KIND_FOLDER;
    case S_IFLNK:
        return DUET_KIND_SYMLINK;
    case S_IFIFO:
        return DUET_KIND_PIPE;
    case S_IFBLK:
    case S_IFCHR:
        return DUET_KIND_DEVICE;
    default:
        return DUET_KIND_OTHER;
    }
}

static int64_t in_ns(const struct timespec *time)
{
    return (int64_t)time->tv_sec * 1000000000 + time->tv_nsec;
}

duet_stat duet__stat_from(const struct stat *facts)
{
    return (duet_stat){.kind = duet__kind_of_mode(facts->st_mode),
                       .permissions = facts->st_mode & 07777,
                       .size_bytes = facts->st_size,
                       .used_bytes = (int64_t)facts->st_blocks * 512,
                       .modified_ns = in_ns(&facts->st_mtim),
                       .accessed_ns = in_ns(&facts->st_atim),
                       .changed_ns = in_ns(&facts->st_ctim),
                       .device = facts->st_dev,
                       .inode = facts->st_ino,
                       .links = facts->st_nlink,
                       .user = facts->st_uid,
                       .group = facts->st_gid};
}
