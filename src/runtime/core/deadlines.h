/* SPDX-License-Identifier: MIT */
/* deadlines.h - many deadlines of one length each, for the price of a list.
 *
 * All members of a queue have the same time, so they pass in the order in which
 * they were set, and setting or clearing one costs a few pointers; the loop's
 * timer is armed once for the whole queue, for the first member at most. */
#ifndef DUET_RUNTIME_CORE_DEADLINES_H
#define DUET_RUNTIME_CORE_DEADLINES_H

#include "base/list.h"
#include "runtime/core/loop.h"

typedef struct duet__deadlines duet__deadlines;

/* In at most one queue; points to itself when in none. */
typedef struct duet__deadline_entry {
    duet__link link;
    int64_t at;
} duet__deadline_entry;

struct duet__deadlines {
    duet__list entries; /* the earliest first */
    duet_loop *loop;
    int64_t duration_ns; /* INT64_MAX: nothing ever passes */
    duet__timer timer;
    /* Called for each entry whose time is over; it is in no queue then. */
    void (*passed)(duet__deadlines *deadlines, duet__deadline_entry *entry);
};

/* Returns 0, or DUET_ENOMEM: then it must not be stopped. */
DUET_MUST_USE int duet__deadlines_init(
    duet__deadlines *deadlines, duet_loop *loop, int64_t duration_ns,
    void (*passed)(duet__deadlines *deadlines, duet__deadline_entry *entry));

/* Sets the entry's deadline to now, as of this turn, plus the duration; it
 * leaves the queue that it is in. */
void duet__deadlines_set(duet__deadlines *deadlines,
                         duet__deadline_entry *entry);

/* Takes the entry out of its queue, if it is in one. */
static inline void duet__deadline_clear(duet__deadline_entry *entry)
{
    duet__list_remove(&entry->link);
}

/* Stops the timer; the queue must be empty. */
void duet__deadlines_stop(duet__deadlines *deadlines);

#endif
