/* SPDX-License-Identifier: MIT */
/* transfer.h - reads and writes complete amounts.
 *
 * Interrupted and short transfers are continued here. The codes carry no
 * detail: the caller knows the path. Any thread. */
#ifndef DUET_FILE_BLOCKING_TRANSFER_H
#define DUET_FILE_BLOCKING_TRANSFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Instead of an offset: the descriptor's own position, as for read(2). */
#define DUET__TRANSFER_HERE ((int64_t)-1)

/* Reads until `room` bytes were read or the file ends; DUET__TRANSFER_HERE
 * reads once. May block.
 *
 *   length  how many bytes were read; untouched on failure
 *
 * Returns 0 or the code of read(2)'s error. */
int duet__transfer_read(int descriptor, int64_t offset, char *bytes,
                        size_t room, size_t *length);

/* Reads what is in the page cache, without blocking; DUET__TRANSFER_HERE reads
 * once.
 *
 *   length  how many bytes were read, whatever is returned
 *
 * Returns 0 if `room` bytes were read or the file has ended, or DUET_EAGAIN
 *   reading more would block DUET_ENOTSUP the kernel cannot tell for this file
 *   or the code of the error */
int duet__transfer_read_cached(int descriptor, int64_t offset, char *bytes,
                               size_t room, size_t *length);

/* Writes all. May block. On failure any part may have been written.
 *
 * Returns 0 or the code of write(2)'s error. */
int duet__transfer_write(int descriptor, int64_t offset, const char *bytes,
                         size_t length);

#endif
