/* SPDX-License-Identifier: MIT */
/* arena.c - allocates from a list of blocks by moving a pointer through the
 * newest one.
 *
 * Invariant: `next` is aligned for any type and `left` is a multiple of that
 * alignment. */
#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { ALIGNMENT = _Alignof(max_align_t), BLOCK_BYTES = 4096 };

struct duet__arena_block {
    duet__arena_block *older;
    max_align_t bytes[];
};

void duet__arena_init(duet__arena *arena, void *first, size_t first_bytes)
{
    *arena = (duet__arena){
        .next = first,
        .left = first_bytes - first_bytes % ALIGNMENT,
        .first = first,
        .first_bytes = first_bytes,
    };
}

void duet__arena_reset(duet__arena *arena)
{
    while (arena->blocks != NULL) {
        duet__arena_block *block = arena->blocks;

        arena->blocks = block->older;
        free(block);
    }
    arena->next = arena->first;
    arena->left = arena->first_bytes - arena->first_bytes % ALIGNMENT;
}

/* A large allocation gets a block of its own, so that the rest of the newest
 * block stays in use. */
static void *alloc_from_new_block(duet__arena *arena, size_t bytes)
{
    size_t room = bytes > BLOCK_BYTES / 4 ? bytes : BLOCK_BYTES;
    duet__arena_block *block;

    block = malloc(sizeof *block + room);
    if (block == NULL)
        return NULL;
    block->older = arena->blocks;
    arena->blocks = block;
    if (room - bytes > arena->left) {
        arena->next = (char *)block->bytes + bytes;
        arena->left = room - bytes;
    }
    return block->bytes;
}

void *duet__arena_alloc(duet__arena *arena, size_t bytes)
{
    void *place = arena->next;

    if (bytes > PTRDIFF_MAX - ALIGNMENT)
        return NULL;
    bytes = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (bytes > arena->left)
        return alloc_from_new_block(arena, bytes);
    arena->next += bytes;
    arena->left -= bytes;
    return place;
}

char *duet__arena_copy(duet__arena *arena, duet__text text)
{
    char *copy = text.length < SIZE_MAX
                     ? duet__arena_alloc(arena, text.length + 1)
                     : NULL;

    if (copy == NULL)
        return NULL;
    if (text.length > 0)
        memcpy(copy, text.bytes, text.length);
    copy[text.length] = '\0';
    return copy;
}

duet__text duet__arena_vprintf(duet__arena *arena, const char *format,
                               va_list arguments)
{
    char *guess = arena->next;
    va_list again;
    int length;
    char *text;

    va_copy(again, arguments);
    /* Most texts fit into what is left of the block and are printed only
     * once. */
    length = vsnprintf(guess, arena->left, format, arguments);
    text = length < 0 ? NULL : duet__arena_alloc(arena, (size_t)length + 1);
    if (text != NULL && text != guess)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return duet__text_of(text, text != NULL ? (size_t)length : 0);
}
