/* SPDX-License-Identifier: MIT */
/* ring.c - the bytes between a producer and a consumer. */
#include "stream/core/ring.h"

#include <stdlib.h>
#include <string.h>

static size_t least(size_t one, size_t other)
{
    return one < other ? one : other;
}

void duet__ring_init(duet__ring *ring, size_t capacity)
{
    *ring = (duet__ring){.capacity = capacity};
}

size_t duet__ring_put(duet__ring *ring, const void *bytes, size_t length)
{
    size_t taken = least(length, duet__ring_room(ring));
    size_t end;
    size_t first;

    if (taken == 0)
        return 0;
    if (ring->bytes == NULL)
        ring->bytes = malloc(ring->capacity);
    if (ring->bytes == NULL)
        return 0;
    end = (ring->begin + ring->length) % ring->capacity;
    first = least(taken, ring->capacity - end);
    memcpy(ring->bytes + end, bytes, first);
    memcpy(ring->bytes, (const char *)bytes + first, taken - first);
    ring->length += taken;
    return taken;
}

size_t duet__ring_room(const duet__ring *ring)
{
    return ring->capacity - ring->length;
}

size_t duet__ring_front(const duet__ring *ring, char **bytes)
{
    *bytes = ring->bytes + ring->begin;
    return least(ring->length, ring->capacity - ring->begin);
}

void duet__ring_drop(duet__ring *ring, size_t length)
{
    ring->length -= length;
    /* What comes next lies together as long as it can. */
    ring->begin =
        ring->length == 0 ? 0 : (ring->begin + length) % ring->capacity;
}

void duet__ring_free(duet__ring *ring)
{
    free(ring->bytes);
    duet__ring_init(ring, ring->capacity);
}
