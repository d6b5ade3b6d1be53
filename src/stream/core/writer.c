/* SPDX-License-Identifier: MIT */
/* writer.c - writing to a sink, and the two ways to end it.
 *
 * Invariant: a sink hears of its end once, by end() or by give_up(); a sink
 * that has failed hears nothing but give_up() and close(). */
#include "stream/core/writer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <duet/error.h>

#include "base/error.h"

DUET__LIVES("writer")

/* --- a call -------------------------------------------------------------- */

static int enter(duet_writer *writer)
{
    if (writer->is_busy)
        return duet__fail(DUET_EBUSY, "another task writes to the writer");
    if (writer->failure != 0)
        return writer->failure;
    if (writer->state != DUET__WRITER_OPEN)
        return duet__fail(DUET_ECLOSED, "the writer was %s before",
                          writer->state == DUET__WRITER_ENDED ? "ended"
                                                              : "given up");
    writer->is_busy = true;
    return 0;
}

static void close_sink(duet_writer *writer)
{
    bool is_apart = writer->is_apart;

    duet_writer_give_up(writer);
    if (!writer->is_inner)
        DUET__LIFE_ENDS(writer);
    if (writer->functions->close != NULL)
        writer->functions->close(writer->context);
    if (is_apart)
        free(writer);
}

/* These say nothing about the sink. */
static bool may_be_repeated(int status)
{
    return status == 0 || status == DUET_ETIMEDOUT ||
           status == DUET_ECANCELED || status == DUET_ENOMEM ||
           status == DUET_ENOLOOP;
}

/* Returns `status`. */
static int leave(duet_writer *writer, int status)
{
    writer->is_busy = false;
    if (!may_be_repeated(status))
        writer->failure = status;
    if (writer->is_closed)
        close_sink(writer);
    return status;
}

/* --- writing ------------------------------------------------------------- */

int duet_write_some(duet_writer *writer, const void *bytes, size_t length,
                    size_t *out_taken, duet_deadline deadline)
{
    int status = enter(writer);

    *out_taken = 0;
    if (status != 0)
        return status;
    if (length > 0)
        status = writer->functions->write(writer->context, bytes, length,
                                          out_taken, deadline);
    writer->count += *out_taken;
    return leave(writer, status);
}

int duet_write(duet_writer *writer, const void *bytes, size_t length,
               duet_deadline deadline)
{
    const char *rest = bytes;
    int status = enter(writer);

    if (status != 0)
        return status;
    while (status == 0 && length > 0) {
        size_t taken = 0;

        status = writer->functions->write(writer->context, rest, length, &taken,
                                          deadline);
        writer->count += taken;
        rest += taken;
        length -= taken;
    }
    return leave(writer, status);
}

int duet_write_text(duet_writer *writer, const char *text,
                    duet_deadline deadline)
{
    return duet_write(writer, text, strlen(text), deadline);
}

static int write_long(duet_writer *writer, duet_deadline deadline,
                      size_t length, const char *format, va_list arguments)
{
    char *text = malloc(length + 1);
    int status = DUET_ENOMEM;

    if (text != NULL) {
        vsnprintf(text, length + 1, format, arguments);
        status = duet_write(writer, text, length, deadline);
    }
    free(text);
    return status;
}

int duet_writef(duet_writer *writer, duet_deadline deadline, const char *format,
                ...)
{
    char text[512];
    va_list arguments;
    int length;
    int status;

    va_start(arguments, format);
    length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length < 0)
        return duet__fail(DUET_EINVAL, "the format cannot be printed");
    if ((size_t)length < sizeof text)
        return duet_write(writer, text, (size_t)length, deadline);
    va_start(arguments, format);
    status = write_long(writer, deadline, (size_t)length, format, arguments);
    va_end(arguments);
    return status;
}

int duet_writer_flush(duet_writer *writer, duet_deadline deadline)
{
    int status = enter(writer);

    if (status != 0)
        return status;
    if (writer->functions->flush != NULL)
        status = writer->functions->flush(writer->context, deadline);
    return leave(writer, status);
}

/* --- its end ------------------------------------------------------------- */

int duet_writer_end(duet_writer *writer, duet_deadline deadline)
{
    int (*end)(void *, duet_deadline) = writer->functions->end != NULL
                                            ? writer->functions->end
                                            : writer->functions->flush;
    int status;

    if (writer->state == DUET__WRITER_ENDED)
        return 0;
    status = enter(writer);
    if (status != 0)
        return status;
    if (end != NULL)
        status = end(writer->context, deadline);
    if (status == 0)
        writer->state = DUET__WRITER_ENDED;
    return leave(writer, status);
}

void duet_writer_give_up(duet_writer *writer)
{
    if (writer->state != DUET__WRITER_OPEN)
        return;
    writer->state = DUET__WRITER_GIVEN_UP;
    if (writer->functions->give_up != NULL)
        writer->functions->give_up(writer->context);
}

uint64_t duet_writer_count(const duet_writer *writer)
{
    return writer->count;
}

/* --- life ---------------------------------------------------------------- */

void duet__writer_init(duet_writer *writer,
                       const duet_writer_functions *functions, void *context)
{
    *writer = (duet_writer){
        .functions = functions, .context = context, .is_inner = true};
}

void duet__writer_init_owner(duet_writer *writer,
                             const duet_writer_functions *functions,
                             void *context)
{
    duet__writer_init(writer, functions, context);
    writer->is_inner = false;
    DUET__LIFE_BEGINS(writer);
}

int duet_writer_new(const duet_writer_functions *functions, void *context,
                    duet_writer **out_writer)
{
    duet_writer *writer;

    *out_writer = NULL;
    if (functions == NULL || functions->write == NULL)
        return duet__fail(DUET_EINVAL, "a writer needs a write()");
    writer = malloc(sizeof *writer);
    if (writer == NULL)
        return DUET_ENOMEM;
    duet__writer_init_owner(writer, functions, context);
    writer->is_apart = true;
    *out_writer = writer;
    return 0;
}

void duet_writer_close(duet_writer *writer)
{
    if (writer == NULL)
        return;
    if (!writer->is_inner)
        DUET__LIFE_GOES_ON(writer);
    if (writer->is_closed)
        return;
    writer->is_closed = true;
    if (!writer->is_busy)
        close_sink(writer);
}
