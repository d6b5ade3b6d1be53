/* SPDX-License-Identifier: MIT */
/* queue_items.c - a ring, a stack or a heap of items.
 *
 * Owns the array. Invariant: a ring begins at `first`; the other two begin at 0
 * (`first` stays 0). In the heap a parent never comes after its children. */
#include "runtime/sync/queue_items.h"

#include <stdlib.h>

#include <duet/error.h>

enum { FIRST_ROOM = 8 };

/* The place of the ring's item `index`. */
static duet__queue_item *ring_place(const duet__queue_items *items,
                                    size_t index)
{
    return &items->items[(items->first + index) & (items->room - 1)];
}

static int make_room(duet__queue_items *items)
{
    size_t room = items->room == 0 ? FIRST_ROOM : items->room * 2;
    duet__queue_item *larger;

    if (items->count < items->room)
        return 0;
    larger = reallocarray(NULL, room, sizeof *larger);
    if (larger == NULL)
        return DUET_ENOMEM;
    for (size_t i = 0; i < items->count; i++)
        larger[i] = *ring_place(items, i);
    free(items->items);
    items->items = larger;
    items->room = room;
    items->first = 0;
    return 0;
}

static bool before(const duet__queue_items *items, duet__queue_item first,
                   duet__queue_item second)
{
    int compared = items->compare(first.item, second.item);

    return compared != 0 ? compared < 0 : first.sequence < second.sequence;
}

static void sift_up(duet__queue_items *items, duet__queue_item item)
{
    size_t place = items->count - 1;

    while (place > 0) {
        size_t parent = (place - 1) / 2;

        if (!before(items, item, items->items[parent]))
            break;
        items->items[place] = items->items[parent];
        place = parent;
    }
    items->items[place] = item;
}

static void sift_down(duet__queue_items *items, duet__queue_item item)
{
    size_t place = 0;

    for (;;) {
        size_t child = place * 2 + 1;

        if (child >= items->count)
            break;
        if (child + 1 < items->count &&
            before(items, items->items[child + 1], items->items[child]))
            child++;
        if (!before(items, items->items[child], item))
            break;
        items->items[place] = items->items[child];
        place = child;
    }
    items->items[place] = item;
}

int duet__queue_items_put(duet__queue_items *items, void *item)
{
    duet__queue_item entry = {item, items->next_sequence};
    int status = make_room(items);

    if (status != 0)
        return status;
    items->next_sequence++;
    items->count++;
    if (items->order == DUET_QUEUE_PRIORITY)
        sift_up(items, entry);
    else
        *ring_place(items, items->count - 1) = entry;
    return 0;
}

void *duet__queue_items_take(duet__queue_items *items)
{
    void *item;

    items->count--;
    switch (items->order) {
    case DUET_QUEUE_LAST_IN:
        return items->items[items->count].item;
    case DUET_QUEUE_PRIORITY:
        item = items->items[0].item;
        if (items->count > 0)
            sift_down(items, items->items[items->count]);
        return item;
    case DUET_QUEUE_FIRST_IN:
    default:
        item = ring_place(items, 0)->item;
        items->first = (items->first + 1) & (items->room - 1);
        return item;
    }
}

void duet__queue_items_free(duet__queue_items *items)
{
    free(items->items);
    items->items = NULL;
    items->room = items->first = items->count = 0;
}
