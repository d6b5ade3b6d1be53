/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include "http/head/retry_after.h"

static const char date[] = "Sun, 06 Nov 1994 08:49:37 GMT";
#define DATE INT64_C(784111777)

static void assert_wait(const char *value, int64_t now, int64_t expected)
{
    int64_t seconds;

    assert_true(
        duet__retry_after_parse(duet__text_from(value), now, 3600, &seconds));
    assert_true(seconds == expected);
}

static void seconds_are_read_and_clamped(void **state)
{
    (void)state;
    assert_wait("0", 0, 0);
    assert_wait(" 120 ", 0, 120);
    assert_wait("3601", 0, 3600);
    assert_wait("99999999999999999999999999", 0, 3600);
}

static void part_of_a_second_counts_as_a_whole_one(void **state)
{
    (void)state;
    assert_wait("1.5", 0, 2);
    assert_wait("0.001", 0, 1);
    assert_wait("2.000", 0, 2);
    assert_wait("3599.1", 0, 3600);
    assert_wait("9223372036854775807.9", 0, 3600);
    assert_wait("99999999999999999999999999.5", 0, 3600);
}

static void date_is_compared_with_now(void **state)
{
    (void)state;
    assert_wait(date, DATE - 10, 10);
    assert_wait(date, DATE + 10, 0);
    assert_wait(date, 0, 3600);
    assert_wait(date, INT64_MIN, 3600);
    assert_wait(date, INT64_MAX, 0);
}

static void other_values_are_refused(void **state)
{
    static const char *const refused[] = {"",
                                          "-1",
                                          "+1",
                                          "1.",
                                          ".5",
                                          "1.5.5",
                                          "1.-5",
                                          "1,5",
                                          "1s",
                                          "soon",
                                          "Sun, 06 Nov 1994"};
    int64_t seconds = 7;

    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_false(duet__retry_after_parse(duet__text_from(refused[i]), 0,
                                             3600, &seconds));
    assert_true(seconds == 7);
}

TEST_MAIN(test(seconds_are_read_and_clamped),
          test(part_of_a_second_counts_as_a_whole_one),
          test(date_is_compared_with_now), test(other_values_are_refused))
