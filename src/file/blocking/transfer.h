/* SPDX-License-Identifier: MIT */
/* transfer.h - reading and writing until all is there.
 *
 * Signals and short transfers are dealt with here. The codes carry no detail:
 * the caller knows the path. Any thread. */
#ifndef DUET_FILE_BLOCKING_TRANSFER_H
#define DUET_FILE_BLOCKING_TRANSFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In place of an offset: where the descriptor stands, as read(2) does. */
#define DUET__TRANSFER_HERE ((int64_t)-1)

/* Reads until `room` bytes are there or the file ends; DUET__TRANSFER_HERE
 * reads once. May block.
 *
 *   length  how many bytes were read; untouched on failure
 *
 * Returns 0 or the code of read(2)'s error. */
int duet__transfer_read(int descriptor, int64_t offset, char *bytes,
                        size_t room, size_t *length);

/* Reads what is in memory already, without blocking; DUET__TRANSFER_HERE reads
 * once.
 *
 *   length  how many bytes were read, whatever is returned
 *
 * Returns 0 if `room` bytes are there or the file has ended, or
 *   DUET_EAGAIN  more would have to be waited for
 *   DUET_ENOTSUP the kernel cannot tell for this file
 *   or the code of the error */
int duet__transfer_read_cached(int descriptor, int64_t offset, char *bytes,
                               size_t room, size_t *length);

/* Writes all. May block. On failure any part may have been written.
 *
 * Returns 0 or the code of write(2)'s error. */
int duet__transfer_write(int descriptor, int64_t offset, const char *bytes,
                         size_t length);

#endif
