/* SPDX-License-Identifier: MIT */
/* reader.h - a reader is a source of bytes that is awaited.
 *
 * Bodies of requests and responses, files, pipes of child programs, sockets,
 * decoders, parts of a form and plain memory are all read in the same way:
 *
 *     const char *line;
 *
 *     while ((status = duet_read_line(reader, &line, NULL, DUET_NEVER)) == 0)
 *         puts(line);
 *     if (status != DUET_EEMPTY)
 *         fprintf(stderr, "%s\n", duet_error_message(status));
 *
 * The end of the bytes is DUET_EEMPTY, of every call and as often as it is
 * asked. Bytes that ended before they should, such as a body that was cut off,
 * never end in DUET_EEMPTY but in another code.
 *
 * A call that fails loses nothing: what had come already, also when it was part
 * of a line or of an exact count, is what the next call returns. So each call
 * can be cancelled, or given a deadline, and repeated. The ways to read may be
 * mixed.
 *
 * Memory: a reader holds no more than the piece that its source lends, and a
 * line or exact count that is not complete yet.
 *
 * Threads: for the loop's own thread, and one task at a time: a second one gets
 * DUET_EBUSY.
 *
 * Source: asyncio.StreamReader, Go's io.Reader and bufio.Reader.
 */
#ifndef DUET_READER_H
#define DUET_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <duet/export.h>
#include <duet/time.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_reader duet_reader;

/* Returns the next bytes, as many as there are at once, at least one.
 *
 *   out_bytes   borrowed until the next call on the reader; not followed by a
 *               NUL. NULL on failure
 *   out_length  how many; 0 on failure
 *
 * Returns 0, or
 *   DUET_EEMPTY     no more bytes
 *   DUET_ETIMEDOUT  the deadline passed
 *   DUET_ECANCELED  the task was cancelled
 *   DUET_EBUSY      another task is reading
 *   DUET_ENOMEM     no memory
 *   DUET_ENOLOOP    it had to wait, and the caller is not a task
 *   or a code of the source: see the function that made the reader
 * Source: asyncio.StreamReader.read(), aiohttp's content.iter_any(). */
DUET_API DUET_MUST_USE int duet_read_next(duet_reader *reader,
                                          const char **out_bytes,
                                          size_t *out_length,
                                          duet_deadline deadline);

/* Like duet_read_next(), but what is returned stays: the next call on the
 * reader returns it again. Source: bufio.Reader.Peek(). */
DUET_API DUET_MUST_USE int duet_peek(duet_reader *reader,
                                     const char **out_bytes, size_t *out_length,
                                     duet_deadline deadline);

/* Reads what is there at once into a buffer, at least one byte.
 *
 *   buffer      borrowed until return
 *   size        of the buffer; 0 reads nothing and returns 0
 *   out_length  how many bytes were read; 0 on failure
 *
 * Returns the codes of duet_read_next(). Source: read(2). */
DUET_API DUET_MUST_USE int duet_read(duet_reader *reader, void *buffer,
                                     size_t size, size_t *out_length,
                                     duet_deadline deadline);

/* Fills a buffer.
 *
 *   buffer  borrowed until return; its contents are undefined on failure
 *   size    how many bytes to read
 *
 * Returns 0, or the codes of duet_read_next() - DUET_EEMPTY if the source had
 * ended before - and
 *   DUET_ETRUNCATED  fewer bytes were left, at least one
 * On failure the bytes that were read are kept: the next call returns them.
 * Source: asyncio.StreamReader.readexactly(). */
DUET_API DUET_MUST_USE int duet_read_exactly(duet_reader *reader, void *buffer,
                                             size_t size,
                                             duet_deadline deadline);

/* Reads the next line, without its newline. The last one needs no newline at
 * its end.
 *
 *   out_line    borrowed until the next call on the reader; followed by a NUL
 *               that is not counted. NULL on failure
 *   out_length  how many bytes, as a line may contain NUL; may be NULL
 *
 * Returns 0, or the codes of duet_read_next() and
 *   DUET_ETOOLARGE  the line is longer than the limit, see
 *                   duet_reader_set_line_limit(); the call may be repeated and
 *                   fails again, the other calls return the bytes
 * Source: getline(3), asyncio.StreamReader.readline(). */
DUET_API DUET_MUST_USE int duet_read_line(duet_reader *reader,
                                          const char **out_line,
                                          size_t *out_length,
                                          duet_deadline deadline);

/* Reads up to a separator, which is consumed and not returned; otherwise like
 * duet_read_line(). What follows the last separator is returned, too, unless it
 * is nothing.
 *
 *   separator         borrowed until return
 *   separator_length  1 to 64
 *
 * Returns the codes of duet_read_line() and
 *   DUET_EINVAL  the length is out of range
 * Source: asyncio.StreamReader.readuntil(). */
DUET_API DUET_MUST_USE int
duet_read_until(duet_reader *reader, const void *separator,
                size_t separator_length, const char **out_bytes,
                size_t *out_length, duet_deadline deadline);

