/* SPDX-License-Identifier: MIT */
/* ring.h - the bytes between a producer and a consumer of which one may be
 * slow.
 *
 * Invariant: it holds `capacity` bytes at most; what is read comes in the order
 * in which it was written. The memory is taken with the first byte, and may be
 * given back while it is empty. */
#ifndef DUET_STREAM_CORE_RING_H
#define DUET_STREAM_CORE_RING_H

#include <stddef.h>

#include <duet/export.h>

enum { DUET__RING_BYTES = 65536 };

typedef struct duet__ring {
    char *bytes; /* NULL until the first byte */
    size_t capacity;
    size_t begin; /* where the oldest byte is */
    size_t length;
} duet__ring;

/* Makes an empty ring that has no memory yet. */
void duet__ring_init(duet__ring *ring, size_t capacity);

/* Copies as many of the bytes as there is room for; returns how many. 0 also if
 * there is no memory: `bytes` of the ring is NULL then. */
size_t duet__ring_put(duet__ring *ring, const void *bytes, size_t length);

/* How many bytes it can take. */
size_t duet__ring_room(const duet__ring *ring);

/* The oldest bytes that lie together; borrowed until they are dropped. Returns
 * how many; 0 if it is empty. */
size_t duet__ring_front(const duet__ring *ring, char **bytes);

/* Drops the oldest bytes. */
void duet__ring_drop(duet__ring *ring, size_t length);

/* Frees the memory and drops what is in it; it can be used again. */
void duet__ring_free(duet__ring *ring);

#endif
