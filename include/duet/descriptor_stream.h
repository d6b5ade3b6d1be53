/* SPDX-License-Identifier: MIT */
/* descriptor_stream.h - readers and writers of a pipe, a socket or a terminal.
 *
 * For regular files see file.h: the system cannot wait for them without a
 * thread.
 *
 * Source: asyncio.loop.connect_read_pipe(), connect_write_pipe().
 */
#ifndef DUET_DESCRIPTOR_STREAM_H
#define DUET_DESCRIPTOR_STREAM_H

#include <stdbool.h>
#include <stddef.h>

#include <duet/export.h>
#include <duet/reader.h>
#include <duet/writer.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_descriptor_stream_options {
    /* Leave the descriptor open when the stream is closed. Default false. */
    bool keeps_open;
    /* The most bytes of a piece. Memory for them is there only while bytes are
     * being read. Default 64 KiB, at most 64 MiB. For readers. */
    size_t piece_bytes;
} duet_descriptor_stream_options;

/* Makes a reader of a descriptor, which becomes non-blocking.
 *
 *   descriptor  taken on success, unless keeps_open
 *   options     borrowed until return; NULL for all defaults
 *   out_reader  returned-owned (duet_reader_close()); NULL on failure
 *
 * Returns 0, or
 *   DUET_EINVAL  piece_bytes is out of range
 *   DUET_EBADF   not an open descriptor
 *   DUET_ENOTSUP  a regular file or a folder
 *   DUET_ENOMEM  no memory
 * Reading returns the codes of duet_wait_readable() and read(2), such as
 * DUET_ECONNRESET. */
DUET_API DUET_MUST_USE int
duet_descriptor_reader(int descriptor,
                       const duet_descriptor_stream_options *options,
                       duet_reader **out_reader);

/* Makes a writer of a descriptor, which becomes non-blocking. Nothing is held
 * back. Ending it closes the descriptor, so that a pipe ends; on a socket whose
 * descriptor is kept open it shuts writing down.
 *
 *   descriptor  taken on success, unless keeps_open
 *   options     borrowed until return; NULL for all defaults
 *   out_writer  returned-owned (duet_writer_close()); NULL on failure
 *
 * Returns the codes of duet_descriptor_reader(). Writing returns the codes of
 * duet_wait_writable() and write(2), such as DUET_EPIPE; SIGPIPE is not
 * raised. */
DUET_API DUET_MUST_USE int
duet_descriptor_writer(int descriptor,
                       const duet_descriptor_stream_options *options,
                       duet_writer **out_writer);

DUET_END_DECLARATIONS

#endif
