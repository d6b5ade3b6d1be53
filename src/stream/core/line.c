/* SPDX-License-Identifier: MIT */
/* line.c - reading up to a newline or another separator.
 *
 * A line that lies in one piece of a source whose pieces may be changed is
 * returned where it is; any other is gathered in the held bytes. The NUL behind
 * it takes the place of its separator, which is consumed with it. */
#include <duet/reader.h>

#include <stdint.h>
#include <string.h>

#include <duet/error.h>

#include "base/error.h"
#include "stream/core/reader.h"

enum { SEPARATOR_MOST = 64 };

typedef struct line {
    duet_reader *reader;
    const char *separator;
    size_t separator_length;
    size_t looked; /* so many held bytes begin no separator */
} line;

static size_t least(size_t one, size_t other)
{
    return one < other ? one : other;
}

/* Where the separator is; `length` if it is not there. */
static size_t find(const line *self, const char *bytes, size_t length)
{
    const char *at;

    if (length == 0)
        return 0;
    at = self->separator_length == 1
             ? memchr(bytes, self->separator[0], length)
             : memmem(bytes, length, self->separator, self->separator_length);
    return at == NULL ? length : (size_t)(at - bytes);
}

static int too_large(const line *self)
{
    return duet__fail(DUET_ETOOLARGE, "the line has more than %zu bytes",
                      self->reader->line_limit);
}

/* Consumes `length` bytes and the separator, and ends them with a NUL. */
static int lend(line *self, char *bytes, size_t length, const char **out_bytes,
                size_t *out_length)
{
    if (length > self->reader->line_limit)
        return too_large(self);
    bytes[length] = '\0';
    duet__reader_consume(self->reader, length + self->separator_length);
    *out_bytes = bytes;
    *out_length = length;
    return 0;
}

/* Holds as much of the piece as may be needed to complete the line, but not
 * more than a line may have. */
static int hold_more(line *self)
{
    duet_reader *reader = self->reader;
    size_t held = duet__reader_held(reader);
    size_t length = find(self, reader->piece, reader->piece_length);
    size_t most;

    length = least(length + self->separator_length, reader->piece_length);
    most = reader->line_limit > SIZE_MAX - self->separator_length
               ? SIZE_MAX
               : reader->line_limit + self->separator_length;
    return duet__reader_hold(reader, least(length, most - held));
}

/* The held bytes are the last ones. */
static int lend_rest(line *self, const char **out_bytes, size_t *out_length)
{
    duet_reader *reader = self->reader;
    size_t length = duet__reader_held(reader);

    if (length > reader->line_limit)
        return too_large(self);
    *out_bytes = reader->held.bytes + reader->held_used;
    *out_length = length;
    duet__reader_consume(reader, length);
    return 0;
}

/* One step: 0 if a line is there, DUET_EAGAIN if more bytes are held now. */
static int step(line *self, const char **out_bytes, size_t *out_length,
                duet_deadline deadline)
{
    duet_reader *reader = self->reader;
    size_t held = duet__reader_held(reader);
    char *bytes = reader->held.bytes + reader->held_used;
    size_t at;
    int status = 0;

    if (held > self->looked) {
        at = self->looked +
             find(self, bytes + self->looked, held - self->looked);
        if (at < held)
            return lend(self, bytes, at, out_bytes, out_length);
        if (held >= self->separator_length)
            self->looked = held - self->separator_length + 1;
        if (self->looked > reader->line_limit)
            return too_large(self);
    }
    if (reader->piece_length == 0)
        status = duet__reader_ask(reader, deadline);
    if (status == DUET_EEMPTY && held > 0)
        return lend_rest(self, out_bytes, out_length);
    if (status != 0)
        return status;
    if (held == 0 && reader->functions->lends_writable) {
        at = find(self, reader->piece, reader->piece_length);
        if (at < reader->piece_length)
            return lend(self, reader->piece, at, out_bytes, out_length);
    }
    status = hold_more(self);
    return status == 0 ? DUET_EAGAIN : status;
}

int duet_read_until(duet_reader *reader, const void *separator,
                    size_t separator_length, const char **out_bytes,
                    size_t *out_length, duet_deadline deadline)
{
    line self = {.reader = reader,
                 .separator = separator,
                 .separator_length = separator_length};
    size_t length = 0;
    int status;

    *out_bytes = NULL;
    if (out_length != NULL)
        *out_length = 0;
    if (separator_length < 1 || separator_length > SEPARATOR_MOST)
        return duet__fail(DUET_EINVAL, "separator_length is %zu",
                          separator_length);
    status = duet__reader_enter(reader);
    if (status != 0)
        return status;
    do
        status = step(&self, out_bytes, &length, deadline);
    while (status == DUET_EAGAIN);
    status = duet__reader_lends(reader, status);
    if (status != 0) {
        *out_bytes = NULL;
        length = 0;
    }
    if (out_length != NULL)
        *out_length = length;
    duet__reader_leave(reader);
    return status;
}

int duet_read_line(duet_reader *reader, const char **out_line,
                   size_t *out_length, duet_deadline deadline)
{
    return duet_read_until(reader, "\n", 1, out_line, out_length, deadline);
}
