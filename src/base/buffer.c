/* SPDX-License-Identifier: MIT */
/* buffer.c - grows by doubling, so that n appends cost O(n). */
#include "base/buffer.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"

enum { SMALLEST_CAPACITY = 64 };

void duet__buffer_init(duet__buffer *buffer, size_t limit_bytes)
{
    /* below SIZE_MAX, so that length + 1 never overflows */
    size_t limit = limit_bytes < SIZE_MAX ? limit_bytes : SIZE_MAX - 1;

    *buffer = (duet__buffer){.limit = limit};
}

/* The new capacity for `needed` bytes: doubled, but within the limit. */
static size_t next_capacity(const duet__buffer *buffer, size_t needed)
{
    size_t capacity = buffer->capacity;

    capacity = capacity > buffer->limit / 2 ? buffer->limit : capacity * 2;
    if (capacity < SMALLEST_CAPACITY)
        capacity = SMALLEST_CAPACITY;
    if (capacity > buffer->limit)
        capacity = buffer->limit;
    return capacity < needed ? needed : capacity;
}

int duet__buffer_reserve(duet__buffer *buffer, size_t more)
{
    size_t capacity;
    char *bytes;

    if (more > buffer->limit - buffer->length)
        return DUET_ETOOLARGE;
    if (buffer->bytes != NULL && more <= buffer->capacity - buffer->length)
        return 0;
    capacity = next_capacity(buffer, buffer->length + more);
    bytes = realloc(buffer->bytes, capacity + 1);
    if (bytes == NULL)
        return DUET_ENOMEM;
    bytes[buffer->length] = '\0';
    buffer->bytes = bytes;
    buffer->capacity = capacity;
    return 0;
}

/* Does `bytes` point into the buffer? Then it moves with it. */
static bool is_inside(const duet__buffer *buffer, const char *bytes)
{
    uintptr_t start = (uintptr_t)buffer->bytes;
    uintptr_t place = (uintptr_t)bytes;

    return buffer->bytes != NULL && place >= start &&
           place < start + buffer->length;
}

int duet__buffer_append(duet__buffer *buffer, const void *bytes, size_t length)
{
    const char *from = bytes;
    bool inside = is_inside(buffer, from);
    size_t offset = inside ? (size_t)(from - buffer->bytes) : 0;
    int status = duet__buffer_reserve(buffer, length);

    if (status != 0)
        return status;
    if (inside)
        from = buffer->bytes + offset;
    if (length > 0)
        memcpy(buffer->bytes + buffer->length, from, length);
    buffer->length += length;
    buffer->bytes[buffer->length] = '\0';
    return 0;
}

int duet__buffer_append_text(duet__buffer *buffer, duet__text text)
{
    return duet__buffer_append(buffer, text.bytes, text.length);
}

int duet__buffer_appendf(duet__buffer *buffer, const char *format, ...)
{
    va_list arguments;
    int length;
    int status;

    va_start(arguments, format);
    length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0)
        return DUET_EINVAL;
    status = duet__buffer_reserve(buffer, (size_t)length);
    if (status != 0)
        return status;
    va_start(arguments, format);
    vsnprintf(buffer->bytes + buffer->length, (size_t)length + 1, format,
              arguments);
    va_end(arguments);
    buffer->length += (size_t)length;
    return 0;
}

int duet__buffer_take(duet__buffer *buffer, char **bytes, size_t *length)
{
    int status = duet__buffer_reserve(buffer, 0);

    *bytes = NULL;
    if (status != 0)
        return status;
    *bytes = buffer->bytes;
    if (length != NULL)
        *length = buffer->length;
    duet__buffer_init(buffer, buffer->limit);
    return 0;
}

duet__text duet__buffer_text(const duet__buffer *buffer)
{
    return duet__text_of(buffer->bytes, buffer->length);
}

void duet__buffer_drop(duet__buffer *buffer, size_t length)
{
    if (length == 0)
        return;
    buffer->length -= length;
    /* The NUL moves, too. */
    memmove(buffer->bytes, buffer->bytes + length, buffer->length + 1);
}

void duet__buffer_reset(duet__buffer *buffer)
{
    buffer->length = 0;
    if (buffer->bytes != NULL)
        buffer->bytes[0] = '\0';
}

void duet__buffer_free(duet__buffer *buffer)
{
    free(buffer->bytes);
    duet__buffer_init(buffer, buffer->limit);
}
