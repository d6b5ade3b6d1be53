/* SPDX-License-Identifier: MIT */
/* stat.h - the system's facts about a file as duet's. */
#ifndef DUET_FILE_BLOCKING_STAT_H
#define DUET_FILE_BLOCKING_STAT_H

#include <sys/stat.h>

#include <duet/path.h>

/* What a value of st_mode says. */
duet_file_kind duet__kind_of_mode(mode_t mode);

duet_stat duet__stat_from(const struct stat *facts);

#endif
