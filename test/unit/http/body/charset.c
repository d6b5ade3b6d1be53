/* SPDX-License-Identifier: MIT */
#include "http/body/charset.h"
#include "support/memory.h"
#include "support/test.h"

/* A text of bytes that may have a NUL among them. */
#define BYTES(literal) duet__text_of(literal, sizeof(literal) - 1)

static void expect_of(duet__text body, const char *content_type,
                      const char *expected)
{
    duet__buffer made;
    duet__text text;

    duet__buffer_init(&made, SIZE_MAX);
    assert_status(
        duet__charset_decode(body, duet__text_from(content_type), &made, &text),
        0);
    if (text.length != strlen(expected) ||
        memcmp(text.bytes, expected, text.length) != 0)
        fail_msg("%s: \"%.*s\", expected \"%s\"", content_type,
                 DUET__TEXT_ARGUMENTS(text), expected);
    assert_true(made.length <= 4 * body.length);
    assert_true(made.bytes == NULL || made.bytes[made.length] == '\0');
    duet__buffer_free(&made);
}

static void expect(const char *body, const char *content_type,
                   const char *expected)
{
    expect_of(duet__text_from(body), content_type, expected);
}

static void utf8_is_taken_where_it_lies(void **state)
{
    const duet__text body = BYTES("gr\xC3\xBC\xC3\x9F");
    duet__buffer made;
    duet__text text;

    (void)state;
    duet__buffer_init(&made, SIZE_MAX);
    assert_status(duet__charset_decode(body, duet__text_from(""), &made, &text),
                  0);
    assert_ptr_equal(text.bytes, body.bytes);
    assert_int_equal(text.length, body.length);
    assert_null(made.bytes);
    expect("", "text/plain; charset=utf-16", "");
}

static void charset_of_the_content_type_is_used(void **state)
{
    (void)state;
    expect("\x80\xE9\x81", "text/html; charset=latin1",
           "\xE2\x82\xAC\xC3\xA9\xC2\x81");
    expect("\xC3\xBC", "text/html; Charset=\"ISO-8859-1\"", "\xC3\x83\xC2\xBC");
    expect("\xA4", "a/b; x=y; charset=iso-8859-15; charset=utf-8",
           "\xE2\x82\xAC");
    expect("\xEF\xF0\xE8", "text/plain;charset=windows-1251",
           "\xD0\xBF\xD1\x80\xD0\xB8");
    expect("\x83\x41\x5C\x7E", "text/plain; charset=Shift_JIS",
           "\xE3\x82\xA2\\~");
    expect("\x1B$B%\"\x1B(Ba", "text/plain; charset=iso-2022-jp",
           "\xE3\x82\xA2"
           "a");
    expect("\xC4\xE3", "text/plain; charset=gb2312", "\xE4\xBD\xA0");
    expect_of(BYTES("a\0\xAC\x20"), "text/plain; charset=utf-16",
              "a\xE2\x82\xAC");
}

static void byte_order_mark_goes_before_all_and_is_left_out(void **state)
{
    (void)state;
    expect("\xEF\xBB\xBF\xC3\xBC", "text/plain; charset=latin1", "\xC3\xBC");
    expect_of(BYTES("\xFE\xFF\0a\x20\xAC"), "text/plain; charset=utf-8",
              "a\xE2\x82\xAC");
    expect_of(BYTES("\xFF\xFE"
                    "a\0"),
              "", "a");
}

static void without_a_known_charset_the_bytes_decide(void **state)
{
    static const char *const types[] = {
        "",
        "text/plain",
        "text/plain; charset=",
        "text/plain; charset=utf-7",
        "text/plain; charset=\"utf-8 utf8\"",
        "text/plain; charset=\"utf-16//TRANSLIT\"",
        "text/plain; charset=a-label-that-is-longer-than-any",
        "text/plain; charset==;;",
    };

    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        expect("+AGE-\xC3\xBC", types[i], "+AGE-\xC3\xBC");
        expect("\xC3\xBC\xFC", types[i], "\xC3\x83\xC2\xBC\xC3\xBC");
    }
}

#define FLAW "\xEF\xBF\xBD"

static void malformed_bytes_are_replaced_and_hide_nothing(void **state)
{
    static const char utf8[] = "text/plain; charset=utf-8";

    (void)state;
    expect("a\xFF<", utf8, "a" FLAW "<");
    expect("\xE2\x82<\xF0\x9F\x98", utf8, FLAW "<" FLAW);
    expect("\xC0\xAF\xED\xA0\x80", utf8, FLAW FLAW FLAW FLAW FLAW);
    expect("\xC4<\x81", "text/plain; charset=gbk", FLAW "<" FLAW);
    expect("\x83", "text/plain; charset=sjis", FLAW);
    expect_of(BYTES("\0\xDC"
                    "a\0b"),
              "text/plain; charset=utf-16le", FLAW "a" FLAW);
}

static void long_texts_are_decoded_in_pieces(void **state)
{
    static char body[30001];
    static char expected[60001];

    (void)state;
    for (size_t i = 0; i < 30000; i++) {
        body[i] = '\xEF';
        memcpy(expected + 2 * i, "\xD0\xBF", 2);
    }
    expect(body, "text/plain; charset=cp1251", expected);
}

static int decode_some(void)
{
    static const char *const types[] = {"", "a/b; charset=utf-8",
                                        "a/b; charset=koi8-r"};
    int status = 0;

    for (size_t i = 0; i < 3 && status == 0; i++) {
        duet__buffer made;
        duet__text text;

        duet__buffer_init(&made, SIZE_MAX);
        status = duet__charset_decode(BYTES("\xFF"), duet__text_from(types[i]),
                                      &made, &text);
        duet__buffer_free(&made);
    }
    return status;
}

static void decoding_without_memory_says_so(void **state)
{
    (void)state;
    test_each_allocation_failing(decode_some, 3);
}

TEST_MAIN(test(utf8_is_taken_where_it_lies),
          test(charset_of_the_content_type_is_used),
          test(byte_order_mark_goes_before_all_and_is_left_out),
          test(without_a_known_charset_the_bytes_decide),
          test(malformed_bytes_are_replaced_and_hide_nothing),
          test(long_texts_are_decoded_in_pieces),
          test(decoding_without_memory_says_so))
