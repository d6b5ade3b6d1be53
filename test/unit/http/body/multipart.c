/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "http/body/multipart.h"
#include "support/fuzz.h"
#include "support/memory.h"

static const duet__multipart_limits roomy = {.parts_max = 100,
                                             .fields_max = 10,
                                             .head_bytes_max = 1000,
                                             .part_bytes_max = SIZE_MAX,
                                             .outside_bytes_max = 1000};

/* What a parser told, as a text: "<name: value>content." for each part, "$"
 * behind a body that was whole. */
typedef struct told {
    duet__buffer text;
    int status;
} told;

static void tell(told *told, const char *bytes, size_t length)
{
    assert_status(duet__buffer_append(&told->text, bytes, length), 0);
}

static void tell_head(told *told, const duet_fields *fields)
{
    const char *name, *value;
    size_t position = 0;

    while (duet_fields_next(fields, &position, &name, &value))
        assert_status(
            duet__buffer_appendf(&told->text, "<%s: %s>", name, value), 0);
    if (position == 0)
        tell(told, "<>", 2);
}

static void give(duet__multipart_parser *parser, told *told, duet__text piece)
{
    duet__multipart_event event;
    duet__text bytes;

    do {
        size_t length = piece.length;

        told->status =
            duet__multipart_parser_next(parser, &piece, &event, &bytes);
        if (told->status != 0)
            return;
        assert_true(piece.length < length || event != DUET__MULTIPART_MORE ||
                    length == 0);
        if (event == DUET__MULTIPART_HEAD)
            tell_head(told, parser->fields);
        if (event == DUET__MULTIPART_BYTES) {
            assert_true(bytes.length > 0);
            tell(told, bytes.bytes, bytes.length);
        }
        if (event == DUET__MULTIPART_PART_END)
            tell(told, ".", 1);
    } while (event != DUET__MULTIPART_MORE);
    assert_int_equal(piece.length, 0);
}

/* Gives the body in pieces of `size` bytes, the first one of `first`. Each is
 * in memory of its own that is freed afterwards. */
static told parse(duet__text body, const duet__multipart_limits *limits,
                  size_t first, size_t size)
{
    duet__boundary boundary = {.bytes = "AaB", .length = 3};
    duet__multipart_parser parser;
    told told = {0};

    duet__buffer_init(&told.text, SIZE_MAX);
    tell(&told, "", 0);
    duet__multipart_parser_init(&parser, &boundary, limits);
    for (size_t length = first; body.length > 0 && told.status == 0;
         length = size) {
        char *piece;

        length = length < body.length ? length : body.length;
        piece = malloc(length > 0 ? length : 1);
        memcpy(piece, body.bytes, length);
        give(&parser, &told, duet__text_of(piece, length));
        free(piece);
        body = duet__text_skip(body, length);
    }
    if (told.status == 0) {
        told.status = duet__multipart_parser_finish(&parser);
        if (told.status == 0)
            tell(&told, "$", 1);
    } else {
        assert_status(duet__multipart_parser_finish(&parser), told.status);
    }
    duet__multipart_parser_free(&parser);
    return told;
}

static void check(told told, const char *expected, int status)
{
    assert_string_equal(told.text.bytes, expected);
    assert_status(told.status, status);
    duet__buffer_free(&told.text);
}

/* However the body is cut, the same is told. */
static void assert_parsed(duet__text body, const duet__multipart_limits *limits,
                          const char *expected, int status)
{
    check(parse(body, limits, body.length, 1), expected, status);
    for (size_t first = 0; first < body.length; first++)
        check(parse(body, limits, first, body.length), expected, status);
    for (size_t size = 1; size < 5; size++)
        check(parse(body, limits, size, size), expected, status);
}

static void assert_told(const char *body, const char *expected)
{
    assert_parsed(duet__text_from(body), &roomy, expected, 0);
}

static void assert_failed(const char *body, const char *expected, int status)
{
    assert_parsed(duet__text_from(body), &roomy, expected, status);
    assert_string_not_equal(duet_error_detail(), "");
}

