/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "support/script.h"

/* The text cut into pieces of `size` bytes. */
static void cut(const char *text, size_t size, test_piece *pieces,
                char (*memory)[64])
{
    size_t length = strlen(text);
    size_t count = 0;

    for (size_t at = 0; at < length; at += size, count++) {
        snprintf(memory[count], 64, "%.*s", (int)size, text + at);
        pieces[count] = (test_piece){memory[count], 0};
    }
    pieces[count] = (test_piece){NULL, 0};
}

static void expect_lines(duet_reader *reader, const char *separator,
                         const char *const *lines)
{
    const char *line;
    size_t length;

    for (; *lines != NULL; lines++) {
        assert_status(duet_read_until(reader, separator, strlen(separator),
                                      &line, &length, DUET_NEVER),
                      0);
        assert_string_equal(line, *lines);
        assert_int_equal(length, strlen(*lines));
    }
    assert_status(
        duet_read_until(reader, separator, 1, &line, &length, DUET_NEVER),
        DUET_EEMPTY);
    assert_null(line);
    duet_reader_close(reader);
}

/* In pieces of every size, from sources of both kinds. */
static void expect_in_pieces(const char *text, const char *separator,
                             const char *const *lines)
{
    static char memory[64][64];
    test_piece pieces[64];

    for (size_t size = 1; size <= strlen(text); size++) {
        test_script script = {.pieces = pieces};

        cut(text, size, pieces, memory);
        expect_lines(test_script_reader(&script), separator, lines);
        script.next = 0;
        expect_lines(test_script_writable(&script), separator, lines);
    }
}

static void lines_are_found_in_pieces_of_any_size(void **state)
{
    const char *const lines[] = {"one", "", "three and more", "x", NULL};

    (void)state;
    expect_in_pieces("one\n\nthree and more\nx\n", "\n", lines);
    expect_in_pieces("one\n\nthree and more\nx", "\n", lines);
}

static void separators_of_several_bytes_are_found(void **state)
{
    const char *const blocks[] = {"a\r\nb", "", "\r\nc\r\n\r", NULL};

    (void)state;
    expect_in_pieces("a\r\nb\r\n\r\n\r\n\r\n\r\nc\r\n\r", "\r\n\r\n", blocks);
}

static void separator_has_a_length_within_its_range(void **state)
{
    static const test_piece pieces[] = {{"a", 0}, {NULL, 0}};
    char separator[65] = {0};
    test_script script = {.pieces = pieces};
    duet_reader *reader = test_script_reader(&script);
    const char *line;

    (void)state;
    assert_status(
        duet_read_until(reader, separator, 0, &line, NULL, DUET_NEVER),
        DUET_EINVAL);
    assert_status(
        duet_read_until(reader, separator, 65, &line, NULL, DUET_NEVER),
        DUET_EINVAL);
    assert_status(
        duet_read_until(reader, separator, 64, &line, NULL, DUET_NEVER), 0);
    duet_reader_close(reader);
}

static void check_limit(size_t size, const char *separator)
{
    static char memory[64][64];
    test_piece pieces[64];
    test_script script = {.pieces = pieces};
    duet_reader *reader;
    const char *line;
    char text[32];
    char *rest;

    snprintf(text, sizeof text, "12345%s123456%s7", separator, separator);
    cut(text, size, pieces, memory);
    reader = test_script_reader(&script);
    assert_status(duet_reader_set_line_limit(reader, 5), 0);
    assert_status(duet_read_until(reader, separator, strlen(separator), &line,
                                  NULL, DUET_NEVER),
                  0);
    assert_string_equal(line, "12345");
    for (int i = 0; i < 2; i++)
        assert_status(duet_read_until(reader, separator, strlen(separator),
                                      &line, NULL, DUET_NEVER),
                      DUET_ETOOLARGE);
    assert_status(duet_read_all(reader, 64, &rest, NULL, DUET_NEVER), 0);
    assert_string_equal(rest, text + 5 + strlen(separator));
    free(rest);
    duet_reader_close(reader);
}

