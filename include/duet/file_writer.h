/* SPDX-License-Identifier: MIT */
/* file_writer.h - a writer to a file, which combines many small writes into a
 * few large ones.
 *
 * Example, given duet_file *file:
 *
 *     duet_writer *writer;
 *
 *     status = duet_file_writer(file, NULL, &writer);
 *     for (int i = 0; status == 0 && i < 1000; i++)
 *         status = duet_write(writer, "line\n", 5, DUET_NEVER);
 *     if (status == 0)
 *         status = duet_writer_end(writer, DUET_NEVER);
 *     duet_writer_close(writer);
 *
 * Each duet_file_write() runs in a thread, which costs far more than copying a
 * line. A writer copies to a buffer and writes it when it is full. So others
 * see the bytes later, and a failure may be reported by a later call: flush or
 * end before you rely on the result.
 *
 * Threads: for the loop's own thread.
 */
#ifndef DUET_FILE_WRITER_H
#define DUET_FILE_WRITER_H

#include <stddef.h>

#include <duet/export.h>
#include <duet/file.h>
#include <duet/writer.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_file_writer_options {
    /* Bytes of the buffer. Default 128 KiB, 512 to 64 MiB. */
    size_t buffer_bytes;
} duet_file_writer_options;

/* Makes a writer. When it writes its buffer, it does so at the file's position,
 * and moves it. What is at least as long as the buffer is written at once.
 * Flushing and ending write the buffer; they do not put it on the disk, see
 * duet_file_sync(). What was not flushed is dropped when the writer is given
 * up; what was, stays: for a file that is whole or not there see
 * duet_replacement_writer().
 *
 *   file        borrowed until the writer is closed; it stays open
 *   options     borrowed until return; NULL for all defaults
 *   out_writer  returned-owned (duet_writer_close()); NULL on failure
 *
 * Returns 0, or
 *   DUET_EINVAL  the option is out of range; see the detail
 *   DUET_ENOMEM  no memory
 * Writing returns the codes of duet_file_write(). A call that may be repeated
 * writes nothing twice, as the file's position has not moved; only when
 * appending or writing to a pipe a part may be written twice.
 * Source: setvbuf(3), io.BufferedWriter. */
DUET_API DUET_MUST_USE int
duet_file_writer(duet_file *file, const duet_file_writer_options *options,
                 duet_writer **out_writer);

DUET_END_DECLARATIONS

#endif
