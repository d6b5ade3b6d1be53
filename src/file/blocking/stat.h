/* SPDX-License-Identifier: MIT */
/* stat.h - converts struct stat to duet's facts about a file. */
#ifndef DUET_FILE_BLOCKING_STAT_H
#define DUET_FILE_BLOCKING_STAT_H

#include <sys/stat.h>

#include <duet/path.h>

/* The kind of file that st_mode means. */
duet_file_kind duet__kind_of_mode(mode_t mode);

duet_stat duet__stat_from(const struct stat *facts);

#endif
