/* SPDX-License-Identifier: MIT */
/* writer.h - a writer is a sink of bytes that is awaited.
 *
 * Bodies of replies and requests, files, pipes of child programs, sockets,
 * encoders and memory are all written in the same way:
 *
 *     status = duet_write(writer, "hello\n", 6, DUET_NEVER);
 *     if (status == 0)
 *         status = duet_writer_end(writer, DUET_NEVER);
 *     duet_writer_close(writer);
 *
 * A writer ends in one of two ways, and the other side sees which: ended
 * (duet_writer_end()) means that all was written; given up
 * (duet_writer_give_up(), or closed without having been ended) means that it is
 * a part, and is never taken for the whole: a body is cut off, a file does not
 * get its name.
 *
 * A call waits while the other side is behind; with DUET_NOW it takes what the
 * sink takes at once. One that fails says how much was taken, see
 * duet_writer_count(): those bytes are on their way and are not to be written
 * again.
 *
 * Threads: for the loop's own thread, and one task at a time: a second one gets
 * DUET_EBUSY.
 *
 * Source: asyncio.StreamWriter (a write here includes its drain()), Go's
 * io.Writer.
 */
#ifndef DUET_WRITER_H
#define DUET_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <duet/export.h>
#include <duet/time.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_writer duet_writer;

/* Writes all of the bytes.
 *
 *   bytes  borrowed until return
 *
 * Returns 0, or, with a part of the bytes taken (see duet_writer_count()),
 *   DUET_ETIMEDOUT  the deadline passed
 *   DUET_ECANCELED  the task was cancelled
 *   DUET_ECLOSED    it was ended or given up before
 *   DUET_EBUSY      another task is writing
 *   DUET_ENOMEM     no memory
 *   DUET_ENOLOOP    it had to wait, and the caller is not a task
 *   or a code of the sink: see the function that made the writer. From then on
 *   each call returns that code.
 * Source: asyncio.StreamWriter.write() and drain(). */
DUET_API DUET_MUST_USE int duet_write(duet_writer *writer, const void *bytes,
                                      size_t length, duet_deadline deadline);

/* Writes as many of the bytes as the sink takes at once, at least one; waits
 * until it takes one.
 *
 *   bytes      borrowed until return
 *   length     0 writes nothing and returns 0
 *   out_taken  how many were taken; 0 on failure
 *
 * Returns the codes of duet_write(). Source: write(2). */
DUET_API DUET_MUST_USE int duet_write_some(duet_writer *writer,
                                           const void *bytes, size_t length,
                                           size_t *out_taken,
                                           duet_deadline deadline);

/* Writes a text without its NUL, like duet_write(). */
DUET_API DUET_MUST_USE int
duet_write_text(duet_writer *writer, const char *text, duet_deadline deadline);

/* Writes what printf would print, like duet_write(). The deadline comes before
 * the format.
 *
 * Returns the codes of duet_write() and
 *   DUET_EINVAL  the format cannot be printed */
DUET_API DUET_MUST_USE DUET_PRINTF(3, 4) int duet_writef(duet_writer *writer,
                                                         duet_deadline deadline,
                                                         const char *format,
                                                         ...);

/* Sends on what the sink holds back to send more at once. What that means is
 * said by the function that made the writer.
 *
 * Returns the codes of duet_write(). Source: fflush(3). */
DUET_API DUET_MUST_USE int duet_writer_flush(duet_writer *writer,
                                             duet_deadline deadline);

/* All was written: hands the rest over and tells the other side that it is
 * whole. After DUET_ETIMEDOUT, DUET_ECANCELED, DUET_ENOMEM or DUET_ENOLOOP it
 * may be called again; after another failure the writer can only be closed.
 *
 * Returns 0, also if it was ended before, or the codes of duet_write().
 * Source: asyncio.StreamWriter.write_eof(). */
DUET_API DUET_MUST_USE int duet_writer_end(duet_writer *writer,
                                           duet_deadline deadline);

/* Not all was written, and nothing more comes: the other side sees that. Does
 * nothing if it was ended. Does not suspend. */
DUET_API void duet_writer_give_up(duet_writer *writer);

/* How many bytes the sink has taken so far. */
DUET_API uint64_t duet_writer_count(const duet_writer *writer);

/* Gives the writer up unless it was ended, closes its sink, and frees it. A
 * writer that is borrowed, such as that of a reply, is closed with what it
 * belongs to; closing it before is allowed, too. Does not suspend.
 *
 *   writer  taken; NULL does nothing */
DUET_API void duet_writer_close(duet_writer *writer);

/* --- sinks of your own --------------------------------------------------- */

/* What a sink does. The functions that are called with a deadline are called
 * from the task that writes, and may suspend until then. After DUET_ETIMEDOUT,
 * DUET_ECANCELED, DUET_ENOMEM and DUET_ENOLOOP they may be called again; after
 * another code only give_up() and close() are called. */
typedef struct duet_writer_functions {
    /* Takes at least one of the bytes, which are borrowed until return. Sets
     * `*out_taken` to how many on success only: one that fails has taken
     * none. `length` is at least 1. */
    int (*write)(void *context, const char *bytes, size_t length,
                 size_t *out_taken, duet_deadline deadline);
    /* NULL: nothing is ever held back. */
    int (*flush)(void *context, duet_deadline deadline);
    /* Hands the rest over, and tells that it is whole. NULL: as flush(). */
    int (*end)(void *context, duet_deadline deadline);
    /* Tells that it is not whole. Called once at most, and not after end()
     * returned 0. NULL: nothing is to be done. */
    void (*give_up)(void *context);
    /* Frees the sink; called once, after end() or give_up(). NULL: nothing is
     * to be done. */
    void (*close)(void *context);
    /* A descriptor that write() writes to, at its position, with nothing held
     * back; -1 if there is none now. duet_copy() may then let the kernel move
     * the bytes. NULL: none. */
    int (*descriptor)(void *context);
} duet_writer_functions;

/* Makes a writer of a sink.
 *
 *   functions   borrowed until the writer is closed; write() is needed
 *   context     given to each of them; taken by close()
 *   out_writer  returned-owned (duet_writer_close()); NULL on failure, and then
 *               `context` is not taken
 *
 * Returns 0, or
 *   DUET_EINVAL  there is no write()
 *   DUET_ENOMEM  no memory */
DUET_API DUET_MUST_USE int
duet_writer_new(const duet_writer_functions *functions, void *context,
                duet_writer **out_writer);

DUET_END_DECLARATIONS

#endif
