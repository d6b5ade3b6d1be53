/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <stdlib.h>

#include "support/script.h"

static const test_piece some[] = {{"abc", 0}, {"def", 0}, {NULL, 0}};

static void expect(uint64_t limit, duet_limit_end end, int expected,
                   const char *text)
{
    test_script script = {.pieces = some};
    duet_reader *reader;
    duet_writer *writer;

    assert_status(duet_memory_writer(DUET_NO_LIMIT, &writer), 0);
    assert_status(
        duet_limited_reader(test_script_reader(&script), limit, end, &reader),
        0);
    assert_status(duet_copy(reader, writer, NULL, DUET_NEVER), expected);
    assert_string_equal(duet_memory_writer_bytes(writer, NULL), text);
    duet_writer_close(writer);
    duet_reader_close(reader);
    assert_int_equal(script.closed, 1);
}

static void reader_ends_or_fails_at_its_limit(void **state)
{
    (void)state;
    expect(0, DUET_LIMIT_ENDS, 0, "");
    expect(2, DUET_LIMIT_ENDS, 0, "ab");
    expect(4, DUET_LIMIT_ENDS, 0, "abcd");
    expect(6, DUET_LIMIT_ENDS, 0, "abcdef");
    expect(UINT64_MAX, DUET_LIMIT_ENDS, 0, "abcdef");
    expect(0, DUET_LIMIT_FAILS, DUET_ETOOLARGE, "");
    expect(5, DUET_LIMIT_FAILS, DUET_ETOOLARGE, "abcde");
    expect(6, DUET_LIMIT_FAILS, 0, "abcdef");
    expect(7, DUET_LIMIT_FAILS, 0, "abcdef");
}

static void rewound_reader_has_its_whole_limit_again(void **state)
{
    duet_reader *inner;
    duet_reader *reader;
    char *bytes;

    (void)state;
    assert_status(duet_memory_reader("abcdef", 6, &inner), 0);
    assert_status(duet_limited_reader(inner, 4, DUET_LIMIT_ENDS, &reader), 0);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(duet_reader_remaining(reader), 4);
        assert_status(duet_read_all(reader, 10, &bytes, NULL, DUET_NEVER), 0);
        assert_string_equal(bytes, "abcd");
        assert_int_equal(duet_reader_remaining(reader), 0);
        free(bytes);
        assert_status(duet_reader_rewind(reader, DUET_NEVER), 0);
    }
    duet_reader_close(reader);
    assert_status(duet_memory_reader("ab", 2, &inner), 0);
    assert_status(duet_limited_reader(inner, 4, DUET_LIMIT_ENDS, &reader), 0);
    assert_int_equal(duet_reader_remaining(reader), 2);
    duet_reader_close(reader);
}

static void unknown_end_is_refused(void **state)
{
    duet_reader *inner;
    duet_reader *reader;

    (void)state;
    assert_status(duet_memory_reader("ab", 2, &inner), 0);
    assert_status(duet_limited_reader(inner, 4, (duet_limit_end)7, &reader),
                  DUET_EINVAL);
    assert_null(reader);
    duet_reader_close(inner);
}

TEST_MAIN(test(reader_ends_or_fails_at_its_limit),
          test(rewound_reader_has_its_whole_limit_again),
          test(unknown_end_is_refused))
