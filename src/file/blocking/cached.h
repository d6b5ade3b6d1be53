/* SPDX-License-Identifier: MIT */
/* cached.h - reading a whole file that lies in memory at once, without a
 * thread.
 *
 * Opening a file may block: for its path, which the kernel can be told to
 * refuse, and in its file system, if that asks a network or a program. So a
 * file is opened at once only in folders of which a thread has learned that
 * they are on a file system that asks nobody. */
#ifndef DUET_FILE_BLOCKING_CACHED_H
#define DUET_FILE_BLOCKING_CACHED_H

#include <stddef.h>
#include <stdint.h>

/* Reads the file at `path` if that blocks nobody.
 *
 *   limit       most bytes
 *   out_bytes   returned-owned (free()), with a NUL after the last byte
 *   out_length  how many bytes
 *
 * Returns 0, DUET_ENOMEM, or
 *   DUET_EAGAIN  it has to be read by a thread, whatever the reason */
int duet__cached_read(const char *path, size_t limit, char **out_bytes,
                      size_t *out_length);

/* Finds out what duet__cached_learn() wants to know. May block.
 *
 *   descriptor  of a regular file
 *
 * Returns the file's device, or 0 if its like cannot be read at once. */
uint64_t duet__cached_device(int descriptor);

/* Keeps, for this thread, that files in the folder of `path` are on `device`
 * and can be read at once. */
void duet__cached_learn(const char *path, uint64_t device);

#endif
