/* SPDX-License-Identifier: MIT */
/* reader.c - what a reader holds, and its life.
 *
 * Invariant: what has come from the source and is not consumed is, in this
 * order, the rest of `held` and `piece`. The source is asked only when there is
 * no piece, because asking ends what it has lent. */
#include "stream/core/reader.h"

#include <stdint.h>
#include <stdlib.h>

#include <duet/error.h>

#include "base/error.h"
#include "base/limit.h"

enum { LINE_DEFAULT = 1024 * 1024 };

DUET__LIVES("reader")

/* --- what it holds ------------------------------------------------------- */

int duet__reader_ask(duet_reader *reader, duet_deadline deadline)
{
    const char *piece = NULL;
    size_t length = 0;
    int status = 0;

    while (status == 0 && length == 0)
        status =
            reader->functions->next(reader->context, &piece, &length, deadline);
    if (status != 0)
        return status;
    /* It is written to only if the source says that it may be. */
    reader->piece = (char *)(uintptr_t)piece;
    reader->piece_length = length;
    return 0;
}

size_t duet__reader_held(const duet_reader *reader)
{
    return reader->held.length - reader->held_used;
}

int duet__reader_fill(duet_reader *reader, char **bytes, size_t *length,
                      duet_deadline deadline)
{
    int status = 0;

    *length = duet__reader_held(reader);
    if (*length > 0) {
        *bytes = reader->held.bytes + reader->held_used;
        return 0;
    }
    if (reader->piece_length == 0)
        status = duet__reader_ask(reader, deadline);
    *bytes = reader->piece;
    *length = reader->piece_length;
    return status;
}

void duet__reader_consume(duet_reader *reader, size_t length)
{
    reader->count += length;
    if (duet__reader_held(reader) > 0) {
        reader->held_used += length;
        return;
    }
    reader->piece += length;
    reader->piece_length -= length;
}

int duet__reader_hold(duet_reader *reader, size_t length)
{
    int status;

    duet__buffer_drop(&reader->held, reader->held_used);
    reader->held_used = 0;
    status = duet__buffer_append(&reader->held, reader->piece, length);
    if (status != 0)
        return status;
    reader->piece += length;
    reader->piece_length -= length;
    return 0;
}

void duet__reader_take_back(duet_reader *reader, const void *bytes,
                            size_t length)
{
    duet__buffer_reset(&reader->held);
    reader->held_used = 0;
    reader->failure = duet__buffer_append(&reader->held, bytes, length);
    reader->count -= length;
}

/* --- a call -------------------------------------------------------------- */

int duet__reader_enter(duet_reader *reader)
{
    if (reader->is_busy)
        return duet__fail(DUET_EBUSY, "another task reads from the reader");
    if (reader->is_closed)
        return duet__fail(DUET_ECLOSED, "the reader is closed");
    if (reader->failure != 0)
        return duet__fail(reader->failure,
                          "bytes were lost for lack of memory before");
    reader->is_busy = true;
    return 0;
}

static void end(duet_reader *reader)
{
    bool is_apart = reader->is_apart;

    duet__buffer_free(&reader->held);
    reader->held_used = reader->piece_length = 0;
    if (!reader->is_inner)
        DUET__LIFE_ENDS(reader);
    if (reader->functions->close != NULL)
        reader->functions->close(reader->context);
    if (is_apart)
        free(reader);
}

int duet__reader_lends(const duet_reader *reader, int status)
{
    return status == 0 && reader->is_closed
               ? duet__fail(DUET_ECLOSED, "another task closed the reader")
               : status;
}

void duet__reader_leave(duet_reader *reader)
{
    reader->is_busy = false;
    if (reader->is_closed)
        end(reader);
}

/* --- life ---------------------------------------------------------------- */

void duet__reader_init(duet_reader *reader,
                       const duet_reader_functions *functions, void *context)
{
    *reader = (duet_reader){.functions = functions,
                            .context = context,
                            .line_limit = LINE_DEFAULT,
                            .is_inner = true};
    duet__buffer_init(&reader->held, SIZE_MAX);
}

void duet__reader_init_owner(duet_reader *reader,
                             const duet_reader_functions *functions,
                             void *context)
{
    duet__reader_init(reader, functions, context);
    reader->is_inner = false;
    DUET__LIFE_BEGINS(reader);
}

int duet_reader_new(const duet_reader_functions *functions, void *context,
                    duet_reader **out_reader)
{
    duet_reader *reader;

    *out_reader = NULL;
    if (functions == NULL || functions->next == NULL)
        return duet__fail(DUET_EINVAL, "a reader needs a next()");
    reader = malloc(sizeof *reader);
    if (reader == NULL)
        return DUET_ENOMEM;
    duet__reader_init_owner(reader, functions, context);
    reader->is_apart = true;
    *out_reader = reader;
    return 0;
}

void duet_reader_close(duet_reader *reader)
{
    if (reader == NULL)
        return;
    if (!reader->is_inner)
        DUET__LIFE_GOES_ON(reader);
    if (reader->is_closed)
        return;
    reader->is_closed = true;
    if (!reader->is_busy)
        end(reader);
}

/* --- what can be asked --------------------------------------------------- */

int duet_reader_set_line_limit(duet_reader *reader, int64_t limit_bytes)
{
    size_t limit = 0;
    int status = limit_bytes == 0 ? duet__fail(DUET_EINVAL, "limit_bytes is 0")
                                  : duet__limit_read("limit_bytes", limit_bytes,
                                                     LINE_DEFAULT, &limit);

    if (status == 0)
        reader->line_limit = limit;
    return status;
}

uint64_t duet_reader_count(const duet_reader *reader)
{
    return reader->count;
}

int64_t duet_reader_remaining(const duet_reader *reader)
{
    int64_t source = -1;

    if (!reader->is_closed && reader->functions->remaining != NULL)
        source = reader->functions->remaining(reader->context);
    if (source < 0)
        return -1;
    return source + (int64_t)(duet__reader_held(reader) + reader->piece_length);
}

bool duet_reader_can_rewind(const duet_reader *reader)
{
    return reader->functions->rewind != NULL;
}

int duet_reader_rewind(duet_reader *reader, duet_deadline deadline)
{
    int status;

    if (!duet_reader_can_rewind(reader))
        return duet__fail(DUET_ENOTSUP, "the reader can be read once only");
    status = duet__reader_enter(reader);
    if (status != 0)
        return status;
    status = reader->functions->rewind(reader->context, deadline);
    if (status == 0) {
        duet__buffer_reset(&reader->held);
        reader->held_used = reader->piece_length = 0;
        reader->count = 0;
    }
    duet__reader_leave(reader);
    return status;
}
