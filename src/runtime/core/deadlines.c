/* SPDX-License-Identifier: MIT */
/* deadlines.c - the queue and its timer.
 *
 * Invariant: if the queue is not empty the timer is armed, for the first
 * entry's deadline or earlier: there is room for it from the start. */
#include "runtime/core/deadlines.h"

#include "base/check.h"
#include "runtime/core/clock.h"

static void arm(duet__deadlines *deadlines, int64_t at)
{
    if (deadlines->timer.place == 0)
        duet__timers_arm_reserved(&deadlines->loop->timers, &deadlines->timer,
                                  duet_at_ns(at));
}

static void fired(duet__timer *timer)
{
    duet__deadlines *deadlines = DUET__MEMBER(timer, duet__deadlines, timer);
    int64_t now = duet__loop_time(deadlines->loop);

    while (!duet__list_is_empty(&deadlines->entries)) {
        duet__deadline_entry *entry =
            DUET__MEMBER(deadlines->entries.next, duet__deadline_entry, link);

        if (entry->at > now) {
            arm(deadlines, entry->at);
            return;
        }
        duet__deadline_clear(entry);
        deadlines->passed(deadlines, entry);
    }
}

int duet__deadlines_init(duet__deadlines *deadlines, duet_loop *loop,
                         int64_t duration_ns,
                         void (*passed)(duet__deadlines *deadlines,
                                        duet__deadline_entry *entry))
{
    *deadlines = (duet__deadlines){
        .loop = loop,
        .duration_ns = duration_ns,
        .timer.fired = fired,
        .passed = passed,
    };
    duet__link_init(&deadlines->entries);
    return duet__timers_reserve(&loop->timers);
}

void duet__deadlines_set(duet__deadlines *deadlines,
                         duet__deadline_entry *entry)
{
    duet__deadline_clear(entry);
    if (deadlines->duration_ns == INT64_MAX)
        return;
    entry->at = deadlines->loop->now_ns + deadlines->duration_ns;
    duet__list_push_back(&deadlines->entries, &entry->link);
    arm(deadlines, entry->at);
}

void duet__deadlines_stop(duet__deadlines *deadlines)
{
    DUET__CHECK(duet__list_is_empty(&deadlines->entries), "entries are left");
    duet__loop_disarm(deadlines->loop, &deadlines->timer);
    duet__timers_unreserve(&deadlines->loop->timers);
}
