/* SPDX-License-Identifier: MIT */
/* poll.h - the loop's epoll set, independent of tasks.
 *
 * A descriptor has one owner: a driver's source, or the source for tasks that
 * wait for it (descriptor.h).
 *
 * Invariant: an event is delivered only to the owner that registered for it;
 * each change of owner increments the generation that events carry. */
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
    void *waiting; /* the context for waiting tasks, once there were any; freed
                    * with the set */
    uint32_t generation;
    uint32_t registered; /* the registered events; 0: not in the set */
} duet__poll_entry;

typedef struct duet__poll_set {
    int epoll;
    duet__poll_entry *entries; /* by number */
    size_t room;
} duet__poll_set;

/* Returns 0 or the code of epoll_create1()'s error. */
int duet__poll_init(duet__poll_set *set);
void duet__poll_free(duet__poll_set *set);

/* Watches `descriptor` for a driver, or changes what is watched.
 *
 *   events   EPOLLIN, EPOLLOUT, EPOLLRDHUP, EPOLLET, ...
 *   ready    called with `context` for each event; both borrowed until
 *            duet__source_remove() or duet__source_forget()
 *
 * Returns 0, or
 *   DUET_EBADF not an open descriptor; the table does not grow for it
 *   DUET_EBUSY   the descriptor has another owner
 *   DUET_ENOMEM  no memory
 *   and what epoll_ctl reports */
int duet__source_watch(duet__poll_set *set, int descriptor, uint32_t events,
                       duet__source_ready *ready, void *context);

/* Stops watching. */
void duet__source_remove(duet__poll_set *set, int descriptor);

/* Stops watching a descriptor that is closed, or about to be closed by its only
 * holder: epoll removes it by itself. */
void duet__source_forget(duet__poll_set *set, int descriptor);

/* Gives the number `descriptor` to the file that `other` is, as dup3() does,
 * and watches it for the driver as it did the file before. `other` stays open.
 *
 * Returns 0, what dup3() reports (then the file is the one before), or what
 * epoll_ctl reports (then nothing is watched). */
int duet__source_replace(duet__poll_set *set, int descriptor, int other);

/* The entry of `descriptor`, created if necessary; borrowed until the next
 * call. Returns 0, DUET_EBADF or DUET_ENOMEM. */
int duet__poll_find(duet__poll_set *set, int descriptor,
                    duet__poll_entry **out_entry);

/* Does a driver's source own the descriptor? */
static inline bool duet__poll_is_driven(const duet__poll_entry *entry)
{
    return entry->ready != NULL &&
           (entry->waiting == NULL || entry->context != entry->waiting);
}

/* Watches a descriptor that no driver owns for its next event only. It may have
 * been closed since without notice, so an existing registration is not trusted.
 *
 * Returns 0, or the code of epoll_ctl()'s error. */
int duet__source_watch_once(duet__poll_set *set, int descriptor,
                            uint32_t events, duet__source_ready *ready,
                            void *context);

/* Is this an open descriptor of this process? Check this before a table grows
 * for a number from outside: open descriptors are below RLIMIT_NOFILE. */
bool duet__descriptor_is_open(int descriptor);

/* Waits for events of the loop's descriptors for at most `timeout_ns`
 * (negative: for ever), reads the loop's clock, and delivers them. Returns how
 * many there were. */
int duet__poll(duet_loop *loop, int64_t timeout_ns);

#endif