static void line_over_the_limit_fails_and_stays(void **state)
{
    (void)state;
    for (size_t size = 1; size < 15; size++) {
        check_limit(size, "\n");
        check_limit(size, "\r\n");
        check_limit(size, "--x--");
    }
}

static void last_line_over_the_limit_fails_too(void **state)
{
    static const test_piece pieces[] = {{"12", 0}, {"3456", 0}, {NULL, 0}};
    test_script script = {.pieces = pieces};
    duet_reader *reader = test_script_reader(&script);
    const char *line;

    (void)state;
    assert_status(duet_reader_set_line_limit(reader, 5), 0);
    for (int i = 0; i < 2; i++)
        assert_status(
            duet_read_until(reader, "\r\n", 2, &line, NULL, DUET_NEVER),
            DUET_ETOOLARGE);
    duet_reader_close(reader);
}

static void interrupted_line_goes_on(void **state)
{
    static const test_piece pieces[] = {{"ab", 0},    {NULL, DUET_ETIMEDOUT},
                                        {"c\nde", 0}, {NULL, DUET_ECANCELED},
                                        {"f", 0},     {NULL, 0}};
    test_script script = {.pieces = pieces};
    duet_reader *reader = test_script_writable(&script);
    const char *line;

    (void)state;
    assert_status(duet_read_line(reader, &line, NULL, DUET_NEVER),
                  DUET_ETIMEDOUT);
    assert_status(duet_read_line(reader, &line, NULL, DUET_NEVER), 0);
    assert_string_equal(line, "abc");
    assert_status(duet_read_line(reader, &line, NULL, DUET_NEVER),
                  DUET_ECANCELED);
    assert_status(duet_read_line(reader, &line, NULL, DUET_NEVER), 0);
    assert_string_equal(line, "def");
    duet_reader_close(reader);
}

static void lines_and_bytes_are_mixed(void **state)
{
    static const test_piece pieces[] = {
        {"a\nbc", 0}, {"d\nef", 0}, {"gh", 0}, {NULL, 0}};
    test_script script = {.pieces = pieces};
    duet_reader *reader = test_script_reader(&script);
    const char *line;
    char buffer[3];

    (void)state;
    assert_status(duet_read_line(reader, &line, NULL, DUET_NEVER), 0);
    assert_string_equal(line, "a");
    assert_status(duet_read_exactly(reader, buffer, 1, DUET_NEVER), 0);
    assert_status(duet_read_line(reader, &line, NULL, DUET_NEVER), 0);
    assert_string_equal(line, "cd");
    assert_status(duet_read_exactly(reader, buffer, 3, DUET_NEVER), 0);
    assert_memory_equal(buffer, "efg", 3);
    assert_status(duet_read_line(reader, &line, NULL, DUET_NEVER), 0);
    assert_string_equal(line, "h");
    duet_reader_close(reader);
}

static void line_of_bytes_that_may_not_be_changed_is_a_copy(void **state)
{
    static const char text[] = "one\ntwo";
    duet_reader *reader;
    const char *line;

    (void)state;
    assert_status(duet_memory_reader(text, sizeof text - 1, &reader), 0);
    assert_status(duet_read_line(reader, &line, NULL, DUET_NEVER), 0);
    assert_string_equal(line, "one");
    assert_string_equal(text, "one\ntwo");
    duet_reader_close(reader);
}

TEST_MAIN(test(lines_are_found_in_pieces_of_any_size),
          test(separators_of_several_bytes_are_found),
          test(separator_has_a_length_within_its_range),
          test(line_over_the_limit_fails_and_stays),
          test(last_line_over_the_limit_fails_too),
          test(interrupted_line_goes_on), test(lines_and_bytes_are_mixed),
          test(line_of_bytes_that_may_not_be_changed_is_a_copy))
