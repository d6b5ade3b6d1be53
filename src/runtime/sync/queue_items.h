/* SPDX-License-Identifier: MIT */
/* queue_items.h - the items of a queue, in one of three orders. No waiting. */
#ifndef DUET_RUNTIME_SYNC_QUEUE_ITEMS_H
#define DUET_RUNTIME_SYNC_QUEUE_ITEMS_H

#include <stdint.h>

#include <duet/queue.h>

typedef struct duet__queue_item {
    void *item;
    uint64_t sequence; /* order of putting; only priority uses it */
} duet__queue_item;

typedef struct duet__queue_items {
    duet_queue_order order;
    int (*compare)(const void *first, const void *second);
    duet__queue_item *items; /* a ring, a stack or a heap */
    size_t room;             /* 0 or a power of two */
    size_t first;            /* of the ring */
    size_t count;
    uint64_t next_sequence;
} duet__queue_items;

/* Adds an item. Returns 0, or DUET_ENOMEM. */
int duet__queue_items_put(duet__queue_items *items, void *item);

/* Removes the next item; there must be one. This leaves room, so the next put
 * cannot fail. */
void *duet__queue_items_take(duet__queue_items *items);

/* Frees the memory, not what the items point to. */
void duet__queue_items_free(duet__queue_items *items);

#endif
