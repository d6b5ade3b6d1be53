/* SPDX-License-Identifier: MIT */
/* file_writer.h - combines many small writes to a file into a few large ones.
 *
 * Example, given duet_file *file:
 *
 *     duet_file_writer *writer;
 *
 *     status = duet_file_writer_new(file, NULL, &writer);
 *     for (int i = 0; status == 0 && i < 1000; i++)
 *         status = duet_file_writer_write(writer, "line\n", 5, DUET_NEVER);
 *     if (status == 0)
 *         status = duet_file_writer_flush(writer, DUET_NEVER);
 *     duet_file_writer_free(writer);
 *
 * Each duet_file_write() runs in a thread, which costs far more than copying a
 * line. A writer copies to a buffer and writes it when it is full. So others
 * see the bytes later, and a failure may be reported by a later call: flush
 * before you rely on the result.
 *
 * Threads: for the loop's own thread, and one task at a time.
 */
#ifndef DUET_FILE_WRITER_H
#define DUET_FILE_WRITER_H

#include <stddef.h>

#include <duet/export.h>
#include <duet/file.h>
#include <duet/time.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_file_writer duet_file_writer;

typedef struct duet_file_writer_options {
    /* Bytes of the buffer. Default 128 KiB, 512 to 64 MiB. */
    size_t buffer_bytes;
} duet_file_writer_options;

/* Makes a writer. When it writes its buffer, it does so at the file's position,
 * and moves it.
 *
 *   file        borrowed until duet_file_writer_free()
 *   options     borrowed until return; NULL for all defaults
 *   out_writer  returned-owned (duet_file_writer_free()); NULL on failure
 *
 * Returns 0, or
 *   DUET_EINVAL  the option is out of range; see the detail
 *   DUET_ENOMEM  no memory
 * Source: setvbuf(3), io.BufferedWriter. */
DUET_API DUET_MUST_USE int
duet_file_writer_new(duet_file *file, const duet_file_writer_options *options,
                     duet_file_writer **out_writer);

/* Buffers bytes to be written. Waits only if the buffer has to be written first
 * to make room.
 *
 *   bytes  copied; if they are at least as many as the buffer holds, they are
 *          written at once, borrowed until return
 *
 * Returns 0, or the codes of duet_file_write(): then none of these bytes is
 * buffered, and the buffer is kept. The call may be repeated: nothing is lost
 * or written twice, as the file's position has not moved; only when appending
 * or writing to a pipe a part may be written twice. Source: fwrite(3). */
DUET_API DUET_MUST_USE int duet_file_writer_write(duet_file_writer *writer,
                                                  const void *bytes,
                                                  size_t length,
                                                  duet_deadline deadline);

/* Writes the buffer; an empty one is not a failure. This does not put it on the
 * disk, see duet_file_sync().
 *
 * Returns 0, or the codes of duet_file_write(); then the buffer is kept, and
 * the call may be repeated like duet_file_writer_write(). Source: fflush(3). */
DUET_API DUET_MUST_USE int duet_file_writer_flush(duet_file_writer *writer,
                                                  duet_deadline deadline);

/* How many bytes are buffered and not written. */
DUET_API size_t duet_file_writer_pending(const duet_file_writer *writer);

/* Frees a writer; what was not flushed is dropped. The file stays open.
 *
 *   writer  taken; NULL does nothing */
DUET_API void duet_file_writer_free(duet_file_writer *writer);

DUET_END_DECLARATIONS

#endif
