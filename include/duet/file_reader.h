/* SPDX-License-Identifier: MIT */
/* file_reader.h - a reader of a file, which reads ahead.
 *
 * Example, given duet_file *file:
 *
 *     duet_reader *reader;
 *     const char *line;
 *
 *     status = duet_file_reader(file, NULL, &reader);
 *     while (status == 0) {
 *         status = duet_read_line(reader, &line, NULL, DUET_NEVER);
 *         if (status == 0)
 *             puts(line);
 *     }
 *     duet_reader_close(reader);
 *     if (status != DUET_EEMPTY)
 *         printf("failed: %s\n", duet_error_message(status));
 *
 * The file is read in blocks. While the lines of one are returned, which takes
 * no switch and no thread, the next is read: at once if it is in the page
 * cache, otherwise by a pool thread. Between two blocks other tasks run.
 *
 * A reader is independent of the file's position: it starts there, does not
 * move it, and does not take turns with other calls on the file. It may or may
 * not see what is written meanwhile; after the end, a later call looks again.
 * From a pipe it consumes the bytes.
 *
 * Threads: for the loop's own thread.
 */
#ifndef DUET_FILE_READER_H
#define DUET_FILE_READER_H

#include <stddef.h>

#include <duet/export.h>
#include <duet/file.h>
#include <duet/reader.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_file_reader_options {
    /* Bytes of a block, and the most bytes of a piece; two blocks are kept.
     * Default 128 KiB, 512 to 64 MiB. */
    size_t block_bytes;
} duet_file_reader_options;

/* Makes a reader that starts at the file's position. If the file has positions
 * it can be rewound to there, and knows how many bytes are left.
 *
 *   file        borrowed until return; it may be closed before the reader is
 *   options     borrowed until return; NULL for all defaults
 *   out_reader  returned-owned (duet_reader_close()); NULL on failure
 *
 * Returns 0, or
 *   DUET_EINVAL  an option is out of range; see the detail
 *   DUET_ENOMEM  no memory
 * Reading returns the codes of duet_read_next(), DUET_EBADF if the file is not
 * open for reading, DUET_ELIMIT as duet_to_thread(), or another code of
 * read(2).
 * Source: aiofiles, `async for`. */
DUET_API DUET_MUST_USE int
duet_file_reader(duet_file *file, const duet_file_reader_options *options,
                 duet_reader **out_reader);

DUET_END_DECLARATIONS

#endif
