/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <stdlib.h>

#include "support/memory.h"
#include "support/script.h"

static const test_piece words[] = {
    {"abc", 0}, {"", 0}, {"de", 0}, {"fghij", 0}, {NULL, 0}};

static void pieces_are_lent_until_the_end(void **state)
{
    test_script script = {.pieces = words};
    duet_reader *reader = test_script_reader(&script);
    const char *expected[] = {"abc", "de", "fghij"};
    const char *bytes;
    size_t length;

    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_status(duet_read_next(reader, &bytes, &length, DUET_NEVER), 0);
        assert_int_equal(length, strlen(expected[i]));
        assert_memory_equal(bytes, expected[i], length);
    }
    for (int i = 0; i < 2; i++) {
        assert_status(duet_read_next(reader, &bytes, &length, DUET_NEVER),
                      DUET_EEMPTY);
        assert_null(bytes);
        assert_int_equal(length, 0);
    }
    duet_reader_close(reader);
}

static void what_was_peeked_at_comes_again(void **state)
{
    test_script script = {.pieces = words};
    duet_reader *reader = test_script_reader(&script);
    const char *bytes;
    size_t length;
    char one;

    (void)state;
    assert_status(duet_read_exactly(reader, &one, 1, DUET_NEVER), 0);
    for (int i = 0; i < 2; i++) {
        assert_status(duet_peek(reader, &bytes, &length, DUET_NEVER), 0);
        assert_int_equal(length, 2);
        assert_memory_equal(bytes, "bc", 2);
    }
    assert_status(duet_read_next(reader, &bytes, &length, DUET_NEVER), 0);
    assert_memory_equal(bytes, "bc", 2);
    duet_reader_close(reader);
}

static void buffer_gets_what_is_there(void **state)
{
    test_script script = {.pieces = words};
    duet_reader *reader = test_script_reader(&script);
    char buffer[4];
    size_t length;

    (void)state;
    assert_status(duet_read(reader, buffer, 0, &length, DUET_NEVER), 0);
    assert_int_equal(length, 0);
    assert_int_equal(script.next, 0);
    assert_status(duet_read(reader, buffer, 2, &length, DUET_NEVER), 0);
    assert_int_equal(length, 2);
    assert_status(duet_read(reader, buffer, 4, &length, DUET_NEVER), 0);
    assert_int_equal(length, 1);
    assert_int_equal(buffer[0], 'c');
    duet_reader_close(reader);
}

/* With a failure before each piece. */
static void failed_exact_read_loses_nothing(void **state)
{
    static const test_piece pieces[] = {{NULL, DUET_ETIMEDOUT},
                                        {"ab", 0},
                                        {NULL, DUET_ECANCELED},
                                        {"cd", 0},
                                        {NULL, DUET_ETIMEDOUT},
                                        {"e", 0},
                                        {NULL, 0}};
    const int expected[] = {DUET_ETIMEDOUT, DUET_ECANCELED, DUET_ETIMEDOUT, 0};
    test_script script = {.pieces = pieces};
    duet_reader *reader = test_script_reader(&script);
    char buffer[5];

    (void)state;
    for (int i = 0; i < 4; i++)
        assert_status(duet_read_exactly(reader, buffer, 5, DUET_NEVER),
                      expected[i]);
    assert_memory_equal(buffer, "abcde", 5);
    assert_status(duet_read_exactly(reader, buffer, 1, DUET_NEVER),
                  DUET_EEMPTY);
    duet_reader_close(reader);
}

static void stream_that_ends_early_is_truncated(void **state)
{
    test_script script = {.pieces = words};
    duet_reader *reader = test_script_reader(&script);
    char buffer[11];
    size_t length;

    (void)state;
    for (int i = 0; i < 2; i++)
        assert_status(duet_read_exactly(reader, buffer, 11, DUET_NEVER),
                      DUET_ETRUNCATED);
    assert_string_equal(duet_error_message(DUET_ETRUNCATED),
                        "the stream ended after 10 of 11 bytes");
    assert_status(duet_read(reader, buffer, 11, &length, DUET_NEVER), 0);
    assert_int_equal(length, 10);
    assert_memory_equal(buffer, "abcdefghij", 10);
    duet_reader_close(reader);
}

