/* SPDX-License-Identifier: MIT */
/* descriptor.h - the loop's one epoll set.
 *
 * A descriptor has one owner: a source of a driver, or the tasks that wait for
 * it by duet_wait_readable() and duet_wait_writable().
 *
 * Invariant: an event is delivered only to the owner that was there when it was
 * asked for; each change of owner raises the generation that events carry. */
#ifndef DUET_RUNTIME_DESCRIPTOR_H
#define DUET_RUNTIME_DESCRIPTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>

#include <duet/loop.h>

#include "base/list.h"
#include "runtime/wait.h"

/* Called on the loop's stack with the EPOLL events that occurred. */
typedef void duet__descriptor_ready(void *context, int descriptor,
                                    uint32_t events);

typedef struct duet__descriptor {
    duet__descriptor_ready *ready; /* NULL: no source owns it */
    void *context;
    uint32_t generation;
    uint32_t registered; /* what epoll was told; 0: not in the set */
    duet__list *readers; /* of duet__wait; NULL until a task waits */
    duet__list *writers;
} duet__descriptor;

typedef struct duet__descriptors {
    int epoll;
    duet__descriptor *entries; /* by number */
    size_t room;
} duet__descriptors;

int duet__descriptors_init(duet__descriptors *descriptors);
void duet__descriptors_free(duet__descriptors *descriptors);

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
int duet__source_watch(duet__descriptors *descriptors, int descriptor,
                       uint32_t events, duet__descriptor_ready *ready,
                       void *context);

/* Stops watching. */
void duet__source_remove(duet__descriptors *descriptors, int descriptor);

/* Stops watching a descriptor that is closed, or closed next by its only
 * holder: epoll drops it by itself. */
void duet__source_forget(duet__descriptors *descriptors, int descriptor);

/* Puts `wait` among those that are woken once `descriptor` is readable (or
 * writable).
 *
 * Returns 0, or
 *   DUET_EPERM  epoll refuses what is always ready: regular files
 *   and the codes of duet_wait_readable(); `wait` is in no queue then */
int duet__descriptor_wait_for(duet__descriptors *descriptors, int descriptor,
                              bool writing, duet__wait *wait);

/* duet_wait_readable() or duet_wait_writable(), for what comes from `outside`.
 * Returns their codes. */
int duet__descriptor_await(int descriptor, bool writing, duet__outside outside,
                           duet_deadline deadline);

/* Is this a descriptor, open in this process? To be asked before a table grows
 * by a number that came from elsewhere: what is open is below RLIMIT_NOFILE. */
bool duet__descriptor_is_open(int descriptor);

/* Asks the system, without waiting. Returns 0 if `descriptor` is readable (or
 * writable) now, DUET_EAGAIN if not, or DUET_EBADF. */
int duet__descriptor_is_ready(int descriptor, bool writing);

/* Waits for events of the loop's descriptors for at most `timeout_ns`
 * (negative: without end), reads the loop's clock, and delivers them. Returns
 * how many there were. */
int duet__descriptors_poll(duet_loop *loop, int64_t timeout_ns);

#endif
