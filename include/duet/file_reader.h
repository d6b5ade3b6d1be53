/* SPDX-License-Identifier: MIT */
/* file_reader.h - reads a file by lines or chunks, and reads ahead.
 *
 * Example, given duet_file *file:
 *
 *     duet_file_reader *reader;
 *     char *line;
 *     size_t length;
 *
 *     status = duet_file_reader_new(file, NULL, &reader);
 *     while (status == 0) {
 *         status = duet_file_reader_line(reader, &line, &length, DUET_NEVER);
 *         if (status == 0)
 *             puts(line);
 *     }
 *     duet_file_reader_free(reader);
 *     if (status != DUET_EEMPTY)
 *         printf("failed: %s\n", duet_error_message(status));
 *
 * The file is read in blocks. While the lines of one are returned, which takes
 * no switch and no thread, the next is read: at once if it is in the page
 * cache, otherwise by a pool thread. Between two blocks other tasks run.
 *
 * A reader is independent of the file's position: it starts there, does not
 * move it, and does not take turns with other calls on the file. It may or may
 * not see what is written meanwhile. From a pipe it consumes the bytes.
 *
 * Threads: for the loop's own thread.
 */
#ifndef DUET_FILE_READER_H
#define DUET_FILE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <duet/export.h>
#include <duet/file.h>
#include <duet/time.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_file_reader duet_file_reader;

typedef struct duet_file_reader_options {
    /* Bytes of a block, and the most bytes of a chunk; two blocks are kept.
     * Default 128 KiB, 512 to 64 MiB. */
    size_t block_bytes;
    /* Longest line, without its end. Default 1 MiB; DUET_NO_LIMIT for any. */
    int64_t line_limit_bytes;
    /* Return lines with their newline. Default false. */
    bool keep_newline;
} duet_file_reader_options;

/* Makes a reader that starts at the file's position.
 *
 *   file        borrowed until return; it may be closed before the reader is
 *               freed
 *   options     borrowed until return; NULL for all defaults
 *   out_reader  returned-owned (duet_file_reader_free()); NULL on failure
 *
 * Returns 0, or
 *   DUET_EINVAL  an option is out of range; see the detail
 *   DUET_ENOMEM  no memory */
DUET_API DUET_MUST_USE int
duet_file_reader_new(duet_file *file, const duet_file_reader_options *options,
                     duet_file_reader **out_reader);

/* Reads the next line. The last one needs no newline at its end.
 *
 *   out_line    borrowed until the next call on the reader; may be changed;
 *               followed by a NUL that is not counted. NULL on failure
 *   out_length  how many bytes; a line may contain NUL; 0 on failure
 *
 * Returns 0, or
 *   DUET_EEMPTY     no more lines; a later call looks again
 *   DUET_ETOOLARGE  the line is longer than the limit; the call may be repeated
 *                   and fails again
 *   DUET_ETIMEDOUT, DUET_ECANCELED  nothing is lost: the next call continues
 *   DUET_EBADF      the file is not open for reading
 *   DUET_ENOMEM, DUET_ELIMIT, DUET_ENOLOOP  as duet_to_thread(); nothing is
 *                   lost
 *   or another code of read(2)
 * Source: getline(3), aiofiles, `async for`. */
DUET_API DUET_MUST_USE int duet_file_reader_line(duet_file_reader *reader,
                                                 char **out_line,
                                                 size_t *out_length,
                                                 duet_deadline deadline);

/* The next bytes, as many as are in the block, at least one. May be mixed with
 * lines.
 *
 *   out_bytes   borrowed until the next call on the reader; may be changed.
 *               NULL on failure
 *   out_length  how many; 0 on failure
 *
 * Returns the codes of duet_file_reader_line() except DUET_ETOOLARGE. */
DUET_API DUET_MUST_USE int duet_file_reader_chunk(duet_file_reader *reader,
                                                  char **out_bytes,
                                                  size_t *out_length,
                                                  duet_deadline deadline);

/* Frees a reader; a thread that reads ahead ends by itself.
 *
 *   reader  taken; NULL does nothing */
DUET_API void duet_file_reader_free(duet_file_reader *reader);

DUET_END_DECLARATIONS

#endif
