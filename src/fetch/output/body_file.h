/* SPDX-License-Identifier: MIT */
/* body_file.h - a file that gets its name only when it is complete.
 *
 * It is written under a temporary name in its directory, ".duet-SERIAL.part",
 * and then renamed to a name that did not exist: no file is ever overwritten. A
 * process that uses a directory holds a shared lock on it (flock(2)); one that
 * finds it unlocked removes the temporary files of killed processes.
 */
#ifndef DUET_FETCH_OUTPUT_BODY_FILE_H
#define DUET_FETCH_OUTPUT_BODY_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <duet/export.h>

enum { DUET__TEMPORARY_NAME_BYTES = 64 };

typedef struct duet__body_file {
    int directory;  /* borrowed */
    int descriptor; /* -1: no file is open */
    char temporary[DUET__TEMPORARY_NAME_BYTES];
} duet__body_file;

/* Opens a directory for body files, makes it if it does not exist, with the
 * directories above it, and removes temporary files of killed processes.
 *
 *   descriptor  to be closed by the caller
 *
 * Returns 0, or the code of an error of mkdir(2), open(2) or access(2), with
 * detail. */
DUET_MUST_USE int duet__body_directory_open(const char *name, int *descriptor);

/* Makes an object without a file.
 *
 *   directory  a descriptor; borrowed */
void duet__body_file_init(duet__body_file *file, int directory);

/* Starts an empty temporary file, or empties the one that is open.
 *
 *   serial  a number that no other file in the directory has, practically
 *           random, as other processes may use the directory, too
 *
 * Returns 0, or the code of an error of open(2) or ftruncate(2), with
 * detail. */
DUET_MUST_USE int duet__body_file_start(duet__body_file *file, uint64_t serial);

/* Writes at the end of the temporary file.
 *
 * Returns 0, or the code of write(2)'s error, with detail. */
DUET_MUST_USE int duet__body_file_write(duet__body_file *file,
                                        const void *bytes, size_t count);

/* Renames the file to its name, unless that exists.
 *
 * Returns 0, and the file is closed; DUET_EEXIST if the name exists, and the
 * file is kept for another name; or the code of an error of rename(2) or
 * close(2), with detail. */
DUET_MUST_USE int duet__body_file_keep(duet__body_file *file, const char *name);

/* Does that name exist in the directory?
 *
 *   bytes  set if so: its size */
bool duet__body_file_exists(int directory, const char *name, uint64_t *bytes);

/* Removes the temporary file, if there is one. */
void duet__body_file_discard(duet__body_file *file);

#endif
