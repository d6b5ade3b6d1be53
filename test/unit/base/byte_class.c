/* SPDX-License-Identifier: MIT */
#include "base/byte_class.h"

#include "support/test.h"

#define LETTERS_AND_DIGITS                                                     \
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

/* The class has exactly these bytes. */
static void expect(unsigned class, const char *members)
{
    for (int byte = 0; byte < 256; byte++)
        assert_int_equal(duet__byte_is((char)byte, class),
                         byte != 0 && strchr(members, byte) != NULL);
}

/* It has all that are visible, but for these. */
static void expect_all_but(unsigned class, const char *others)
{
    for (int byte = 0; byte < 256; byte++)
        assert_int_equal(duet__byte_is((char)byte, class),
                         byte > ' ' && byte < 0x7f &&
                             strchr(others, byte) == NULL);
}

static void each_class_has_exactly_its_bytes(void **state)
{
    (void)state;
    expect(DUET__BYTE_TOKEN, LETTERS_AND_DIGITS "!#$%&'*+-.^_`|~");
    expect(DUET__BYTE_UNRESERVED, LETTERS_AND_DIGITS "-._~");
    expect(DUET__BYTE_SUB_DELIMITER, "!$&'()*+,;=");
    expect(DUET__BYTE_FORM, LETTERS_AND_DIGITS "*-._ ");
    expect_all_but(DUET__BYTE_URL, "\"<>\\^`{|}");
    expect_all_but(DUET__BYTE_TARGET, "<>");
}

static void several_classes_are_asked_for_at_once(void **state)
{
    (void)state;
    expect(DUET__BYTE_UNRESERVED | DUET__BYTE_SUB_DELIMITER,
           LETTERS_AND_DIGITS "-._~!$&'()*+,;=");
}

TEST_MAIN(test(each_class_has_exactly_its_bytes),
          test(several_classes_are_asked_for_at_once))
