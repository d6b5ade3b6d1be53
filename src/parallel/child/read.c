/* SPDX-License-Identifier: MIT */
/* read.c - reads the output of a running program: what is available, lines, up
 * to separators, numbers of bytes.
 *
 * Bytes that are read ahead to find the end of a line are kept for the next
 * call; they are at most the longest line and one chunk. Invariant: while a
 * task reads a source, no other task takes bytes from it, even while the first
 * one waits. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <duet/task.h>

#include "base/error.h"
#include "parallel/child/child.h"
#include "runtime/core/descriptor.h"

enum {
    CHUNK_BYTES = 16 * 1024,
    /* After this many reads that did not wait, the task yields. */
    READS_IN_A_ROW = 8,
};

/* --- the pipe ------------------------------------------------------------ */

static int read_pipe(duet_child *child, duet_child_stream stream, void *buffer,
                     size_t size, size_t *out_length, duet_deadline deadline)
{
    int descriptor = child->pipes[stream];
    int status = 0;

    *out_length = 0;
    if (child->reads_in_a_row >= READS_IN_A_ROW &&
        !duet_deadline_is_now(deadline)) {
        child->reads_in_a_row = 0;
        status = duet_yield();
    }
    while (status == 0) {
        ssize_t length = read(descriptor, buffer, size);

        if (length >= 0) {
            child->reads_in_a_row++;
            child->sources[stream - 1].ended = length == 0;
            *out_length = (size_t)length;
            return 0;
        }
        child->reads_in_a_row = 0;
        if (errno == EAGAIN)
            status = duet__descriptor_await(descriptor, false, DUET__FOR_WORK,
                                            deadline);
        else if (errno != EINTR)
            status = duet__error_from_errno(errno);
    }
    return status;
}

/* --- what was read ahead ------------------------------------------------- */

static void uncover(duet__child_source *source)
{
    if (source->has_nul)
        source->bytes[source->start] = source->under_nul;
    source->has_nul = false;
}

/* Begins reading in a task, which must clear `is_read` afterwards. */
static int begin(duet_child *child, duet_child_stream stream,
                 duet__child_source **out_source)
{
    duet__child_source *source;

    *out_source = NULL;
    if (stream == DUET_CHILD_INPUT || child->pipes[stream] < 0)
        return duet__fail_plainly(DUET_ESTATE);
    source = &child->sources[stream - 1];
    if (source->is_read)
        return duet__fail(DUET_EBUSY, "another task reads the stream");
    source->is_read = true;
    uncover(source);
    *out_source = source;
    return 0;
}

static size_t take(duet__child_source *source, void *buffer, size_t size)
{
    size_t length = source->length < size ? source->length : size;

    if (length > 0)
        memcpy(buffer, source->bytes + source->start, length);
    source->start += length;
    source->length -= length;
    return length;
}

/* Makes room for another chunk. */
static int make_room(duet__child_source *source)
{
    size_t capacity = 2 * source->capacity;
    char *larger;

    if (source->length > 0 && source->start > 0)
        memmove(source->bytes, source->bytes + source->start, source->length);
    source->start = 0;
    if (source->capacity - source->length >= CHUNK_BYTES)
        return 0;
    if (capacity < source->length + CHUNK_BYTES)
        capacity = source->length + CHUNK_BYTES;
    larger = realloc(source->bytes, capacity + 1);
    if (larger == NULL)
        return DUET_ENOMEM;
    source->bytes = larger;
    source->capacity = capacity;
    return 0;
}

static int read_ahead(duet_child *child, duet_child_stream stream,
                      duet_deadline deadline)
{
    duet__child_source *source = &child->sources[stream - 1];
    size_t length = 0;
    int status = make_room(source);

    if (status == 0)
        status = read_pipe(child, stream, source->bytes + source->length,
                           CHUNK_BYTES, &length, deadline);
    source->length += length;
    return status;
}

/* Returns the first `length` bytes, with a NUL in place of the next one. */
static char *give(duet__child_source *source, size_t length)
{
    char *bytes = source->bytes + source->start;

    source->start += length;
    source->length -= length;
    source->under_nul = source->bytes[source->start];
    source->has_nul = source->length > 0;
    source->bytes[source->start] = '\0';
    return bytes;
}

