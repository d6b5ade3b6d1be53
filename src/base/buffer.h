/* SPDX-License-Identifier: MIT */
/* buffer.h - bytes that grow, up to a hard limit.
 *
 * Invariant: length <= limit, and once anything was allocated, a NUL follows
 * the last byte and is not counted in the length. A failed call leaves the
 * buffer as it was. The codes carry no detail: the caller knows what was too
 * large. */
#ifndef DUET_BASE_BUFFER_H
#define DUET_BASE_BUFFER_H

#include <stddef.h>

#include <duet/export.h>

#include "base/text.h"

typedef struct duet__buffer {
    char *bytes;     /* malloc'ed; NULL until the first byte */
    size_t length;   /* bytes in use */
    size_t capacity; /* bytes allocated, without the place of the NUL */
    size_t limit;    /* never more bytes than this */
} duet__buffer;

/* Makes an empty buffer that allocates nothing yet.
 *
 *   limit_bytes  the most bytes it may ever hold; SIZE_MAX for no limit */
void duet__buffer_init(duet__buffer *buffer, size_t limit_bytes);

/* Makes room for `more` bytes after the last one, at buffer->bytes +
 * buffer->length; the caller writes there and then increases buffer->length.
 *
 * Returns 0, DUET_ETOOLARGE if the limit forbids it, DUET_ENOMEM. */
DUET_MUST_USE int duet__buffer_reserve(duet__buffer *buffer, size_t more);

/* Appends a copy of `length` bytes, which may lie in the buffer itself.
 *
 * Returns 0, DUET_ETOOLARGE, DUET_ENOMEM. */
DUET_MUST_USE int duet__buffer_append(duet__buffer *buffer, const void *bytes,
                                      size_t length);

/* The same for a text. */
DUET_MUST_USE int duet__buffer_append_text(duet__buffer *buffer,
                                           duet__text text);

/* Appends what printf would print; the arguments must not lie in the buffer.
 *
 * Returns 0, DUET_ETOOLARGE, DUET_ENOMEM; DUET_EINVAL if the format cannot be
 * printed. */
DUET_MUST_USE DUET_PRINTF(2, 3) int duet__buffer_appendf(duet__buffer *buffer,
                                                         const char *format,
                                                         ...);

/* Moves the bytes out: the buffer is empty afterwards and can be used again.
 *
 *   bytes   returned-owned (free()), NUL-terminated, never NULL on success
 *   length  how many bytes, without the NUL; may be NULL
 *
 * Returns 0, DUET_ENOMEM (only if nothing was ever appended). */
DUET_MUST_USE int duet__buffer_take(duet__buffer *buffer, char **bytes,
                                    size_t *length);

/* What the buffer holds; borrowed until its next change. */
duet__text duet__buffer_text(const duet__buffer *buffer);

/* Removes the first `length` bytes; the others move to the front. */
void duet__buffer_drop(duet__buffer *buffer, size_t length);

/* Empties the buffer and keeps its memory. */
void duet__buffer_reset(duet__buffer *buffer);

/* Releases the memory; the buffer is empty and can be used again. */
void duet__buffer_free(duet__buffer *buffer);

#endif