#define FORM(content) "--AaB\r\nN: 1\r\n\r\n" content "\r\n--AaB--\r\n"

static void parts_are_told_with_head_and_content(void **state)
{
    (void)state;
    assert_told("--AaB\r\nA: 1\r\nB:2 \r\n\r\nhello\r\nworld\r\n"
                "--AaB\r\nC: \r\n\r\nx\r\n--AaB--\r\n",
                "<A: 1><B: 2>hello\r\nworld.<C: >x.$");
    assert_told("--AaB\r\n\r\nno head\r\n--AaB--", "<>no head.$");
}

static void body_without_parts_is_whole(void **state)
{
    (void)state;
    assert_told("--AaB--\r\n", "$");
    assert_told("--AaB--", "$");
}

static void preamble_epilogue_and_padding_are_dropped(void **state)
{
    (void)state;
    assert_told("preamble\r\n--Aa\r\n--AaB \t\r\nA: 1\r\n\r\nx\r\n--AaB \t \r\n"
                "\r\ny\r\n--AaB-- \t\r\nepilogue\r\n--AaB\r\n",
                "<A: 1>x.<>y.$");
    assert_told("\r\n" FORM("x"), "<N: 1>x.$");
    assert_told("\r\n\r\n" FORM("x"), "<N: 1>x.$");
    assert_told("--AaB\r\n\r\nx\r\n--AaB-- ", "<>x.$");
}

static void part_may_be_empty(void **state)
{
    (void)state;
    assert_told(FORM(""), "<N: 1>.$");
    assert_told("--AaB\r\nA: 1\r\n\r\n--AaB\r\n\r\n--AaB--", "<A: 1>.<>.$");
    assert_told("--AaB\r\n\r\n\r\n--AaB--", "<>.$");
}

static void what_looks_like_a_delimiter_is_content(void **state)
{
    (void)state;
    assert_told(FORM("\r"), "<N: 1>\r.$");
    assert_told(FORM("\r\n"), "<N: 1>\r\n.$");
    assert_told(FORM("\r\n-"), "<N: 1>\r\n-.$");
    assert_told(FORM("\r\n--AaA"), "<N: 1>\r\n--AaA.$");
    assert_told(FORM("\r\n--Aa\r\n--Aa"), "<N: 1>\r\n--Aa\r\n--Aa.$");
    assert_told(FORM("\r\r\n\r\r\n--\r"), "<N: 1>\r\r\n\r\r\n--\r.$");
    assert_told(FORM("\n--AaB\n"), "<N: 1>\n--AaB\n.$");
    assert_told(FORM("x--AaB--"), "<N: 1>x--AaB--.$");
    assert_told(FORM("--Aa"), "<N: 1>--Aa.$");
    assert_told(FORM("-"), "<N: 1>-.$");
}

static void multipart_in_a_part_is_content(void **state)
{
    (void)state;
    assert_told(FORM("--AaA\r\n\r\nx\r\n--AaA--\r\n"),
                "<N: 1>--AaA\r\n\r\nx\r\n--AaA--\r\n.$");
}

static void any_byte_is_content(void **state)
{
    duet__text body = DUET__TEXT("--AaB\r\n\r\n\0\x01\xFF\0\r\n--AaB--");
    told told = parse(body, &roomy, body.length, 1);

    (void)state;
    assert_int_equal(told.text.length, 8);
    assert_memory_equal(told.text.bytes, "<>\0\x01\xFF\0.$", 8);
    duet__buffer_free(&told.text);
}

static void folded_lines_are_one_field(void **state)
{
    (void)state;
    assert_told("--AaB\r\nA: 1;\r\n  b=2\r\n\tc\r\n\r\n\r\n--AaB--",
                "<A: 1; b=2 c>.$");
    assert_failed("--AaB\r\n A: 1\r\n\r\n\r\n--AaB--", "", DUET_EPROTOCOL);
}

