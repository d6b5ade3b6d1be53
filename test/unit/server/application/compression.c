/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include "server/application/compression.h"

static void only_known_choices_are_taken(void **state)
{
    (void)state;
    assert_status(duet__compression_check(DUET_COMPRESSION_DEFAULT), 0);
    assert_status(duet__compression_check(DUET_COMPRESSION_OFF), 0);
    assert_status(duet__compression_check(DUET_COMPRESSION_ON), 0);
    assert_status(duet__compression_check((duet_compression)-1), DUET_EINVAL);
    assert_status(duet__compression_check((duet_compression)3), DUET_EINVAL);
    assert_string_equal(duet_error_message(DUET_EINVAL),
                        "3 is no value of compression");
}

TEST_MAIN(test(only_known_choices_are_taken))