static void all_is_read_up_to_the_limit(void **state)
{
    test_script script = {.pieces = words};
    duet_reader *reader = test_script_reader(&script);
    char *bytes;
    size_t length;

    (void)state;
    for (int64_t limit = 0; limit < 10; limit++) {
        assert_status(duet_read_all(reader, limit, &bytes, &length, DUET_NEVER),
                      DUET_ETOOLARGE);
        assert_null(bytes);
        assert_int_equal(length, 0);
    }
    assert_status(duet_read_all(reader, -2, &bytes, &length, DUET_NEVER),
                  DUET_EINVAL);
    assert_status(duet_read_all(reader, 10, &bytes, &length, DUET_NEVER), 0);
    assert_int_equal(length, 10);
    assert_string_equal(bytes, "abcdefghij");
    free(bytes);
    assert_status(
        duet_read_all(reader, DUET_NO_LIMIT, &bytes, &length, DUET_NEVER), 0);
    assert_int_equal(length, 0);
    assert_string_equal(bytes, "");
    free(bytes);
    duet_reader_close(reader);
}

static void failed_read_of_all_loses_nothing(void **state)
{
    static const test_piece pieces[] = {
        {"ab", 0}, {NULL, DUET_ETIMEDOUT}, {"cd", 0}, {NULL, 0}};
    test_script script = {.pieces = pieces};
    duet_reader *reader = test_script_reader(&script);
    char *bytes;

    (void)state;
    assert_status(
        duet_read_all(reader, DUET_NO_LIMIT, &bytes, NULL, DUET_NEVER),
        DUET_ETIMEDOUT);
    assert_status(
        duet_read_all(reader, DUET_NO_LIMIT, &bytes, NULL, DUET_NEVER), 0);
    assert_string_equal(bytes, "abcd");
    free(bytes);
    duet_reader_close(reader);
}

static void code_of_the_source_is_returned(void **state)
{
    test_script script = {.pieces = words, .end = DUET_ETRUNCATED};
    duet_reader *reader = test_script_reader(&script);
    char *bytes;
    size_t skipped;

    (void)state;
    assert_status(
        duet_read_all(reader, DUET_NO_LIMIT, &bytes, NULL, DUET_NEVER),
        DUET_ETRUNCATED);
    assert_status(duet_read_skip(reader, SIZE_MAX, &skipped, DUET_NEVER),
                  DUET_ETRUNCATED);
    assert_int_equal(skipped, 10);
    duet_reader_close(reader);
}

static void skipping_says_how_far_it_came(void **state)
{
    test_script script = {.pieces = words};
    duet_reader *reader = test_script_reader(&script);
    size_t skipped;
    char next_one;

    (void)state;
    assert_status(duet_read_skip(reader, 4, &skipped, DUET_NEVER), 0);
    assert_int_equal(skipped, 4);
    assert_status(duet_read_exactly(reader, &next_one, 1, DUET_NEVER), 0);
    assert_int_equal(next_one, 'e');
    assert_status(duet_read_skip(reader, 6, &skipped, DUET_NEVER), DUET_EEMPTY);
    assert_int_equal(skipped, 5);
    assert_status(duet_read_skip(reader, SIZE_MAX, NULL, DUET_NEVER), 0);
    duet_reader_close(reader);
}

static int read_in_every_way(void)
{
    duet_reader *reader;
    const char *line;
    char *bytes = NULL;
    int status = duet_memory_reader("ab\ncd", 5, &reader);

    if (status == 0)
        status = duet_read_line(reader, &line, NULL, DUET_NEVER);
    if (status == 0)
        status = duet_read_all(reader, 10, &bytes, NULL, DUET_NEVER);
    free(bytes);
    duet_reader_close(reader);
    return status;
}

static void allocation_failures_are_told(void **state)
{
    (void)state;
    test_each_allocation_failing(read_in_every_way, 2);
}

TEST_MAIN(test(pieces_are_lent_until_the_end),
          test(what_was_peeked_at_comes_again), test(buffer_gets_what_is_there),
          test(failed_exact_read_loses_nothing),
          test(stream_that_ends_early_is_truncated),
          test(all_is_read_up_to_the_limit),
          test(failed_read_of_all_loses_nothing),
          test(code_of_the_source_is_returned),
          test(skipping_says_how_far_it_came),
          test(allocation_failures_are_told))
