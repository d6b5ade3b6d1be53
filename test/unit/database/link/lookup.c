/* SPDX-License-Identifier: MIT */
#include "support/in_task.h"
#include "support/test.h"

#include <duet/duet.h>

#include "database/link/lookup.h"

in_task(names_are_looked_up_and_addresses_are_themselves)
{
    duet__database_addresses found;

    assert_status(duet__database_lookup("192.0.2.7", &found, duet_in_ms(60000)),
                  0);
    assert_int_equal(found.count, 1);
    assert_string_equal(found.text[0], "192.0.2.7");
    assert_status(duet__database_lookup("::1", &found, duet_in_ms(60000)), 0);
    assert_string_equal(found.text[0], "::1");
    assert_status(duet__database_lookup("localhost", &found, DUET_NOW), 0);
    assert_int_equal(found.count, 2);
    assert_string_equal(found.text[0], "127.0.0.1");
    assert_string_equal(found.text[1], "::1");
    assert_status(
        duet__database_lookup("no.such.invalid", &found, duet_in_ms(60000)),
        DUET_ERESOLVE);
    assert_non_null(strstr(duet_error_detail(), "no.such.invalid"));
}

TEST_MAIN(test(names_are_looked_up_and_addresses_are_themselves))
