/* SPDX-License-Identifier: MIT */
/* stream.h - reads and writes files without positions: pipes, terminals.
 *
 * A thread that reads a pipe may wait for ever, and nothing could end it. So
 * the task waits until there is data, which is then read without blocking:
 * giving up at any moment loses nothing. */
#ifndef DUET_FILE_BLOCKING_STREAM_H
#define DUET_FILE_BLOCKING_STREAM_H

#include <stddef.h>

#include <duet/time.h>

/* Waits until there is data to read, and reads it.
 *
 *   descriptor  open for reading, otherwise the wait never ends
 *   out_length  how many bytes, 0 at the end; untouched on failure
 *
 * Returns 0, a code of duet_wait_readable() or read(2), or
 *   DUET_ENOTSUP  there is data, but the kernel can read it only in a way that
 *                 may block if others read it, too */
int duet__stream_read(int descriptor, char *bytes, size_t room,
                      size_t *out_length, duet_deadline deadline);

/* Waits until there is room, and writes as much as fits.
 *
 *   descriptor  open for writing, otherwise the wait never ends
 *   out_length  how many bytes were written; untouched on failure
 *
 * Returns 0, a code of duet_wait_writable() or write(2), or
 *   DUET_ENOTSUP  there is room for PIPE_BUF bytes, but the kernel can write
 *                 them only in a way that may block if others write, too */
int duet__stream_write(int descriptor, const char *bytes, size_t length,
                       size_t *out_length, duet_deadline deadline);

#endif
