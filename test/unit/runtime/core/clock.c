/* SPDX-License-Identifier: MIT */
#include "runtime/core/clock.h"

#include <duet/time.h>

#include "support/in_task.h"
#include "support/test.h"

in_virtual_time(idle_virtual_time_jumps_to_the_next_timer)
{
    assert_true(duet_clock_ns() == 0);
    assert_status(duet_sleep(duet_in_ms(3600 * 1000)), 0);
    assert_true(duet_clock_ns() == 3600LL * 1000000000);
    assert_status(duet_yield(), 0);
    assert_true(duet_clock_ns() == 3600LL * 1000000000);
}

in_virtual_time(deadlines_out_of_range_are_never_or_now)
{
    assert_true(duet_deadline_is_never(duet_in_ms(INT64_MAX)));
    assert_true(duet_deadline_is_now(duet_in_ms(INT64_MIN)));
    assert_true(duet_in_ns(INT64_MAX).at_ns >= INT64_MAX - 1);
    assert_true(duet_in_ns(-1).at_ns < 0);
    assert_status(duet_sleep(duet_in_ns(1)), 0);
    assert_true(duet_deadline_is_never(duet_in_ns(INT64_MAX)));
    assert_true(duet_in_ms(1).at_ns == 1000001);
    assert_true(duet_in_ms(-1).at_ns < duet_clock_ns());
}

in_virtual_time(deadlines_are_compared_and_told)
{
    duet_deadline soon = duet_in_ns(5);
    duet_deadline later = duet_in_ns(7);

    assert_true(duet_deadline_earlier(soon, later).at_ns == soon.at_ns);
    assert_true(duet_deadline_earlier(DUET_NEVER, later).at_ns == later.at_ns);
    assert_true(duet_deadline_left_ns(soon) == 5);
    assert_true(duet_deadline_left_ns(DUET_NEVER) == INT64_MAX);
    assert_true(duet_deadline_left_ns(DUET_NOW) == 0);
    assert_true(duet_deadline_is_now(DUET_NOW));
    assert_false(duet_deadline_is_now(soon));
    assert_status(duet_sleep(later), 0);
    assert_true(duet_deadline_left_ns(soon) == 0);
}

static void outside_a_loop_the_clock_is_monotonic(void **state)
{
    int64_t first = duet_clock_ns();

    (void)state;
    assert_true(first > 0);
    assert_true(duet_clock_ns() >= first);
    assert_true(duet_in_ms(1000).at_ns > first);
}

TEST_MAIN(test(idle_virtual_time_jumps_to_the_next_timer),
          test(deadlines_out_of_range_are_never_or_now),
          test(deadlines_are_compared_and_told),
          test(outside_a_loop_the_clock_is_monotonic))
