/* SPDX-License-Identifier: MIT */
/* channel.h - passes values of one type between tasks.
 *
 * A channel copies values of a fixed size. With capacity 0 it is unbuffered:
 * the sender continues once a receiver has the value. Senders and receivers
 * wait in a queue, and a value goes to the receiver that has waited longest.
 *
 * duet_select() (select.h) waits for the first of several channels, and
 * descriptors.
 *
 * Nothing is lost when a waiter is cancelled: the status says whether the
 * value was passed.
 *
 * asyncio has no channels; the semantics are those of Go, except that sending
 * to a closed channel is an error rather than the end of the program.
 *
 * Threads: for the loop's own thread.
 */
#ifndef DUET_CHANNEL_H
#define DUET_CHANNEL_H

#include <stddef.h>

#include <duet/export.h>
#include <duet/time.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_channel duet_channel;

/* Makes an empty channel.
 *
 *   value_bytes  the size of a value; 0 for signals without a value
 *   capacity     how many values it holds before sending waits; 0: unbuffered.
 *                The memory for them is allocated here.
 *   out_channel  returned-owned (duet_channel_free()); NULL on failure
 *
 * Returns 0, or
 *   DUET_ENOMEM  no memory
 * Source: Go, make(chan T, capacity). */
DUET_API DUET_MUST_USE int duet_channel_new(size_t value_bytes, size_t capacity,
                                            duet_channel **out_channel);

/* Frees a channel that no task waits for, with the values in it.
 *
 *   channel  taken; NULL does nothing */
DUET_API void duet_channel_free(duet_channel *channel);

/* Sends a value; waits in the queue while the channel is full.
 *
 *   channel  borrowed until return
 *   value    copied; NULL if values have no bytes
 *
 * Returns 0, or
 *   DUET_ETIMEDOUT  the deadline passed; nothing was sent
 *   DUET_ECANCELED  the task was cancelled; nothing was sent
 *   DUET_ECLOSED    the channel is closed; nothing was sent
 *   DUET_ENOMEM     no memory for the timer
 *   DUET_ENOLOOP    the caller is not a task, and would have to wait */
DUET_API DUET_MUST_USE int duet_channel_send(duet_channel *channel,
                                             const void *value,
                                             duet_deadline deadline);

/* Receives a value; waits in the queue while there is none.
 *
 *   channel    borrowed until return
 *   out_value  where the value is copied; untouched on failure; NULL to drop it
 *
 * Returns 0, or
 *   DUET_ETIMEDOUT  the deadline passed
 *   DUET_ECANCELED  the task was cancelled
 *   DUET_ECLOSED    the channel is closed and empty
 *   DUET_ENOMEM     no memory for the timer
 *   DUET_ENOLOOP    the caller is not a task, and would have to wait */
DUET_API DUET_MUST_USE int duet_channel_receive(duet_channel *channel,
                                                void *out_value,
                                                duet_deadline deadline);

/* Closes the channel: sending fails from now on, also for waiting senders;
 * receiving returns the values that are left, then fails. May be called again.
 * `channel` is borrowed until return. */
DUET_API void duet_channel_close(duet_channel *channel);

/* How many values the channel holds. `channel` is borrowed until return. */
DUET_API size_t duet_channel_count(const duet_channel *channel);

DUET_END_DECLARATIONS

#endif