/* Reads ahead until the separator is found; *out_length includes it. At the end
 * of the stream *out_length is everything that is left. */
static int find(duet_child *child, duet_child_stream stream,
                const void *separator, size_t separator_length,
                size_t *out_length, duet_deadline deadline)
{
    duet__child_source *source = &child->sources[stream - 1];
    size_t searched = 0; /* no separator begins before */
    int status = 0;

    while (status == 0) {
        const char *bytes =
            source->length > 0 ? source->bytes + source->start : "";
        const char *found =
            source->length > searched
                ? memmem(bytes + searched, source->length - searched, separator,
                         separator_length)
                : NULL;
        size_t before = found != NULL ? (size_t)(found - bytes) : searched;

        if (before > child->line_limit)
            return duet__fail(DUET_ETOOLARGE,
                              "the line has more than %zu bytes",
                              child->line_limit);
        *out_length =
            found != NULL ? before + separator_length : source->length;
        if (found != NULL)
            return 0;
        if (source->ended)
            return source->length > 0 ? DUET_ETRUNCATED : DUET_EEMPTY;
        if (source->length >= separator_length)
            searched = source->length - separator_length + 1;
        if (searched <= child->line_limit)
            status = read_ahead(child, stream, deadline);
    }
    return status;
}

/* --- the calls ----------------------------------------------------------- */

int duet_child_read(duet_child *child, duet_child_stream stream, void *buffer,
                    size_t size, size_t *out_length, duet_deadline deadline)
{
    duet__child_source *source;
    int status = begin(child, stream, &source);

    *out_length = 0;
    if (status != 0)
        return status;
    if (source->length > 0)
        *out_length = take(source, buffer, size);
    else
        status = read_pipe(child, stream, buffer, size, out_length, deadline);
    source->is_read = false;
    return status;
}

int duet_child_read_until(duet_child *child, duet_child_stream stream,
                          const void *separator, size_t separator_length,
                          char **out_bytes, size_t *out_length,
                          duet_deadline deadline)
{
    duet__child_source *source;
    size_t length = 0;
    int status;

    *out_bytes = NULL;
    *out_length = 0;
    if (separator_length == 0)
        return duet__fail(DUET_EINVAL, "a separator of no length");
    status = begin(child, stream, &source);
    if (status != 0)
        return status;
    status =
        find(child, stream, separator, separator_length, &length, deadline);
    source->is_read = false;
    if (status == 0 || status == DUET_ETRUNCATED) {
        *out_bytes = give(source, length);
        *out_length = length;
    }
    return status;
}

int duet_child_read_line(duet_child *child, duet_child_stream stream,
                         char **out_line, size_t *out_length,
                         duet_deadline deadline)
{
    int status = duet_child_read_until(child, stream, "\n", 1, out_line,
                                       out_length, deadline);

    if (status == 0)
        (*out_line)[--*out_length] = '\0';
    return status == DUET_ETRUNCATED ? 0 : status;
}

int duet_child_read_exactly(duet_child *child, duet_child_stream stream,
                            void *buffer, size_t size, size_t *out_length,
                            duet_deadline deadline)
{
    duet__child_source *source;
    size_t length = 0;
    size_t more;
    int status = begin(child, stream, &source);

    *out_length = 0;
    if (status != 0)
        return status;
    length = take(source, buffer, size);
    while (length < size && status == 0) {
        status = read_pipe(child, stream, (char *)buffer + length,
                           size - length, &more, deadline);
        length += more;
        if (status == 0 && more == 0)
            status = length > 0 ? DUET_ETRUNCATED : DUET_EEMPTY;
    }
    source->is_read = false;
    *out_length = length;
    return status;
}

bool duet_child_is_at_end(const duet_child *child, duet_child_stream stream)
{
    return stream != DUET_CHILD_INPUT && child->sources[stream - 1].ended &&
           child->sources[stream - 1].length == 0;
}
