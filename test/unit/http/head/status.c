/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <stdbool.h>

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

/* The registry of IANA; "unused" and "unassigned" are none of them. */
static void all_of_the_registry_are_there(void **state)
{
    static const short registered[] = {
        100, 101, 102, 103, 104, 200, 201, 202, 203, 204, 205, 206, 207,
        208, 226, 300, 301, 302, 303, 304, 305, 307, 308, 400, 401, 402,
        403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415,
        416, 417, 421, 422, 423, 424, 425, 426, 428, 429, 431, 451, 500,
        501, 502, 503, 504, 505, 506, 507, 508, 510, 511};
    size_t next = 0;

    (void)state;
    for (int status = 100; status < 600; status++) {
        const char *reason = duet_status_reason(status);
        /* 199, 299 ... have no phrase of their own. */
        bool has_own =
            strcmp(reason, duet_status_reason(status / 100 * 100 + 99)) != 0;

        assert_true(has_own == (registered[next] == status));
        if (has_own && next + 1 < sizeof registered / sizeof *registered)
            next++;
    }
    assert_int_equal(registered[next], 511);
    assert_string_equal(duet_status_reason(100), "Continue");
    assert_string_equal(duet_status_reason(101), "Switching Protocols");
    assert_string_equal(duet_status_reason(102), "Processing");
    assert_string_equal(duet_status_reason(103), "Early Hints");
    assert_string_equal(duet_status_reason(418), "Client Error");
    assert_string_equal(duet_status_reason(509), "Server Error");
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
          test(all_of_the_registry_are_there),
          test(unregistered_status_has_the_name_of_its_class),
          test(other_numbers_have_no_phrase))