static void body_that_ends_early_is_truncated(void **state)
{
    duet__text body = duet__text_from(FORM("hello"));

    (void)state;
    for (size_t length = 0; length < body.length - 2; length++) {
        told told = parse(duet__text_of(body.bytes, length), &roomy, length, 1);

        assert_status(told.status, DUET_ETRUNCATED);
        assert_null(strchr(told.text.bytes, '.'));
        duet__buffer_free(&told.text);
    }
    assert_failed("", "", DUET_ETRUNCATED);
    assert_failed("--AaB", "", DUET_ETRUNCATED);
    assert_failed("no delimiter", "", DUET_ETRUNCATED);
    assert_failed("--AaB\r\n\r\nx\r\n--AaB\r\n", "<>x.", DUET_ETRUNCATED);
    assert_failed("--AaB\r\n\r\nx\r\n--AaB", "<>x", DUET_ETRUNCATED);
    assert_failed("--AaB\r\n\r\nx\r\n--AaB-", "<>x", DUET_ETRUNCATED);
    assert_failed("--AaB\r\n\r\nx\r\n--AaB--\r", "<>x.", DUET_ETRUNCATED);
}

static void bytes_behind_a_delimiter_are_refused(void **state)
{
    (void)state;
    assert_failed("--AaBx\r\n\r\n\r\n--AaB--", "", DUET_EPROTOCOL);
    assert_failed("--AaB x\r\n\r\n\r\n--AaB--", "", DUET_EPROTOCOL);
    assert_failed("--AaB -\r\n", "", DUET_EPROTOCOL);
    assert_failed("--AaB-\r\n", "", DUET_EPROTOCOL);
    assert_failed("--AaB\r\r\n", "", DUET_EPROTOCOL);
    assert_failed("--AaB\rx", "", DUET_EPROTOCOL);
    assert_failed("--AaB--x", "", DUET_EPROTOCOL);
    assert_failed("--AaB-- x", "", DUET_EPROTOCOL);
    assert_failed("--AaB--\rx", "", DUET_EPROTOCOL);
    assert_failed("--AaB\r\n\r\nx\r\n--AaBx", "<>x", DUET_EPROTOCOL);
}

static void lines_end_with_both_cr_and_lf(void **state)
{
    (void)state;
    assert_failed("--AaB\n\n\n--AaB--", "", DUET_EPROTOCOL);
    assert_failed("--AaB\r\nA: 1\n\r\nx\r\n--AaB--", "", DUET_EPROTOCOL);
    assert_failed("--AaB\r\n\nx\r\n--AaB--", "", DUET_EPROTOCOL);
    assert_failed("--AaB\r\nA: 1\rB: 2\r\n\r\n\r\n--AaB--", "", DUET_EPROTOCOL);
    assert_failed("--AaB--\nx", "", DUET_EPROTOCOL);
}

static void malformed_heads_are_refused(void **state)
{
    static const char *const lines[] = {
        "A",       ": 1",      "A : 1",     "A B: 1",  "A: \x01",
        "A: \x7F", "--AaB--",  "A: 1\r",    "\xC3: 1", "A\t: 1",
        "\r",      "\"A\": 1", "A: 1\r\nB", "x",       "A:1\r\n:"};
    char body[100];

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        snprintf(body, sizeof body, "--AaB\r\n%s\r\n\r\nx\r\n--AaB--",
                 lines[i]);
        assert_failed(body, "", DUET_EPROTOCOL);
    }
    assert_parsed(DUET__TEXT("--AaB\r\nA: \0\r\n\r\nx\r\n--AaB--"), &roomy, "",
                  DUET_EPROTOCOL);
}

