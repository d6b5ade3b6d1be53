/* SPDX-License-Identifier: MIT */
/* poll.h - the loop's one epoll set, which knows no task.
 *
 * A descriptor has one owner: a source of a driver, or the tasks that wait for
 * it (descriptor.h), which are one more source.
 *
 * Invariant: an event is delivered only to the owner that was there when it was
 * asked for; each change of owner raises the generation that events carry. */
#ifndef DUET_RUNTIME_CORE_POLL_H
#define DUET_RUNTIME_CORE_POLL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>

#include <duet/loop.h>

/* Called on the loop's stack with the EPOLL events that occurred. */
typedef void duet__source_ready(void *context, int descriptor, uint32_t events);

typedef struct duet__poll_entry {
    duet__source_ready *ready; /* NULL: no source owns it */
    void *context;
    void *waiting; /* the context of the tasks that wait, once some did; freed
                    * with the set */
    uint32_t generation;
    uint32_t registered; /* what epoll was told; 0: not in the set */
} duet__poll_entry;

typedef struct duet__poll_set {
    int epoll;
    duet__poll_entry *entries; /* by number */
    size_t room;
} duet__poll_set;

/* Returns 0 or the code of what epoll_create1() reports. */
int duet__poll_init(duet__poll_set *set);
void duet__poll_free(duet__poll_set *set);

/* Watches `descriptor` for a driver, or changes what is watched.
 *
 *   events   EPOLLIN, EPOLLOUT, EPOLLRDHUP, EPOLLET, ...
 *   ready    called with `context` for each event; both borrowed until
 *            duet__source_remove() or duet__source_forget()
 *
 * Returns 0, or
 *   DUET_EBADF   not an open descriptor: no table grows by such a number
 *   DUET_EBUSY   the descriptor has another owner
 *   DUET_ENOMEM  no memory
 *   and what epoll_ctl reports */
int duet__source_watch(duet__poll_set *set, int descriptor, uint32_t events,
                       duet__source_ready *ready, void *context);

/* Stops watching. */
void duet__source_remove(duet__poll_set *set, int descriptor);

/* Stops watching a descriptor that is closed, or closed next by its only
 * holder: epoll drops it by itself. */
void duet__source_forget(duet__poll_set *set, int descriptor);

/* The entry of `descriptor`, made if need be; borrowed until the next call.
 * Returns 0, DUET_EBADF or DUET_ENOMEM. */
int duet__poll_find(duet__poll_set *set, int descriptor,
                    duet__poll_entry **out_entry);

/* Does a driver's source own the descriptor? */
static inline bool duet__poll_is_driven(const duet__poll_entry *entry)
{
    return entry->ready != NULL &&
           (entry->waiting == NULL || entry->context != entry->waiting);
}

/* Watches a descriptor that no driver owns for its next event alone. Its holder
 * may have closed it without a word since, so no registration is trusted.
 *
 * Returns 0, or what epoll_ctl reports. */
int duet__source_watch_once(duet__poll_set *set, int descriptor,
                            uint32_t events, duet__source_ready *ready,
                            void *context);

/* Is this a descriptor, open in this process? To be asked before a table grows
 * by a number that came from elsewhere: what is open is below RLIMIT_NOFILE. */
bool duet__descriptor_is_open(int descriptor);

/* Waits for events of the loop's descriptors for at most `timeout_ns`
 * (negative: without end), reads the loop's clock, and delivers them. Returns
 * how many there were. */
int duet__poll(duet_loop *loop, int64_t timeout_ns);

#endif
