/* SPDX-License-Identifier: MIT */
/* stream.h - reading and writing what has no positions: pipes, terminals.
 *
 * A thread that reads a pipe may wait for ever, and nothing could end it. So
 * the task waits until there is something, and what is there is taken without
 * blocking: giving up at any moment loses nothing. */
#ifndef DUET_FILE_BLOCKING_STREAM_H
#define DUET_FILE_BLOCKING_STREAM_H

#include <stddef.h>

#include <duet/time.h>

/* Waits until there is something to read, and reads it.
 *
 *   descriptor  open for reading, else the wait is for ever
 *   out_length  how many bytes, 0 at the end; untouched on failure
 *
 * Returns 0, a code of duet_wait_readable() or read(2), or
 *   DUET_ENOTSUP  there is something, but the kernel reads it only in a way
 *                 that may block if others read it, too */
int duet__stream_read(int descriptor, char *bytes, size_t room,
                      size_t *out_length, duet_deadline deadline);

/* Waits until there is room, and fills it.
 *
 *   descriptor  open for writing, else the wait is for ever
 *   out_length  how many bytes were written; untouched on failure
 *
 * Returns 0, a code of duet_wait_writable() or write(2), or
 *   DUET_ENOTSUP  there is room for PIPE_BUF bytes, but the kernel writes them
 *                 only in a way that may block if others write, too */
int duet__stream_write(int descriptor, const char *bytes, size_t length,
                       size_t *out_length, duet_deadline deadline);

#endif
