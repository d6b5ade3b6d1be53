/* SPDX-License-Identifier: MIT */
/* tree.h - removes a folder and its contents. */
#ifndef DUET_FILE_PATH_TREE_H
#define DUET_FILE_PATH_TREE_H

#include "file/blocking/job.h"

/* Removes job->path and all below it; a job's run(). Blocks.
 *
 * Returns 0, the code of the first failure with detail, or DUET_ELIMIT if the
 * folders are nested too deep. After a failure the rest is still removed. */
int duet__tree_remove(duet__job *job);

#endif
