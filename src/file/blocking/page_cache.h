/* SPDX-License-Identifier: MIT */
/* page_cache.h - reads a whole file without a thread if it is in the page
 * cache.
 *
 * Opening a file may block: on the lookup of its path, which the kernel can be
 * told to refuse, and in its file system, if that waits for the network or for
 * another program. So a file is opened without a thread only in folders that a
 * thread has found to be on a file system that waits for neither. */
#ifndef DUET_FILE_BLOCKING_PAGE_CACHE_H
#define DUET_FILE_BLOCKING_PAGE_CACHE_H

#include <stddef.h>
#include <stdint.h>

/* Reads the file at `path` if that does not block.
 *
 *   limit       most bytes
 *   out_bytes   returned-owned (free()), with a NUL after the last byte
 *   out_length  how many bytes
 *
 * Returns 0, DUET_ENOMEM, or
 *   DUET_EAGAIN it has to be read by a thread, for whatever reason */
int duet__page_cache_read(const char *path, size_t limit, char **out_bytes,
                          size_t *out_length);

/* Finds out the device for duet__page_cache_learn(). May block.
 *
 *   descriptor  of a regular file
 *
 * Returns the file's device, or 0 if files on it cannot be read without
 * blocking. */
uint64_t duet__page_cache_device(int descriptor);

/* Remembers, for this thread, that files in the folder of `path` are on
 * `device` and can be read without blocking. */
void duet__page_cache_learn(const char *path, uint64_t device);

#endif
