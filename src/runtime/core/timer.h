/* SPDX-License-Identifier: MIT */
/* timer.h - timers: functions called at a point in time.
 *
 * A timer is embedded in its owner and is armed or not. Timers with equal
 * deadlines fire in the order in which they were armed. */
#ifndef DUET_RUNTIME_CORE_TIMER_H
#define DUET_RUNTIME_CORE_TIMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <duet/time.h>

typedef struct duet__timer duet__timer;
typedef void duet__timer_fired(duet__timer *timer);

struct duet__timer {
    duet__timer_fired *fired; /* called on the loop's stack, timer disarmed */
    size_t place;             /* 1 + index in the heap; 0 while not armed */
};

typedef struct duet__timer_entry {
    int64_t at_ns;
    uint64_t sequence;  /* order of arming */
    duet__timer *timer; /* NULL: a gap */
} duet__timer_entry;

typedef struct duet__timers {
    duet__timer_entry *entries; /* a heap of eight children each */
    size_t count;               /* of entries, gaps included */
    size_t gaps;                /* entries whose timer was disarmed */
    size_t room;
    size_t reserved; /* entries that only reserved timers may take */
    uint64_t next_sequence;
} duet__timers;

/* Arms `timer`, or moves it if it is armed. DUET_NEVER disarms it.
 * Returns 0, or DUET_ENOMEM (then the timer is not armed). */
int duet__timers_arm(duet__timers *timers, duet__timer *timer,
                     duet_deadline deadline);

/* Reserves room for one timer that must never fail to be armed, until
 * duet__timers_unreserve(). Returns 0 or DUET_ENOMEM. */
DUET_MUST_USE int duet__timers_reserve(duet__timers *timers);
void duet__timers_unreserve(duet__timers *timers);

/* duet__timers_arm() for a timer with reserved room. */
void duet__timers_arm_reserved(duet__timers *timers, duet__timer *timer,
                               duet_deadline deadline);

/* Does nothing if `timer` is not armed. */
void duet__timers_disarm(duet__timers *timers, duet__timer *timer);

/* The earliest deadline, DUET_NEVER if none is armed. */
duet_deadline duet__timers_next(const duet__timers *timers);

/* Fires one timer whose deadline is not after `now_ns`; false if there is
 * none. */
bool duet__timers_fire_one(duet__timers *timers, int64_t now_ns);

void duet__timers_free(duet__timers *timers);

#endif