/* Reads all that is left.
 *
 *   limit_bytes  the most bytes; DUET_NO_LIMIT for any number, 0 is a limit
 *   out_bytes    returned-owned (free()), followed by a NUL that is not
 *                counted, also if there are none. NULL on failure
 *   out_length   how many; may be NULL; 0 on failure
 *
 * Returns 0, or the codes of duet_read_next() except DUET_EEMPTY, and
 *   DUET_ETOOLARGE  there are more; the reader has all of them still, and up to
 *                   the limit they take memory
 *   DUET_EINVAL     limit_bytes is negative and not DUET_NO_LIMIT
 * Source: asyncio.StreamReader.read(-1), io.ReadAll(). */
DUET_API DUET_MUST_USE int duet_read_all(duet_reader *reader,
                                         int64_t limit_bytes, char **out_bytes,
                                         size_t *out_length,
                                         duet_deadline deadline);

/* Reads bytes and drops them.
 *
 *   count        how many; SIZE_MAX for all there are
 *   out_skipped  how many were dropped, also on failure; may be NULL
 *
 * Returns 0 once `count` bytes were dropped, or all of SIZE_MAX; else the codes
 * of duet_read_next(). Source: bufio.Reader.Discard(). */
DUET_API DUET_MUST_USE int duet_read_skip(duet_reader *reader, size_t count,
                                          size_t *out_skipped,
                                          duet_deadline deadline);

/* The longest line, without its end, and the longest piece before a separator.
 *
 *   limit_bytes  default 1 MiB; DUET_NO_LIMIT for any; at least 1
 *
 * Returns 0, or
 *   DUET_EINVAL  the limit is out of range */
DUET_API DUET_MUST_USE int duet_reader_set_line_limit(duet_reader *reader,
                                                      int64_t limit_bytes);

/* How many bytes the reader has returned to its user so far. */
DUET_API uint64_t duet_reader_count(const duet_reader *reader);

/* How many bytes are left, if the source knows: a file, memory, a body with a
 * Content-Length; -1 if not. */
DUET_API int64_t duet_reader_remaining(const duet_reader *reader);

/* Goes back to where the source began, to read all of it again. Suspends only
 * if the source has to.
 *
 * Returns 0, or
 *   DUET_ENOTSUP  the source can be read once only
 *   DUET_EBUSY    another task is reading
 *   or a code of the source
 * Source: rewind(3). */
DUET_API DUET_MUST_USE int duet_reader_rewind(duet_reader *reader,
                                              duet_deadline deadline);

/* Whether duet_reader_rewind() is supported. */
DUET_API bool duet_reader_can_rewind(const duet_reader *reader);

/* Closes a reader and its source, and frees it, whether or not all was read:
 * what is still on its way is given up. A reader that is borrowed, such as that
 * of a response, is closed with what it belongs to, and closing it before is
 * allowed, too: the rest is given up, and later calls return DUET_ECLOSED.
 * While another task reads, it is closed when that call ends, which then
 * returns DUET_ECLOSED. Does not suspend.
 *
 *   reader  taken; NULL does nothing */
DUET_API void duet_reader_close(duet_reader *reader);

/* --- sources of your own ------------------------------------------------- */

/* What a source does. The functions that are called with a deadline are called
 * from the task that reads, and may suspend until then. */
typedef struct duet_reader_functions {
    /* Lends the next piece: at least one byte, borrowed until the next call of
     * any function here. Called only when the piece before was consumed.
     * Returns 0, or DUET_EEMPTY at the end and whenever it is called
     * after it, or another code; after DUET_ETIMEDOUT and DUET_ECANCELED it may
     * be called again and must have lost nothing. */
    int (*next)(void *context, const char **out_bytes, size_t *out_length,
                duet_deadline deadline);
    /* Frees the source; called once. NULL: nothing is to be done. */
    void (*close)(void *context);
    /* Begins anew. NULL: not supported. */
    int (*rewind)(void *context, duet_deadline deadline);
    /* How many bytes next() will still lend; -1 if unknown. NULL: unknown. */
    int64_t (*remaining)(void *context);
    /* A descriptor that next() reads from, at its position, without bytes of
     * its own that come first; -1 if there is none now. duet_copy() may then
     * let the kernel move the bytes. NULL: none. */
    int (*descriptor)(void *context);
    /* The pieces may be changed by the reader: lines are then returned where
     * they are, without a copy. */
    bool lends_writable;
} duet_reader_functions;

/* Makes a reader of a source.
 *
 *   functions   borrowed until the reader is closed; next() is needed
 *   context     given to each of them; taken by close()
 *   out_reader  returned-owned (duet_reader_close()); NULL on failure, and then
 *               `context` is not taken
 *
 * Returns 0, or
 *   DUET_EINVAL  there is no next()
 *   DUET_ENOMEM  no memory */
DUET_API DUET_MUST_USE int
duet_reader_new(const duet_reader_functions *functions, void *context,
                duet_reader **out_reader);

DUET_END_DECLARATIONS

#endif
