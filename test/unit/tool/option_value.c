/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <duet/time.h>

#include "tool/option_value.h"

static void whole_numbers_within_the_bounds_are_read(void **state)
{
    int64_t number = 0;

    (void)state;
    assert_status(duet__option_number("1", 1, 10, &number), 0);
    assert_int_equal(number, 1);
    assert_status(duet__option_number("10", 1, 10, &number), 0);
    assert_int_equal(number, 10);
}

static void all_else_is_refused_and_quoted(void **state)
{
    static const char *const bad[] = {
        "",   "0",  "11",  "-1",  "+1", "64x",
        " 1", "1 ", "0x1", "1.0", "x",  "18446744073709551617"};
    int64_t number = 5;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_status(duet__option_number(bad[i], 1, 10, &number), DUET_EINVAL);
    assert_int_equal(number, 5);
    assert_status(duet__option_number("64x", 1, 10, &number), DUET_EINVAL);
    assert_string_equal(duet_error_detail(),
                        "'64x' is not a whole number from 1 to 10");
}

static void seconds_have_up_to_three_decimals(void **state)
{
    static const struct {
        const char *text;
        int64_t ms;
    } cases[] = {{"30", 30000},         {"0.5", 500},    {"1.25", 1250},
                 {"0.001", 1},          {"2.010", 2010}, {"0", DUET_NO_LIMIT},
                 {"0.0", DUET_NO_LIMIT}};
    static const char *const bad[] = {
        "",       "-1",  ".5",       "5.",   "1,5",
        "1.2345", "1e3", "31622401", "1.-1", "99999999999999999999"};
    int64_t ms;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_status(duet__option_seconds(cases[i].text, &ms), 0);
        assert_int_equal(ms, cases[i].ms);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_status(duet__option_seconds(bad[i], &ms), DUET_EINVAL);
}

static void bytes_have_a_unit_or_none(void **state)
{
    static const struct {
        const char *text;
        int64_t bytes;
    } cases[] = {{"500", 500},
                 {"64k", 65536},
                 {"64K", 65536},
                 {"10M", 10485760},
                 {"2g", 2147483648},
                 {"1T", 1099511627776},
                 {"9223372036854775807", INT64_MAX}};
    static const char *const bad[] = {
        "",        "0", "k", "-5", "5kb", "5 k", "1.5M", "9223372036854775808",
        "8388608T"};
    int64_t bytes;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_status(duet__option_bytes(cases[i].text, &bytes), 0);
        assert_int_equal(bytes, cases[i].bytes);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_status(duet__option_bytes(bad[i], &bytes), DUET_EINVAL);
}

TEST_MAIN(test(whole_numbers_within_the_bounds_are_read),
          test(all_else_is_refused_and_quoted),
          test(seconds_have_up_to_three_decimals),
          test(bytes_have_a_unit_or_none))
