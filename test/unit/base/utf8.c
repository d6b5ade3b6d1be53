/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include "base/utf8.h"

static size_t length_of(const char *bytes)
{
    return duet__utf8_length(duet__text_from(bytes));
}

static void whole_characters_have_their_length(void **state)
{
    (void)state;
    assert_int_equal(length_of("a"), 1);
    assert_int_equal(length_of("\xC3\xA9!"), 2);
    assert_int_equal(length_of("\xE2\x82\xAC"), 3);
    assert_int_equal(length_of("\xF0\x9F\x98\x80"), 4);
    assert_int_equal(length_of("\xF4\x8F\xBF\xBF"), 4);
    assert_int_equal(duet__utf8_length(duet__text_of("\0", 1)), 1);
}

static void malformed_and_cut_characters_have_none(void **state)
{
    static const char *const bad[] = {"",
                                      "\x80",
                                      "\xC0\x80",
                                      "\xC1\xBF",
                                      "\xC3",
                                      "\xC3(",
                                      "\xE0\x9F\xBF",
                                      "\xED\xA0\x80",
                                      "\xE2\x82",
                                      "\xE2\x82(",
                                      "\xF0\x8F\xBF\xBF",
                                      "\xF4\x90\x80\x80",
                                      "\xF5\x80\x80\x80",
                                      "\xFF",
                                      "\xF0\x9F\x98"};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(length_of(bad[i]), 0);
}

TEST_MAIN(test(whole_characters_have_their_length),
          test(malformed_and_cut_characters_have_none))
