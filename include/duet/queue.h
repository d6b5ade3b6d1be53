/* SPDX-License-Identifier: MIT */
/* queue.h - passes items from producer tasks to consumer tasks.
 *
 * Items are pointers: putting transfers ownership to the queue, getting to the
 * caller. Putting waits while the queue is full, getting while it is empty.
 * Both wait in order; an item goes to the task that has waited longest. Nothing
 * is lost when a waiter is cancelled: an item belongs to the putter, the queue
 * or the getter, and the status says to which.
 *
 * Closing: duet_queue_shutdown() makes putting fail at once, while getting
 * continues until the queue is empty.
 *
 * Threads: for the loop's own thread.
 */
#ifndef DUET_QUEUE_H
#define DUET_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <duet/export.h>
#include <duet/time.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_queue duet_queue;

typedef enum duet_queue_order {
    DUET_QUEUE_FIRST_IN, /* first in, first out */
    DUET_QUEUE_LAST_IN,  /* last in, first out */
    DUET_QUEUE_PRIORITY, /* least first; equal ones first in, first out */
} duet_queue_order;

typedef struct duet_queue_options {
    /* How many items the queue holds before putting waits. Default 1024;
     * DUET_NO_LIMIT for no limit. asyncio differs: there the default is no
     * limit. */
    int64_t capacity;
    /* Which item is got next. Default DUET_QUEUE_FIRST_IN. */
    duet_queue_order order;
    /* With DUET_QUEUE_PRIORITY: negative if `first` is got before `second`, 0
     * if they are equal, else positive. Must not wait. */
    int (*compare)(const void *first, const void *second);
    /* Called for each item that the queue drops: by an immediate shutdown, by
     * duet_queue_free(). Must not wait. Default: nothing is called. */
    void (*free_item)(void *item);
} duet_queue_options;

/* Makes an empty queue.
 *
 *   options    borrowed until return; NULL for all defaults
 *   out_queue  returned-owned (duet_queue_free()); NULL on failure
 *
 * Returns 0, or
 *   DUET_EINVAL  the capacity is below DUET_NO_LIMIT, `order` is not one of its
 *                values, or a priority queue has no compare()
 *   DUET_ENOMEM  no memory
 * Source: asyncio.Queue, LifoQueue, PriorityQueue. */
DUET_API DUET_MUST_USE int duet_queue_new(const duet_queue_options *options,
                                          duet_queue **out_queue);

/* Frees a queue that no task waits for, and drops its items.
 *
 *   queue  taken; NULL does nothing */
DUET_API void duet_queue_free(duet_queue *queue);

/* Puts an item; waits while the queue is full.
 *
 *   queue  borrowed until return
 *   item   taken on success, the caller's on failure; may be NULL
 *
 * Returns 0, or
 *   DUET_ETIMEDOUT  the deadline passed
 *   DUET_ECANCELED  the task was cancelled
 *   DUET_ECLOSED    the queue was shut down
 *   DUET_ENOMEM     no memory
 *   DUET_ENOLOOP    the caller is not a task, and would have to wait
 * Source: asyncio.Queue.put(). */
DUET_API DUET_MUST_USE int duet_queue_put(duet_queue *queue, void *item,
                                          duet_deadline deadline);

/* Puts an item if there is room.
 *
 *   queue, item  as for duet_queue_put()
 *
 * Returns 0, or
 *   DUET_EFULL    no room
 *   DUET_ECLOSED  the queue was shut down
 *   DUET_ENOMEM   no memory
 * Source: asyncio.Queue.put_nowait(). */
DUET_API DUET_MUST_USE int duet_queue_put_now(duet_queue *queue, void *item);

/* Gets an item; waits while there is none.
 *
 *   queue     borrowed until return
 *   out_item  where the item goes; the caller's on success, NULL on failure
 *
 * Returns 0, or
 *   DUET_ETIMEDOUT  the deadline passed
 *   DUET_ECANCELED  the task was cancelled
 *   DUET_ECLOSED    the queue was shut down and is empty
 *   DUET_ENOMEM     no memory for the timer
 *   DUET_ENOLOOP    the caller is not a task, and would have to wait
 * Source: asyncio.Queue.get(). */
DUET_API DUET_MUST_USE int duet_queue_get(duet_queue *queue, void **out_item,
                                          duet_deadline deadline);

/* Gets an item if there is one.
 *
 *   queue, out_item  as for duet_queue_get()
 *
 * Returns 0, or
 *   DUET_EEMPTY   there is none
 *   DUET_ECLOSED  the queue was shut down and is empty
 * Source: asyncio.Queue.get_nowait(). */
DUET_API DUET_MUST_USE int duet_queue_get_now(duet_queue *queue,
                                              void **out_item);

/* Reports that the work on an item is done.
 *
 *   queue  borrowed until return
 *
 * Returns 0, or
 *   DUET_ESTATE  called more often than items were put
 * Source: asyncio.Queue.task_done(). */
DUET_API int duet_queue_task_done(duet_queue *queue);

/* Waits until duet_queue_task_done() was called for every item that was put.
 *
 *   queue  borrowed until return
 *
 * Returns 0, or
 *   DUET_ETIMEDOUT  the deadline passed
 *   DUET_ECANCELED  the task was cancelled
 *   DUET_ENOMEM     no memory for the timer
 *   DUET_ENOLOOP    the caller is not a task, and would have to wait
 * Source: asyncio.Queue.join(). */
DUET_API DUET_MUST_USE int duet_queue_join(duet_queue *queue,
                                           duet_deadline deadline);

/* Closes the queue: from now on putting fails with DUET_ECLOSED, also for
 * waiting tasks; getting returns the items that are left, then fails in the
 * same way. May be called again.
 *
 *   queue        borrowed until return
 *   immediately  drop the items in the queue, and count them as done
 *
 * Source: asyncio.Queue.shutdown(). */
DUET_API void duet_queue_shutdown(duet_queue *queue, bool immediately);

/* How many items are in the queue. `queue` is borrowed until return. */
DUET_API size_t duet_queue_count(const duet_queue *queue);

DUET_END_DECLARATIONS

#endif