static void failure_is_told_again(void **state)
{
    duet__boundary boundary = {.bytes = "AaB", .length = 3};
    duet__text input = DUET__TEXT("--AaB!");
    duet__multipart_parser parser;
    duet__multipart_event event;
    duet__text bytes;

    (void)state;
    duet__multipart_parser_init(&parser, &boundary, &roomy);
    for (int i = 0; i < 3; i++)
        assert_status(
            duet__multipart_parser_next(&parser, &input, &event, &bytes),
            DUET_EPROTOCOL);
    duet__multipart_parser_free(&parser);
}

/* --- limits --------------------------------------------------------------- */

static void assert_limited(const duet__multipart_limits *limits,
                           const char *body, const char *expected,
                           const char *option)
{
    assert_parsed(duet__text_from(body), limits, expected, DUET_ETOOLARGE);
    assert_non_null(strstr(duet_error_detail(), option));
}

static void parts_are_limited(void **state)
{
    duet__multipart_limits limits = roomy;

    (void)state;
    limits.parts_max = 2;
    assert_parsed(duet__text_from("--AaB\r\n\r\n\r\n--AaB\r\n\r\n\r\n--AaB--"),
                  &limits, "<>.<>.$", 0);
    assert_limited(&limits,
                   "--AaB\r\n\r\n\r\n--AaB\r\n\r\n\r\n--AaB\r\n\r\n\r\n--AaB--",
                   "<>.<>", "parts_max");
}

static void fields_of_a_part_are_limited(void **state)
{
    duet__multipart_limits limits = roomy;

    (void)state;
    limits.fields_max = 2;
    assert_parsed(duet__text_from("--AaB\r\nA: 1\r\nB: 2\r\n\r\n\r\n--AaB\r\n"
                                  "A: 1\r\nB: 2\r\n\r\n\r\n--AaB--"),
                  &limits, "<A: 1><B: 2>.<A: 1><B: 2>.$", 0);
    assert_limited(&limits, "--AaB\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n\r\n--AaB--",
                   "", "fields_max");
}

static void head_of_a_part_is_limited(void **state)
{
    duet__multipart_limits limits = roomy;

    (void)state;
    limits.head_bytes_max = 11; /* with the line end of the delimiter */
    assert_parsed(duet__text_from("--AaB\r\nA: 12\r\n\r\nx\r\n--AaB\r\nA: 12"
                                  "\r\n\r\nx\r\n--AaB--"),
                  &limits, "<A: 12>x.<A: 12>x.$", 0);
    assert_limited(&limits, "--AaB\r\nA: 123\r\n\r\nx\r\n--AaB--", "",
                   "head_bytes_max");
    assert_limited(&limits, "--AaB      \t     \r\n\r\n\r\n--AaB--", "",
                   "head_bytes_max");
    assert_limited(&limits, "--AaB\r\nAAAAAAAAAAAAA", "", "head_bytes_max");
}

static void content_of_a_part_is_limited(void **state)
{
    duet__multipart_limits limits = roomy;
    told told;

    (void)state;
    limits.part_bytes_max = 3;
    assert_parsed(
        duet__text_from("--AaB\r\n\r\nxyz\r\n--AaB\r\n\r\nxyz\r\n--AaB--"),
        &limits, "<>xyz.<>xyz.$", 0);
    told =
        parse(duet__text_from("--AaB\r\n\r\nwxyz\r\n--AaB--"), &limits, 100, 1);
    check(told, "<>", DUET_ETOOLARGE);
    told =
        parse(duet__text_from("--AaB\r\n\r\nwxyz\r\n--AaB--"), &limits, 1, 1);
    check(told, "<>wxy", DUET_ETOOLARGE);
    assert_non_null(strstr(duet_error_detail(), "part_bytes_max"));
}

static void bytes_outside_of_parts_are_limited(void **state)
{
    duet__multipart_limits limits = roomy;

    (void)state;
    limits.outside_bytes_max = 6;
    assert_parsed(duet__text_from("abc\r\n--AaB--\r\ne"), &limits, "$", 0);
    assert_limited(&limits, "abcdefg\r\n--AaB--", "", "outside_bytes_max");
    assert_limited(&limits, "abc\r\n--AaB--\r\nef", "", "outside_bytes_max");
    assert_limited(&limits, "--AaB--       ", "", "outside_bytes_max");
}

