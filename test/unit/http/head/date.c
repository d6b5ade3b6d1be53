/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <stdio.h>
#include <time.h>

#include "http/head/date.h"
#include "support/fuzz.h"

#define NOW INT64_C(1700000000) /* 2023-11-14 22:13:20 */

static void assert_date(const char *text, int64_t expected)
{
    int64_t seconds;

    assert_true(duet__date_parse(duet__text_from(text), NOW, &seconds));
    assert_true(seconds == expected);
}

static void three_forms_of_rfc_9110_are_read(void **state)
{
    (void)state;
    assert_date("Sun, 06 Nov 1994 08:49:37 GMT", 784111777);
    assert_date("Sunday, 06-Nov-94 08:49:37 GMT", 784111777);
    assert_date("Sun Nov  6 08:49:37 1994", 784111777);
    assert_date("Sun Nov 16 08:49:37 1994", 784111777 + 864000);
    assert_date("sun, 06 nov 1994 08:49:37 gmt", 784111777);
    assert_date(" Thu, 01 Jan 1970 00:00:00 GMT ", 0);
    assert_date("Fri, 31 Dec 9999 23:59:59 GMT", 253402300799);
    assert_date("Mon, 01 Jan 0001 00:00:00 GMT", -62135596800);
    assert_date("Tue, 29 Feb 2000 00:00:00 GMT", 951782400);
    assert_date("Fri, 30 Jun 2017 23:59:60 GMT", 1498867200);
}

static void two_digits_of_a_year_are_at_most_50_years_ahead(void **state)
{
    (void)state;
    assert_date("Sunday, 01-Jan-73 00:00:00 GMT", 3250454400); /* 2073 */
    assert_date("Tuesday, 01-Jan-74 00:00:00 GMT", 126230400); /* 1974 */
    assert_date("Saturday, 01-Jan-00 00:00:00 GMT", 946684800);
}

static void what_is_no_date_is_refused(void **state)
{
    static const char *const refused[] = {
        "",
        "0",
        "Sun",
        "Sun,",
        "Son, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 GMT x",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 94 08:49:37 GMT",
        "Sun, 06-Nov-1994 08:49:37 GMT",
        "Sunday, 06 Nov 1994 08:49:37 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 31 Nov 1994 08:49:37 GMT",
        "Wed, 29 Feb 1900 08:49:37 GMT",
        "Sun, 06 Nov 0000 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 08:60:00 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun, +6 Nov 1994 08:49:37 GMT",
        "Sun Nov 6 08:49:37 1994",
        "Sun Nov  6 08:49:37 1994 GMT",
        "1994-11-06T08:49:37Z",
    };
    int64_t seconds = 5;

    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_false(
            duet__date_parse(duet__text_from(refused[i]), NOW, &seconds));
    assert_true(seconds == 5);
}

/* The system's calendar is the oracle, for times in years 1 to 9999. */
static void formatted_date_is_that_of_the_system(void **state)
{
    uint64_t seed = 17;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        int64_t seconds =
            (int64_t)(fuzz_next(&seed) % 315537897600u) - INT64_C(62135596800);
        int64_t back;
        time_t system = (time_t)seconds;
        struct tm parts;
        char expected[64];
        char text[DUET__DATE_BYTES];

        gmtime_r(&system, &parts);
        strftime(expected, sizeof expected, "%a, %d %b ", &parts);
        snprintf(expected + 12, sizeof expected - 12, "%04d %02d:%02d:%02d GMT",
                 parts.tm_year + 1900, parts.tm_hour, parts.tm_min,
                 parts.tm_sec);
        duet__date_format(seconds, text);
        assert_string_equal(text, expected);
        assert_true(duet__date_parse(duet__text_from(text), NOW, &back));
        assert_true(back == seconds);
    }
}

static void times_outside_the_calendar_give_its_ends(void **state)
{
    char text[DUET__DATE_BYTES];

    (void)state;
    duet__date_format(INT64_MAX, text);
    assert_string_equal(text, "Fri, 31 Dec 9999 23:59:59 GMT");
    duet__date_format(INT64_MIN, text);
    assert_string_equal(text, "Mon, 01 Jan 0001 00:00:00 GMT");
}

static void changed_dates_never_break_it(void **state)
{
    static const char *const forms[] = {"Sun, 06 Nov 1994 08:49:37 GMT",
                                        "Sunday, 06-Nov-94 08:49:37 GMT",
                                        "Sun Nov  6 08:49:37 1994"};
    uint64_t seed = 19;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        char copy[40];
        size_t length = strlen(forms[i % 3]);
        int64_t seconds;

        memcpy(copy, forms[i % 3], length);
        copy[fuzz_next(&seed) % length] = (char)fuzz_next(&seed);
        length -= fuzz_next(&seed) % 4 == 0;
        if (duet__date_parse(duet__text_of(copy, length),
                             (int64_t)fuzz_next(&seed), &seconds))
            assert_true(seconds <= 253402300799 && seconds >= -62135596800);
    }
}

TEST_MAIN(test(three_forms_of_rfc_9110_are_read),
          test(two_digits_of_a_year_are_at_most_50_years_ahead),
          test(what_is_no_date_is_refused),
          test(formatted_date_is_that_of_the_system),
          test(times_outside_the_calendar_give_its_ends),
          test(changed_dates_never_break_it))
