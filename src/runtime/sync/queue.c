/* SPDX-License-Identifier: MIT */
/* queue.c - queues that tasks wait for.
 *
 * Invariant: tasks wait to get only while the queue is empty, and to put only
 * while it is full. An item goes directly to the task that waits for it. */
#include <duet/queue.h>

#include <stdlib.h>

#include "base/check.h"
#include "base/error.h"
#include "base/life.h"
#include "runtime/sync/queue_items.h"
#include "runtime/core/thread_check.h"
#include "runtime/core/wait.h"

enum { DEFAULT_CAPACITY = 1024 };

DUET__LIVES("queue")

struct duet_queue {
    DUET__USER
    DUET__LIFE
    duet__queue_items items;
    size_t capacity;
    size_t unfinished; /* put and not done yet */
    bool closed;
    void (*free_item)(void *item);
    duet__list getters; /* of handover, by wait.link */
    duet__list putters; /* likewise */
    duet__list joiners; /* of duet__wait */
};

/* A task that waits, and the item that it gets or puts. */
typedef struct handover {
    duet__wait wait;
    void *item;
} handover;

int duet_queue_new(const duet_queue_options *options, duet_queue **out_queue)
{
    static const duet_queue_options defaults;
    duet_queue *queue;

    *out_queue = NULL;
    if (options == NULL)
        options = &defaults;
    if (options->capacity < DUET_NO_LIMIT)
        return duet__fail(DUET_EINVAL, "a queue with room for %lld items",
                          (long long)options->capacity);
    if ((unsigned)options->order > DUET_QUEUE_PRIORITY)
        return duet__fail(DUET_EINVAL, "a queue in the order %d",
                          (int)options->order);
    if (options->order == DUET_QUEUE_PRIORITY && options->compare == NULL)
        return duet__fail(DUET_EINVAL, "a priority queue needs compare()");
    queue = malloc(sizeof *queue);
    if (queue == NULL)
        return DUET_ENOMEM;
    *queue = (duet_queue){
        .items = {.order = options->order, .compare = options->compare},
        .capacity = options->capacity == DUET_NO_LIMIT ? SIZE_MAX
                    : options->capacity == 0           ? DEFAULT_CAPACITY
                                             : (size_t)options->capacity,
        .free_item = options->free_item,
    };
    duet__link_init(&queue->getters);
    duet__link_init(&queue->putters);
    duet__link_init(&queue->joiners);
    DUET__LIFE_BEGINS(queue);
    *out_queue = queue;
    return 0;
}

static void drop_items(duet_queue *queue)
{
    while (queue->items.count > 0) {
        void *item = duet__queue_items_take(&queue->items);

        if (queue->free_item != NULL)
            queue->free_item(item);
    }
}

void duet_queue_free(duet_queue *queue)
{
    if (queue == NULL)
        return;
    DUET__LIFE_ENDS(queue);
    DUET__CHECK(duet__list_is_empty(&queue->getters) &&
                    duet__list_is_empty(&queue->putters) &&
                    duet__list_is_empty(&queue->joiners),
                "a task waits for the queue");
    drop_items(queue);
    duet__queue_items_free(&queue->items);
    free(queue);
}

static handover *first_of(duet__list *waiters)
{
    return DUET__MEMBER(waiters->next, handover, wait.link);
}

int duet_queue_put_now(duet_queue *queue, void *item)
{
    int status = 0;

    DUET__OWN_USE(queue);
    if (queue->closed)
        return duet__fail_plainly(DUET_ECLOSED);
    if (!duet__list_is_empty(&queue->getters)) {
        handover *getter = first_of(&queue->getters);

        getter->item = item;
        duet__wake(&getter->wait, 0);
    } else if (queue->items.count >= queue->capacity) {
        return duet__fail_plainly(DUET_EFULL);
    } else {
        status = duet__queue_items_put(&queue->items, item);
    }
    if (status == 0)
        queue->unfinished++;
    return status;
}

int duet_queue_put(duet_queue *queue, void *item, duet_deadline deadline)
{
    handover own = {.wait = {.what = "queue with room", .object = queue},
                    .item = item};
    int status;

    DUET__OWN_USE(queue);
    status = duet_queue_put_now(queue, item);
    if (status != DUET_EFULL)
        return status;
    duet__list_push_back(&queue->putters, &own.wait.link);
    return duet__park(&own.wait, deadline);
}

/* There is room for one more item: the first waiting putter adds its own. */
static void admit_putter(duet_queue *queue)
{
    handover *putter;
    int status;

    if (duet__list_is_empty(&queue->putters))
        return;
    putter = first_of(&queue->putters);
    status = duet__queue_items_put(&queue->items, putter->item);
    DUET__CHECK(status == 0, "an item was taken, so there is room");
    queue->unfinished++;
    duet__wake(&putter->wait, 0);
}

int duet_queue_get_now(duet_queue *queue, void **out_item)
{
    DUET__OWN_USE(queue);
    *out_item = NULL;
    if (queue->items.count == 0)
        return queue->closed ? DUET_ECLOSED : DUET_EEMPTY;
    *out_item = duet__queue_items_take(&queue->items);
    admit_putter(queue);
    return 0;
}

int duet_queue_get(duet_queue *queue, void **out_item, duet_deadline deadline)
{
    handover own = {.wait = {.what = "queue with items", .object = queue}};
    int status;

    DUET__OWN_USE(queue);
    status = duet_queue_get_now(queue, out_item);
    if (status != DUET_EEMPTY)
        return status;
    duet__list_push_back(&queue->getters, &own.wait.link);
    status = duet__park(&own.wait, deadline);
    if (status == 0)
        *out_item = own.item;
    return status;
}

/* --- joining and closing ------------------------------------------------- */

int duet_queue_task_done(duet_queue *queue)
{
    DUET__OWN_USE(queue);
    if (queue->unfinished == 0)
        return duet__fail_plainly(DUET_ESTATE);
    if (--queue->unfinished == 0)
        duet__wake_all(&queue->joiners, 0);
    return 0;
}

int duet_queue_join(duet_queue *queue, duet_deadline deadline)
{
    duet__wait wait = {
        .what = "queue to be done", .object = queue, .cancel_wins = true};

    DUET__OWN_USE(queue);
    if (queue->unfinished == 0)
        return 0;
    duet__list_push_back(&queue->joiners, &wait.link);
    return duet__park(&wait, deadline);
}

void duet_queue_shutdown(duet_queue *queue, bool immediately)
{
    DUET__OWN_USE(queue);
    queue->closed = true;
    if (immediately) {
        size_t dropped = queue->items.count;

        drop_items(queue);
        /* Some items may have been counted as done although no task got
         * them. */
        queue->unfinished -=
            dropped < queue->unfinished ? dropped : queue->unfinished;
        if (queue->unfinished == 0)
            duet__wake_all(&queue->joiners, 0);
    }
    duet__wake_all(&queue->putters, DUET_ECLOSED);
    duet__wake_all(&queue->getters, DUET_ECLOSED);
}

size_t duet_queue_count(const duet_queue *queue)
{
    DUET__OWN_USE(queue);
    return queue->items.count;
}