/* --- long and hostile bodies ---------------------------------------------- */

/* Each start of a delimiter is compared once: a comparison that began anew for
 * each byte would take hours. */
static void starts_of_delimiters_take_linear_time(void **state)
{
    enum { COUNT = 400000 };
    duet__buffer body;
    told told;

    (void)state;
    duet__buffer_init(&body, SIZE_MAX);
    assert_status(duet__buffer_append_text(&body, DUET__TEXT("--AaB\r\n\r\n")),
                  0);
    for (int i = 0; i < COUNT; i++)
        assert_status(duet__buffer_append_text(&body, DUET__TEXT("\r\r\n--Aa")),
                      0);
    assert_status(duet__buffer_append_text(&body, DUET__TEXT("\r\n--AaB--")),
                  0);
    for (size_t size = 1; size <= body.length; size *= 100) {
        told = parse(duet__buffer_text(&body), &roomy, size, size);
        assert_status(told.status, 0);
        assert_int_equal(told.text.length, (size_t)COUNT * 7 + 4);
        duet__buffer_free(&told.text);
    }
    duet__buffer_free(&body);
}

static void random_bodies_are_told_alike_however_cut(void **state)
{
    static const char alphabet[] = "\r\n\r\n--AaB--\r\n: x";
    uint64_t random = 20240511;
    char body[120];

    (void)state;
    for (int i = 0; i < 20000; i++) {
        size_t length = fuzz_fill(&random, alphabet, sizeof alphabet - 1,
                                  body + 9, sizeof body - 9);
        size_t first = fuzz_next(&random) % 20;
        size_t size = fuzz_next(&random) % 20 + 1;
        told whole, parts;

        memcpy(body, "--AaB\r\n\r\n", 9);
        whole = parse(duet__text_of(body, length + 9), &roomy, length + 9, 1);
        parts = parse(duet__text_of(body, length + 9), &roomy, first, size);
        assert_status(parts.status, whole.status);
        assert_int_equal(parts.text.length, whole.text.length);
        assert_memory_equal(parts.text.bytes, whole.text.bytes,
                            whole.text.length);
        duet__buffer_free(&whole.text);
        duet__buffer_free(&parts.text);
    }
}

static int parse_once(void)
{
    duet__boundary boundary = {.bytes = "AaB", .length = 3};
    duet__multipart_parser parser;
    duet__multipart_event event;
    duet__text input = duet__text_from(FORM("x"));
    duet__text bytes;
    int status;

    duet__multipart_parser_init(&parser, &boundary, &roomy);
    do
        status = duet__multipart_parser_next(&parser, &input, &event, &bytes);
    while (status == 0 && event != DUET__MULTIPART_MORE);
    duet__multipart_parser_free(&parser);
    return status;
}

static void lack_of_memory_leaves_nothing(void **state)
{
    (void)state;
    test_each_allocation_failing(parse_once, 2);
}

TEST_MAIN(test(parts_are_told_with_head_and_content),
          test(body_without_parts_is_whole),
          test(preamble_epilogue_and_padding_are_dropped),
          test(part_may_be_empty), test(what_looks_like_a_delimiter_is_content),
          test(multipart_in_a_part_is_content), test(any_byte_is_content),
          test(folded_lines_are_one_field),
          test(body_that_ends_early_is_truncated),
          test(bytes_behind_a_delimiter_are_refused),
          test(lines_end_with_both_cr_and_lf),
          test(malformed_heads_are_refused), test(failure_is_told_again),
          test(parts_are_limited), test(fields_of_a_part_are_limited),
          test(head_of_a_part_is_limited), test(content_of_a_part_is_limited),
          test(bytes_outside_of_parts_are_limited),
          test(starts_of_delimiters_take_linear_time),
          test(random_bodies_are_told_alike_however_cut),
          test(lack_of_memory_leaves_nothing))
