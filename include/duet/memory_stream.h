/* SPDX-License-Identifier: MIT */
/* memory_stream.h - readers and writers of memory, and a pipe between tasks.
 *
 * Source: io.BytesIO, Go's bytes.Reader, bytes.Buffer and io.Pipe().
 */
#ifndef DUET_MEMORY_STREAM_H
#define DUET_MEMORY_STREAM_H

#include <stddef.h>
#include <stdint.h>

#include <duet/export.h>
#include <duet/reader.h>
#include <duet/writer.h>

DUET_BEGIN_DECLARATIONS

/* Makes a reader of bytes in memory. It lends them where they are, knows how
 * many are left, and can be rewound. It never waits.
 *
 *   bytes       borrowed until the reader is closed
 *   out_reader  returned-owned (duet_reader_close()); NULL on failure
 *
 * Returns 0, or
 *   DUET_ENOMEM  no memory */
DUET_API DUET_MUST_USE int duet_memory_reader(const void *bytes, size_t length,
                                              duet_reader **out_reader);

/* Makes a writer that gathers what it is given.
 *
 *   limit_bytes  the most bytes; DUET_NO_LIMIT for any number. Beyond it,
 *                writing returns DUET_ETOOLARGE and has gathered what fits
 *   out_writer   returned-owned (duet_writer_close()); NULL on failure
 *
 * Returns 0, or
 *   DUET_EINVAL  limit_bytes is negative and not DUET_NO_LIMIT
 *   DUET_ENOMEM  no memory; writing may return it, too */
DUET_API DUET_MUST_USE int duet_memory_writer(int64_t limit_bytes,
                                              duet_writer **out_writer);

/* What a writer of duet_memory_writer() has gathered.
 *
 *   writer      borrowed; made by duet_memory_writer()
 *   out_length  how many bytes; may be NULL
 *
 * Returns the bytes, followed by a NUL that is not counted; borrowed until the
 * next call on the writer. Never NULL. */
DUET_API const char *duet_memory_writer_bytes(const duet_writer *writer,
                                              size_t *out_length);

/* Makes a pipe: what one task writes to the writer, another reads from the
 * reader. The writing task waits while the pipe is full, the reading one while
 * it is empty. Ending the writer ends the reader (DUET_EEMPTY); giving it up
 * is DUET_ETRUNCATED there; once the reader is closed, writing returns
 * DUET_EPIPE.
 *
 *   capacity_bytes  default (0) 64 KiB; 1 to 64 MiB
 *   out_reader      returned-owned (duet_reader_close()); NULL on failure
 *   out_writer      returned-owned (duet_writer_close()); NULL on failure
 *
 * Returns 0, or
 *   DUET_EINVAL  capacity_bytes is out of range
 *   DUET_ENOMEM  no memory; the first write may return it, too
 * Source: io.Pipe(), pipe(2). */
DUET_API DUET_MUST_USE int duet_memory_pipe(size_t capacity_bytes,
                                            duet_reader **out_reader,
                                            duet_writer **out_writer);

DUET_END_DECLARATIONS

#endif
