/* SPDX-License-Identifier: MIT */
/* clock.c - the clock of the loop that runs here, and deadlines on it.
 *
 * Invariant: duet__loop_current is set exactly while a loop runs in this
 * thread, and then all times and deadlines are that loop's. */
#include "runtime/core/clock.h"

#include <time.h>

#include <duet/time.h>

_Thread_local duet_loop *duet__loop_current;

duet_loop *duet_current_loop(void)
{
    return duet__loop_current;
}

int64_t duet__clock_real_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t duet__loop_time(const duet_loop *loop)
{
    return loop->options.virtual_time ? loop->virtual_ns
                                      : duet__clock_real_ns();
}

int64_t duet_clock_ns(void)
{
    return duet__loop_current != NULL ? duet__loop_time(duet__loop_current)
                                      : duet__clock_real_ns();
}

duet_deadline duet_in_ns(int64_t nanoseconds)
{
    int64_t deadline;

    if (__builtin_add_overflow(duet_clock_ns(), nanoseconds, &deadline))
        return nanoseconds < 0 ? DUET_NOW : DUET_NEVER;
    return duet_at_ns(deadline);
}

duet_deadline duet_in_ms(int64_t milliseconds)
{
    int64_t nanoseconds;

    if (__builtin_mul_overflow(milliseconds, (int64_t)1000000, &nanoseconds))
        return milliseconds < 0 ? DUET_NOW : DUET_NEVER;
    return duet_in_ns(nanoseconds);
}

int64_t duet_deadline_left_ns(duet_deadline deadline)
{
    int64_t now_ns;

    if (duet_deadline_is_never(deadline))
        return INT64_MAX;
    now_ns = duet_clock_ns();
    return deadline.at_ns > now_ns ? deadline.at_ns - now_ns : 0;
}
