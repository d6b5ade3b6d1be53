/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <stdlib.h>

#include "support/script.h"

static const test_piece some[] = {{"abc", 0}, {"defgh", 0}, {NULL, 0}};

static void all_is_copied_however_little_is_taken(void **state)
{
    test_script script = {.pieces = some};
    test_sink sink = {.most = 2};
    duet_reader *reader = test_script_reader(&script);
    duet_writer *writer = test_sink_writer(&sink);
    uint64_t count;

    (void)state;
    assert_status(duet_copy(reader, writer, &count, DUET_NEVER), 0);
    assert_int_equal(count, 8);
    assert_memory_equal(sink.bytes, "abcdefgh", 8);
    assert_int_equal(sink.ends + sink.given_up, 0);
    assert_status(duet_copy(reader, writer, &count, DUET_NEVER), 0);
    assert_int_equal(count, 0);
    duet_reader_close(reader);
    duet_writer_close(writer);
}

static void copy_stops_at_its_limit(void **state)
{
    test_script script = {.pieces = some};
    test_sink sink = {0};
    duet_reader *reader = test_script_reader(&script);
    duet_writer *writer = test_sink_writer(&sink);
    uint64_t count;

    (void)state;
    assert_status(duet_copy_some(reader, writer, 0, &count, DUET_NEVER), 0);
    assert_int_equal(count, 0);
    assert_status(duet_copy_some(reader, writer, 5, &count, DUET_NEVER), 0);
    assert_int_equal(count, 5);
    assert_memory_equal(sink.bytes, "abcde", 5);
    assert_status(duet_copy_some(reader, writer, 5, &count, DUET_NEVER), 0);
    assert_int_equal(count, 3);
    duet_reader_close(reader);
    duet_writer_close(writer);
}

/* Whichever write fails. */
static void interrupted_copy_goes_on(void **state)
{
    (void)state;
    for (int nth = 1; nth <= 4; nth++) {
        test_script script = {.pieces = some};
        test_sink sink = {.most = 2, .fail_at = nth, .failure = DUET_ECANCELED};
        duet_reader *reader = test_script_reader(&script);
        duet_writer *writer = test_sink_writer(&sink);
        uint64_t first;
        uint64_t second;

        assert_status(duet_copy(reader, writer, &first, DUET_NEVER),
                      DUET_ECANCELED);
        assert_int_equal(first, sink.length);
        assert_status(duet_copy(reader, writer, &second, DUET_NEVER), 0);
        assert_int_equal(first + second, 8);
        assert_memory_equal(sink.bytes, "abcdefgh", 8);
        duet_reader_close(reader);
        duet_writer_close(writer);
    }
}

static void codes_of_both_sides_are_returned(void **state)
{
    test_script script = {.pieces = some, .end = DUET_ETRUNCATED};
    test_sink sink = {.fail_at = 3, .failure = DUET_ENOSPC};
    duet_reader *reader = test_script_reader(&script);
    duet_writer *writer = test_sink_writer(&sink);
    uint64_t count;
    char *rest;

    (void)state;
    assert_status(duet_copy(reader, writer, &count, DUET_NEVER),
                  DUET_ETRUNCATED);
    assert_int_equal(count, 8);
    script.next = 0;
    assert_status(duet_copy(reader, writer, &count, DUET_NEVER), DUET_ENOSPC);
    assert_int_equal(count, 0);
    script.end = 0;
    assert_status(duet_read_all(reader, 100, &rest, NULL, DUET_NEVER), 0);
    assert_string_equal(rest, "abcdefgh");
    free(rest);
    duet_reader_close(reader);
    duet_writer_close(writer);
}

TEST_MAIN(test(all_is_copied_however_little_is_taken),
          test(copy_stops_at_its_limit), test(interrupted_copy_goes_on),
          test(codes_of_both_sides_are_returned))
