/* SPDX-License-Identifier: MIT */
/* read.c - the ways to read bytes: a piece, into a buffer, all of them, none.
 *
 * Invariant: a call that fails has consumed nothing, except for skipped
 * bytes. */
#include <duet/reader.h>

#include <stdlib.h>
#include <string.h>

#include <duet/error.h>
#include <duet/limit.h>

#include "base/error.h"
#include "stream/core/reader.h"

static size_t least(size_t one, size_t other)
{
    return one < other ? one : other;
}

/* The next bytes, which are consumed if `consumes`: they stay where they are
 * until the next call. */
static int lend(duet_reader *reader, bool consumes, const char **out_bytes,
                size_t *out_length, duet_deadline deadline)
{
    char *bytes;
    size_t length;
    int status = duet__reader_enter(reader);

    *out_bytes = NULL;
    *out_length = 0;
    if (status != 0)
        return status;
    status = duet__reader_fill(reader, &bytes, &length, deadline);
    status = duet__reader_lends(reader, status);
    if (status == 0) {
        *out_bytes = bytes;
        *out_length = length;
        if (consumes)
            duet__reader_consume(reader, length);
    }
    duet__reader_leave(reader);
    return status;
}

int duet_read_next(duet_reader *reader, const char **out_bytes,
                   size_t *out_length, duet_deadline deadline)
{
    return lend(reader, true, out_bytes, out_length, deadline);
}

int duet_peek(duet_reader *reader, const char **out_bytes, size_t *out_length,
              duet_deadline deadline)
{
    return lend(reader, false, out_bytes, out_length, deadline);
}

/* Up to `size` of the bytes that are there, at least one. */
static int take(duet_reader *reader, void *buffer, size_t size, size_t *taken,
                duet_deadline deadline)
{
    char *bytes;
    size_t length;
    int status = duet__reader_fill(reader, &bytes, &length, deadline);

    *taken = 0;
    if (status != 0)
        return status;
    *taken = least(length, size);
    memcpy(buffer, bytes, *taken);
    duet__reader_consume(reader, *taken);
    return 0;
}

int duet_read(duet_reader *reader, void *buffer, size_t size,
              size_t *out_length, duet_deadline deadline)
{
    int status = duet__reader_enter(reader);

    *out_length = 0;
    if (status != 0)
        return status;
    if (size > 0)
        status = take(reader, buffer, size, out_length, deadline);
    duet__reader_leave(reader);
    return status;
}

int duet_read_exactly(duet_reader *reader, void *buffer, size_t size,
                      duet_deadline deadline)
{
    size_t length = 0;
    size_t more;
    int status = duet__reader_enter(reader);

    if (status != 0)
        return status;
    while (status == 0 && length < size) {
        status = take(reader, (char *)buffer + length, size - length, &more,
                      deadline);
        length += more;
    }
    if (status != 0 && length > 0) {
        if (status == DUET_EEMPTY)
            status = duet__fail(DUET_ETRUNCATED,
                                "the stream ended after %zu of %zu bytes",
                                length, size);
        duet__reader_take_back(reader, buffer, length);
    }
    duet__reader_leave(reader);
    return status;
}

/* Gathers all that comes in the held bytes. */
static int hold_all(duet_reader *reader, size_t limit, duet_deadline deadline)
{
    int status = 0;

    while (status == 0) {
        if (reader->piece_length > 0 &&
            (reader->piece_length > limit ||
             duet__reader_held(reader) > limit - reader->piece_length))
            return duet__fail(DUET_ETOOLARGE,
                              "the stream has more than %zu bytes", limit);
        if (reader->piece_length > 0)
            status = duet__reader_hold(reader, reader->piece_length);
        if (status == 0)
            status = duet__reader_ask(reader, deadline);
    }
    return status == DUET_EEMPTY ? 0 : status;
}

/* Gives the held bytes away. */
static int hand_over(duet_reader *reader, char **out_bytes, size_t *out_length)
{
    int status;

    duet__buffer_drop(&reader->held, reader->held_used);
    reader->held_used = 0;
    status = duet__buffer_take(&reader->held, out_bytes, out_length);
    if (status == 0)
        reader->count += *out_length;
    return status;
}

int duet_read_all(duet_reader *reader, int64_t limit_bytes, char **out_bytes,
                  size_t *out_length, duet_deadline deadline)
{
    size_t limit =
        limit_bytes == DUET_NO_LIMIT ? SIZE_MAX : (size_t)limit_bytes;
    size_t length = 0;
    int status;

    *out_bytes = NULL;
    if (out_length != NULL)
        *out_length = 0;
    if (limit_bytes < DUET_NO_LIMIT)
        return duet__fail(DUET_EINVAL, "limit_bytes is %lld",
                          (long long)limit_bytes);
    status = duet__reader_enter(reader);
    if (status != 0)
        return status;
    if (duet__reader_held(reader) > limit)
        status = duet__fail(DUET_ETOOLARGE,
                            "the stream has more than %zu bytes", limit);
    if (status == 0)
        status = hold_all(reader, limit, deadline);
    if (status == 0)
        status = hand_over(reader, out_bytes, &length);
    if (out_length != NULL)
        *out_length = length;
    duet__reader_leave(reader);
    return status;
}

int duet_read_skip(duet_reader *reader, size_t count, size_t *out_skipped,
                   duet_deadline deadline)
{
    size_t skipped = 0;
    int status = duet__reader_enter(reader);

    if (out_skipped != NULL)
        *out_skipped = 0;
    if (status != 0)
        return status;
    while (status == 0 && skipped < count) {
        char *bytes;
        size_t length;

        status = duet__reader_fill(reader, &bytes, &length, deadline);
        if (status != 0)
            break;
        length = least(length, count - skipped);
        duet__reader_consume(reader, length);
        skipped += length;
    }
    if (out_skipped != NULL)
        *out_skipped = skipped;
    duet__reader_leave(reader);
    return status == DUET_EEMPTY && count == SIZE_MAX ? 0 : status;
}
