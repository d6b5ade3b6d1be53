/* SPDX-License-Identifier: MIT */
/* file_reader.h - a file line by line, or chunk by chunk, read ahead.
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
 * The file is read in blocks. While the lines of one are handed out, which
 * takes no switch and no thread, the next is read: at once if it lies in
 * memory, else by a pool thread. Between two blocks other tasks run.
 *
 * A reader goes its own way: it starts at the file's position, does not move
 * it, and takes no turns with other calls on the file. What is written
 * meanwhile, it may see or not. Of a pipe it takes the bytes.
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
    /* Bytes of a block, and the most of a chunk; two are kept. Default 128 KiB,
     * 512 to 64 MiB. */
    size_t block_bytes;
    /* Longest line, without its end. Default 1 MiB; DUET_NO_LIMIT for any. */
    int64_t line_limit_bytes;
    /* Hand out lines with their newline. Default false. */
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

/* The next line. The last one needs no newline at its end.
 *
 *   out_line    borrowed until the next call on the reader; may be changed; a
 *               NUL that is not counted stands after it. NULL on failure
 *   out_length  how many bytes; a line may contain NUL; 0 on failure
 *
 * Returns 0, or
 *   DUET_EEMPTY     no further line; asking again looks again
 *   DUET_ETOOLARGE  the line is longer than the limit; the call may be repeated
 *                   and fails again
 *   DUET_ETIMEDOUT, DUET_ECANCELED  nothing is lost: the next call goes on
 *   DUET_EBADF      the file is not open for reading
 *   DUET_ENOMEM, DUET_ELIMIT, DUET_ENOLOOP  as duet_to_thread(); nothing is
 *                   lost
 *   or another code of read(2)
 * Source: getline(3), aiofiles, `async for`. */
DUET_API DUET_MUST_USE int duet_file_reader_line(duet_file_reader *reader,
                                                 char **out_line,
                                                 size_t *out_length,
                                                 duet_deadline deadline);

/* The bytes that follow, as many as are at hand, at least one. May be mixed
 * with lines.
 *
 *   out_bytes   borrowed until the next call on the reader; may be changed.
 *               NULL on failure
 *   out_length  how many; 0 on failure
 *
 * Returns the codes of duet_file_reader_line() but DUET_ETOOLARGE. */
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
