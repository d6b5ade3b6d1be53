/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <duet/time.h>

#include "base/limit.h"

static void zero_is_the_default_and_no_limit_is_none(void **state)
{
    size_t limit;

    (void)state;
    assert_status(duet__limit_read("x_max", 0, 5, &limit), 0);
    assert_int_equal(limit, 5);
    assert_status(duet__limit_read("x_max", 9, 5, &limit), 0);
    assert_int_equal(limit, 9);
    assert_status(duet__limit_read("x_max", DUET_NO_LIMIT, 5, &limit), 0);
    assert_true(limit == SIZE_MAX);
}

static void other_negative_value_is_refused_by_name(void **state)
{
    size_t limit = 3;

    (void)state;
    assert_status(duet__limit_read("x_max", -2, 5, &limit), DUET_EINVAL);
    assert_string_equal(duet_error_detail(), "option x_max is -2");
    assert_int_equal(limit, 3);
}

static void time_too_long_for_nanoseconds_is_without_end(void **state)
{
    (void)state;
    assert_int_equal(duet__ns_of_ms(3), 3000000);
    assert_int_equal(duet__ns_of_ms(INT64_MAX / 1000000 + 1), INT64_MAX);
    assert_int_equal(duet__ns_of_ms(INT64_MAX), INT64_MAX);
}

TEST_MAIN(test(zero_is_the_default_and_no_limit_is_none),
          test(other_negative_value_is_refused_by_name),
          test(time_too_long_for_nanoseconds_is_without_end))
