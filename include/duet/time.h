/* SPDX-License-Identifier: MIT */
/* time.h - deadlines.
 *
 * A duet function may suspend the calling task if and only if its last
 * parameter is a deadline: a point on the loop's monotonic clock, in
 * nanoseconds. One deadline flows through a whole exchange:
 *
 *     duet_deadline deadline = duet_in_ms(5000);
 *     status = duet_lock_acquire(lock, deadline);
 *     ...
 *     status = duet_get(session, url, NULL, &response, deadline);
 *
 * A call whose deadline passes returns DUET_ETIMEDOUT.
 */
#ifndef DUET_TIME_H
#define DUET_TIME_H

#include <stdint.h>

#include <duet/export.h>

DUET_BEGIN_DECLARATIONS

/* Nanoseconds on the loop's monotonic clock. */
typedef int64_t duet_deadline;

/* Wait as long as it takes. */
#define DUET_NEVER INT64_MAX

/* Do not wait: a call that would have to fails with DUET_ETIMEDOUT at once. */
#define DUET_NOW ((duet_deadline)0)

/* In an options field: no limit, where 0 means the default. */
#define DUET_NO_LIMIT (-1)

/* The deadline that lies `milliseconds` from now. Negative values give a
 * deadline that has passed; values too large to represent give DUET_NEVER. */
DUET_API duet_deadline duet_in_ms(int64_t milliseconds);

/* The deadline that lies `nanoseconds` from now, in the same way. */
DUET_API duet_deadline duet_in_ns(int64_t nanoseconds);

/* The time now, in nanoseconds: CLOCK_MONOTONIC, or the virtual time of a loop
 * that runs on a test clock. Outside a loop CLOCK_MONOTONIC. Any thread. */
DUET_API int64_t duet_clock_ns(void);

DUET_END_DECLARATIONS

#endif
