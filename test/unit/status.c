/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <duet/status.h>

static void registered_status_has_its_phrase(void **state)
{
    (void)state;
    assert_string_equal(duet_status_reason(200), "OK");
    assert_string_equal(duet_status_reason(404), "Not Found");
    assert_string_equal(duet_status_reason(413), "Content Too Large");
    assert_string_equal(duet_status_reason(511),
                        "Network Authentication Required");
}

static void unregistered_status_has_the_name_of_its_class(void **state)
{
    (void)state;
    assert_string_equal(duet_status_reason(199), "Informational");
    assert_string_equal(duet_status_reason(299), "Success");
    assert_string_equal(duet_status_reason(306), "Redirection");
    assert_string_equal(duet_status_reason(499), "Client Error");
    assert_string_equal(duet_status_reason(599), "Server Error");
}

static void other_numbers_have_no_phrase(void **state)
{
    (void)state;
    assert_string_equal(duet_status_reason(99), "");
    assert_string_equal(duet_status_reason(600), "");
    assert_string_equal(duet_status_reason(-1), "");
    assert_string_equal(duet_status_reason(65736), ""); /* 200 in 16 bits */
}

TEST_MAIN(test(registered_status_has_its_phrase),
          test(unregistered_status_has_the_name_of_its_class),
          test(other_numbers_have_no_phrase))
