/* SPDX-License-Identifier: MIT */
/* time.h - deadlines.
 *
 * A function whose last parameter is a deadline may suspend the calling task:
 * the deadline says until when. The few that suspend without one say
 * *Suspends* in their contract. No other function lets other tasks run. One
 * deadline flows through a whole exchange:
 *
 *     duet_deadline deadline = duet_in_ms(5000);
 *     status = duet_lock_acquire(lock, deadline);
 *     ...
 *     status = duet_get(session, url, NULL, &response, deadline);
 *
 * A call whose deadline passes returns DUET_ETIMEDOUT. A deadline is a point in
 * time, not a duration: it is a struct, so that passing a number of
 * milliseconds does not compile.
 */
#ifndef DUET_TIME_H
#define DUET_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include <duet/export.h>
#include <duet/limit.h>

DUET_BEGIN_DECLARATIONS

/* A point on the loop's monotonic clock, the one of duet_clock_ns(). Passed by
 * value. Zero is DUET_NOW. */
typedef struct duet_deadline {
    int64_t at_ns;
} duet_deadline;

#ifdef __cplusplus
#define DUET_DEADLINE_AT(ns) (duet_deadline{ns})
#else
#define DUET_DEADLINE_AT(ns) ((duet_deadline){ns})
#endif

/* Wait without a time limit. */
#define DUET_NEVER DUET_DEADLINE_AT(INT64_MAX)

/* Do not wait: a call that would have to fails with DUET_ETIMEDOUT at once. */
#define DUET_NOW DUET_DEADLINE_AT(0)

/* The deadline that lies `milliseconds` from now. Negative values give a
 * deadline that has passed; values too large to represent give DUET_NEVER. */
DUET_API duet_deadline duet_in_ms(int64_t milliseconds);

/* The deadline that lies `nanoseconds` from now, in the same way. */
DUET_API duet_deadline duet_in_ns(int64_t nanoseconds);

/* The deadline at `ns` on the clock of duet_clock_ns(). Any thread. */
static inline duet_deadline duet_at_ns(int64_t ns)
{
    return DUET_DEADLINE_AT(ns);
}

/* The earlier of two deadlines. Any thread. */
static inline duet_deadline duet_deadline_earlier(duet_deadline a,
                                                  duet_deadline b)
{
    return a.at_ns < b.at_ns ? a : b;
}

/* Whether the deadline is DUET_NEVER. Any thread. */
static inline bool duet_deadline_is_never(duet_deadline deadline)
{
    return deadline.at_ns == INT64_MAX;
}

/* Whether the deadline means "do not wait": DUET_NOW, or before it. For whether
 * another deadline has passed use duet_deadline_left_ns(). Any thread. */
static inline bool duet_deadline_is_now(duet_deadline deadline)
{
    return deadline.at_ns <= 0;
}

/* The time now, in nanoseconds: CLOCK_MONOTONIC, or the virtual time of a loop
 * that runs on a test clock. Outside a loop CLOCK_MONOTONIC. Any thread. */
DUET_API int64_t duet_clock_ns(void);

/* The nanoseconds that are left until the deadline: 0 when it has passed,
 * INT64_MAX for DUET_NEVER. Any thread. */
DUET_API int64_t duet_deadline_left_ns(duet_deadline deadline);

DUET_END_DECLARATIONS

#endif
