/* SPDX-License-Identifier: MIT */
/* pairs.c - the storage of header fields and query parameters. */
#include "base/pairs.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/limit.h"

enum { FIRST_BYTES = 512, FIRST_PLACES = 16 };

void duet__pairs_init(duet__pairs *pairs, size_t count_max, size_t bytes_max)
{
    *pairs = (duet__pairs){.count_max = count_max, .bytes_max = bytes_max};
}

int duet__pairs_init_from(duet__pairs *pairs, int64_t count_max,
                          size_t default_count_max, int64_t bytes_max,
                          size_t default_bytes_max)
{
    size_t count;
    size_t bytes;
    int status =
        duet__limit_read("count_max", count_max, default_count_max, &count);

    if (status == 0)
        status =
            duet__limit_read("bytes_max", bytes_max, default_bytes_max, &bytes);
    if (status == 0)
        duet__pairs_init(pairs, count, bytes);
    return status;
}

/* The bytes that a pair needs: both texts and their NULs. The sum cannot
 * overflow for texts that exist in memory. */
static size_t size_of(size_t name_length, size_t value_length)
{
    return name_length + value_length + 2;
}

/* Twice `capacity` (at least `first`) or `needed`, whichever is larger; memory
 * that exists is far from SIZE_MAX / 2, so doubling cannot overflow. */
static size_t larger(size_t capacity, size_t first, size_t needed)
{
    size_t doubled = capacity > 0 ? capacity * 2 : first;

    return doubled < needed ? needed : doubled;
}

void duet__pairs_lend(duet__pairs *pairs, duet__pair_place *places,
                      size_t places_capacity, char *bytes, size_t capacity)
{
    pairs->places = places;
    pairs->places_capacity = places_capacity;
    pairs->places_are_lent = true;
    pairs->bytes = bytes;
    pairs->capacity = capacity;
    pairs->bytes_are_lent = true;
}

static int grow_places(duet__pairs *pairs)
{
    size_t capacity = larger(pairs->places_capacity, FIRST_PLACES, 0);
    duet__pair_place *places;

    if (pairs->count < pairs->places_capacity)
        return 0;
    places = reallocarray(pairs->places_are_lent ? NULL : pairs->places,
                          capacity, sizeof *places);
    if (places == NULL)
        return DUET_ENOMEM;
    if (pairs->places_are_lent)
        memcpy(places, pairs->places, pairs->count * sizeof *places);
    pairs->places = places;
    pairs->places_capacity = capacity;
    pairs->places_are_lent = false;
    return 0;
}

/* Moves the bytes to memory that has room for `needed` of them.
 *
 *   old  the old memory, which the caller frees once nothing in it is needed;
 *        or NULL */
static int grow_bytes(duet__pairs *pairs, size_t needed, char **old)
{
    size_t capacity = larger(pairs->capacity, FIRST_BYTES, needed);
    char *bytes = malloc(capacity);

    if (bytes == NULL)
        return DUET_ENOMEM;
    if (pairs->length > 0)
        memcpy(bytes, pairs->bytes, pairs->length);
    *old = pairs->bytes_are_lent ? NULL : pairs->bytes;
    pairs->bytes = bytes;
    pairs->capacity = capacity;
    pairs->bytes_are_lent = false;
    return 0;
}

static char *put(char *to, duet__text text)
{
    if (text.length > 0)
        memcpy(to, text.bytes, text.length);
    to[text.length] = '\0';
    return to + text.length + 1;
}

int duet__pairs_add(duet__pairs *pairs, duet__text name, duet__text value)
{
    size_t size = size_of(name.length, value.length);
    char *old =
        NULL; /* kept until the texts, which may lie in it, are copied */

    if (pairs->count >= pairs->count_max || size < value.length ||
        size > pairs->bytes_max - pairs->length)
        return DUET_ETOOLARGE;
    if (grow_places(pairs) != 0)
        return DUET_ENOMEM;
    if (size > pairs->capacity - pairs->length &&
        grow_bytes(pairs, pairs->length + size, &old) != 0)
        return DUET_ENOMEM;
    put(put(pairs->bytes + pairs->length, name), value);
    pairs->places[pairs->count++] =
        (duet__pair_place){.offset = pairs->length,
                           .name_length = name.length,
                           .value_length = value.length};
    pairs->length += size;
    free(old);
    return 0;
}

int duet__pairs_extend(duet__pairs *pairs, duet__text text)
{
    duet__pair_place *last = &pairs->places[pairs->count - 1];
    char *old = NULL; /* kept until the text, which may lie in it, is copied */
    char *bytes;

    if (text.length >= pairs->bytes_max - pairs->length)
        return DUET_ETOOLARGE;
    if (text.length + 1 > pairs->capacity - pairs->length &&
        grow_bytes(pairs, pairs->length + text.length + 1, &old) != 0)
        return DUET_ENOMEM;
    bytes = pairs->bytes;
    /* The last value's NUL becomes the blank. */
    bytes[pairs->length - 1] = ' ';
    memcpy(bytes + pairs->length, text.bytes, text.length);
    pairs->length += text.length + 1;
    bytes[pairs->length - 1] = '\0';
    last->value_length += text.length + 1;
    free(old);
    return 0;
}

duet__text duet__pairs_name(const duet__pairs *pairs, size_t index)
{
    const duet__pair_place *place = &pairs->places[index];

    return duet__text_of(pairs->bytes + place->offset, place->name_length);
}

duet__text duet__pairs_value(const duet__pairs *pairs, size_t index)
{
    const duet__pair_place *place = &pairs->places[index];

    return duet__text_of(pairs->bytes + place->offset + place->name_length + 1,
                         place->value_length);
}

size_t duet__pairs_sweep(duet__pairs *pairs)
{
    size_t kept = 0;
    size_t removed;

    pairs->length = 0;
    for (size_t i = 0; i < pairs->count; i++) {
        duet__pair_place place = pairs->places[i];
        size_t size = size_of(place.name_length, place.value_length);

        if (place.is_marked)
            continue;
        memmove(pairs->bytes + pairs->length, pairs->bytes + place.offset,
                size);
        place.offset = pairs->length;
        pairs->places[kept++] = place;
        pairs->length += size;
    }
    removed = pairs->count - kept;
    pairs->count = kept;
    return removed;
}

void duet__pairs_free(duet__pairs *pairs)
{
    if (!pairs->bytes_are_lent)
        free(pairs->bytes);
    if (!pairs->places_are_lent)
        free(pairs->places);
    duet__pairs_init(pairs, pairs->count_max, pairs->bytes_max);
}
