/* SPDX-License-Identifier: MIT */
/* repeat.c - calls at even intervals. Every due time is computed from the first
 * one, so that errors do not accumulate. */
#include <duet/repeat.h>

#include "runtime/core/task.h"

/* The first multiple of the interval after `now`; DUET_NEVER if there is none
 * that can be represented. */
static duet_deadline next_due(int64_t start, int64_t interval, int64_t now)
{
    int64_t passed = (now - start) / interval;
    int64_t offset;
    int64_t due;

    if (__builtin_mul_overflow(passed + 1, interval, &offset) ||
        __builtin_add_overflow(start, offset, &due))
        return DUET_NEVER;
    return duet_at_ns(due);
}

int duet_repeat_every(int64_t interval_ms, duet_task_function *function,
                      void *argument, duet_deadline deadline)
{
    int64_t start = duet_clock_ns();
    int64_t interval;

    if (duet__task_current() == NULL)
        return DUET_ENOLOOP;
    if (interval_ms <= 0)
        return duet__fail(DUET_EINVAL, "an interval of %lld ms",
                          (long long)interval_ms);
    if (__builtin_mul_overflow(interval_ms, (int64_t)1000000, &interval))
        interval = INT64_MAX;
    for (;;) {
        int status = function(argument);
        duet_deadline due;

        if (status != 0)
            return status;
        due = next_due(start, interval, duet_clock_ns());
        status = duet_sleep(duet_deadline_earlier(due, deadline));
        if (status != 0)
            return status;
        if (due.at_ns >= deadline.at_ns)
            return duet__fail_plainly(DUET_ETIMEDOUT);
    }
}
