/* SPDX-License-Identifier: MIT */
/* arena.h - memory that is allocated piece by piece and freed all at once.
 *
 * The caller provides the first block; further ones come from malloc(). */
#ifndef DUET_BASE_ARENA_H
#define DUET_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "base/text.h"

typedef struct duet__arena_block duet__arena_block;

typedef struct duet__arena {
    char *next;  /* the first free byte of the newest block; aligned */
    size_t left; /* free bytes there */
    duet__arena_block *blocks; /* malloc'ed ones, newest first */
    char *first;
    size_t first_bytes;
} duet__arena;

/* Makes an arena.
 *
 *   first  borrowed until the arena is no longer used; aligned for any type;
 *          `first_bytes` bytes */
void duet__arena_init(duet__arena *arena, void *first, size_t first_bytes);

/* Frees everything; the arena can be used again. */
void duet__arena_reset(duet__arena *arena);

/* Memory for any type; not cleared. NULL if there is none. */
void *duet__arena_alloc(duet__arena *arena, size_t bytes);

/* Copies a text and adds a NUL. NULL if there is no memory. */
char *duet__arena_copy(duet__arena *arena, duet__text text);

/* Formats as printf() does; the result's bytes are NULL if there is no
 * memory. */
duet__text duet__arena_vprintf(duet__arena *arena, const char *format,
                               va_list arguments);

#endif
