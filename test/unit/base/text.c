/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include "base/text.h"

static duet__text text(const char *string)
{
    return duet__text_from(string);
}

static void case_of_ascii_letters_alone_is_ignored(void **state)
{
    (void)state;
    assert_true(duet__text_equal_ignoring_case(text("HoSt"), text("hOsT")));
    assert_false(duet__text_equal_ignoring_case(text("@["), text("`{")));
    assert_false(duet__text_equal_ignoring_case(text("\xc4"), text("\xe4")));
    assert_false(duet__text_equal_ignoring_case(text("a"), text("aa")));
    assert_true(duet__text_equal_ignoring_case(text(NULL), text("")));
}

static void trim_takes_blanks_and_tabs_alone(void **state)
{
    duet__text trimmed = duet__text_trim(text(" \t a b\t \n "));

    (void)state;
    assert_int_equal(trimmed.length, 6);
    assert_memory_equal(trimmed.bytes, "a b\t \n", 6);
    assert_int_equal(duet__text_trim(text(" \t ")).length, 0);
}

static void cut_gives_empty_parts_and_ends_with_null(void **state)
{
    duet__text rest = text("a,,b,");

    (void)state;
    assert_int_equal(duet__text_cut(&rest, ',').length, 1);
    assert_int_equal(duet__text_cut(&rest, ',').length, 0);
    assert_int_equal(duet__text_cut(&rest, ',').bytes[0], 'b');
    assert_non_null(rest.bytes);
    assert_int_equal(duet__text_cut(&rest, ',').length, 0);
    assert_null(rest.bytes);
}

static void number_refuses_all_but_digits(void **state)
{
    static const char *const refused[] = {"",    "+5",  "-5", " 5", "5 ",
                                          "0x5", "5,6", "5.", "a",  "5\n"};
    uint64_t number = 7;

    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_false(
            duet__text_to_number(text(refused[i]), UINT64_MAX, &number));
    assert_false(
        duet__text_to_number(duet__text_of("1\0", 2), UINT64_MAX, &number));
    assert_int_equal(number, 7);
}

static void number_is_exact_up_to_its_maximum(void **state)
{
    uint64_t number;

    (void)state;
    assert_true(duet__text_to_number(text("18446744073709551615"), UINT64_MAX,
                                     &number));
    assert_true(number == UINT64_MAX);
    assert_false(duet__text_to_number(text("18446744073709551616"), UINT64_MAX,
                                      &number));
    assert_false(duet__text_to_number(text("99999999999999999999999999"),
                                      UINT64_MAX, &number));
    assert_true(duet__text_to_number(text("00065535"), 65535, &number));
    assert_int_equal(number, 65535);
    assert_false(duet__text_to_number(text("65536"), 65535, &number));
}

static void token_has_exactly_the_bytes_of_rfc_9110(void **state)
{
    const char *allowed =
        "!#$%&'*+-.^_`|~0123456789"
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    (void)state;
    for (int byte = 0; byte < 256; byte++) {
        char one = (char)byte;
        bool expected = byte != 0 && strchr(allowed, byte) != NULL;

        assert_int_equal(duet__text_is_token(duet__text_of(&one, 1)), expected);
    }
    assert_false(duet__text_is_token(text("")));
}

static void hexadecimal_digits_have_values(void **state)
{
    (void)state;
    assert_int_equal(duet__ascii_hex_value('9'), 9);
    assert_int_equal(duet__ascii_hex_value('F'), 15);
    assert_int_equal(duet__ascii_hex_value('a'), 10);
    assert_int_equal(duet__ascii_hex_value('g'), -1);
    assert_int_equal(duet__ascii_hex_value('\0'), -1);
}

TEST_MAIN(test(case_of_ascii_letters_alone_is_ignored),
          test(trim_takes_blanks_and_tabs_alone),
          test(cut_gives_empty_parts_and_ends_with_null),
          test(number_refuses_all_but_digits),
          test(number_is_exact_up_to_its_maximum),
          test(token_has_exactly_the_bytes_of_rfc_9110),
          test(hexadecimal_digits_have_values))
