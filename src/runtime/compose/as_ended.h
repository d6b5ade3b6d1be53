/* SPDX-License-Identifier: MIT */
/* as_ended.h - handing out several things in the order in which they end.
 *
 * What the completions of tasks, of thread calls and of process calls have in
 * common: each of them has an array of entries, one a thing, and an entry's
 * link is in no list, then in `ended`, then handed out. */
#ifndef DUET_RUNTIME_COMPOSE_AS_ENDED_H
#define DUET_RUNTIME_COMPOSE_AS_ENDED_H

#include <stdbool.h>

#include <duet/until.h>

#include "base/list.h"
#include "runtime/core/wait.h"

typedef struct duet__as_ended {
    duet__list ended; /* of entries' links; not handed out */
    size_t count;
    size_t left;        /* not handed out */
    duet__list waiters; /* of duet__wait; tasks of one loop. What threads ask
                         * too has a gate of its own beside it. */
} duet__as_ended;

/* Memory for something of `head_bytes` with an array of `count` entries behind
 * it; not cleared. NULL if there is none. */
void *duet__as_ended_alloc(size_t head_bytes, size_t count, size_t entry_bytes);

/* None of `count` has ended. */
void duet__as_ended_init(duet__as_ended *all, size_t count);

/* One has ended: wakes the first of the waiters. */
void duet__as_ended_add(duet__as_ended *all, duet__link *entry);

/* Takes the first of `ended`, which is not empty; if it was the last that was
 * left the waiters are woken, for nothing will come. */
duet__link *duet__as_ended_take(duet__as_ended *all);

/* Takes the next, suspending until there is one.
 *
 *   what     of duet__wait: what is waited for
 *   outside  of duet__wait
 *
 * Returns 0, DUET_EEMPTY if all were handed out, or a code of duet__park(). */
DUET_MUST_USE int duet__as_ended_next(duet__as_ended *all, const char *what,
                                      duet__outside outside,
                                      duet__link **out_entry,
                                      duet_deadline deadline);

/* One has ended, with a failure or not: is that enough, whatever the rest do?
 */
static inline bool duet__until_is_met(duet_until until, bool has_failed)
{
    return until == DUET_UNTIL_FIRST ||
           (until == DUET_UNTIL_ERROR && has_failed);
}

#endif
