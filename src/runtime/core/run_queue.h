/* SPDX-License-Identifier: MIT */
/* run_queue.h - the queue of what runs next, first in first out.
 *
 * Members are rarely removed from the middle, so one pointer for each member is
 * enough; the queue is on the path of every switch. Invariant: `last` points to
 * the `next` of the last member, or to `first` of the empty queue. */
#ifndef DUET_RUNTIME_CORE_RUN_QUEUE_H
#define DUET_RUNTIME_CORE_RUN_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

/* A member of the queue: a task, or a function to call. */
typedef struct duet__ready {
    struct duet__ready *next;
    /* Called on the loop's stack; must not wait. NULL: a task's entry. */
    void (*run)(struct duet__ready *ready);
} duet__ready;

typedef struct duet__run_queue {
    duet__ready *first;
    duet__ready **last;
} duet__run_queue;

static inline void duet__run_queue_init(duet__run_queue *queue)
{
    queue->first = NULL;
    queue->last = &queue->first;
}

static inline bool duet__run_queue_is_empty(const duet__run_queue *queue)
{
    return queue->first == NULL;
}

static inline void duet__run_queue_append(duet__run_queue *queue,
                                          duet__ready *ready)
{
    ready->next = NULL;
    *queue->last = ready;
    queue->last = &ready->next;
}

static inline void duet__run_queue_prepend(duet__run_queue *queue,
                                           duet__ready *ready)
{
    ready->next = queue->first;
    if (queue->first == NULL)
        queue->last = &ready->next;
    queue->first = ready;
}

/* Takes the first member out; the queue must not be empty. */
static inline duet__ready *duet__run_queue_take(duet__run_queue *queue)
{
    duet__ready *first = queue->first;

    queue->first = first->next;
    if (queue->first == NULL)
        queue->last = &queue->first;
    __builtin_prefetch(queue->first);
    return first;
}

/* Moves all members of `from` to the end of `to`. */
static inline void duet__run_queue_append_all(duet__run_queue *to,
                                              duet__run_queue *from)
{
    if (from->first == NULL)
        return;
    *to->last = from->first;
    to->last = from->last;
    duet__run_queue_init(from);
}

/* Removes a member from any position, by a linear search; false if it is not in
 * the queue. */
static inline bool duet__run_queue_remove(duet__run_queue *queue,
                                          duet__ready *ready)
{
    duet__ready **place = &queue->first;

    while (*place != NULL && *place != ready)
        place = &(*place)->next;
    if (*place == NULL)
        return false;
    *place = ready->next;
    if (*place == NULL)
        queue->last = place;
    return true;
}

#endif
