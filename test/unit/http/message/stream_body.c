/* SPDX-License-Identifier: MIT */
#include "http/message/stream_body.h"

#include "support/test.h"

#include "support/stream.h"

static void extensions_and_trailers_are_taken_out(void **state)
{
    (void)state;
    test_stream_expect_good("\r\n" NEXT "\r\n" NEXT, NEXT NEXT);
    test_stream_expect_good(CHUNKED "5;a\r\nhello\r\n0;b=\"c\"\r\n\r\n" NEXT,
                            CHUNKED "5\r\nhello\r\n0\r\n\r\n" NEXT);
    test_stream_expect_good(CHUNKED
                            "5 \t;a\r\nhello\r\n000\r\nA: b\r\nC:\r\n\r\n" NEXT,
                            CHUNKED "5\r\nhello\r\n0\r\n\r\n" NEXT);
}

static void flaws_of_chunks_are_400(void **state)
{
    static const test_stream_flaw flaws[] = {
        FLAWED(400, CHUNKED "5;a\nhello\r\n0\r\n\r\n" NEXT),
        FLAWED(400, CHUNKED "2\nhi\n0\n\n" NEXT),
        FLAWED(400, CHUNKED "2\r\nhi\n0\r\n\r\n" NEXT),
        FLAWED(400, CHUNKED "2\r\nhi\r0\r\n\r\n" NEXT),
        FLAWED(400, CHUNKED "2\r\nhix\r\n0\r\n\r\n" NEXT),
        FLAWED(400, CHUNKED "2\r\nhi\r\n0\n\r\n" NEXT),
        FLAWED(400, CHUNKED "2\r\nhi\r\n0\r\n\n" NEXT),
        FLAWED(400, CHUNKED "2\r\nhi\r\n0;a\rb\r\n\r\n" NEXT),
        FLAWED(400, CHUNKED "2\r\nhi\r\n0;a\0b\r\n\r\n" NEXT),
        FLAWED(400, CHUNKED "2\r\nhi\r\n0\r\nA: b\n\r\n" NEXT),
        FLAWED(400, CHUNKED "2\r\nhi\r\n0\r\nA : b\r\n\r\n" NEXT),
        FLAWED(400, CHUNKED "2\r\nhi\r\n0\r\nA: b\r\n c\r\n\r\n" NEXT),
        FLAWED(400, CHUNKED "2\r\nhi\r\n0\r\nAb\r\n\r\n" NEXT),
        FLAWED(400, CHUNKED "2\r\nhi\r\n0\r\n: b\r\n\r\n" NEXT),
        FLAWED(400, CHUNKED "2 \r\nhi\r\n0\r\n\r\n" NEXT),
        FLAWED(400, CHUNKED " 2\r\nhi\r\n0\r\n\r\n" NEXT),
        FLAWED(400, CHUNKED "0x2\r\nhi\r\n0\r\n\r\n" NEXT),
        FLAWED(400, CHUNKED "+2\r\nhi\r\n0\r\n\r\n" NEXT),
        FLAWED(400, CHUNKED "\r\nhi\r\n0\r\n\r\n" NEXT),
        FLAWED(400, CHUNKED ";a\r\nhi\r\n0\r\n\r\n" NEXT),
        FLAWED(413, CHUNKED "10000000000000000\r\n" NEXT),
        FLAWED(413, CHUNKED "8000000000000000\r\n" NEXT),
    };

    (void)state;
    test_stream_expect_flaws(flaws, sizeof flaws / sizeof *flaws);
}

static void what_is_dropped_is_bounded(void **state)
{
    (void)state;
    assert_int_equal(test_stream_fill(CHUNKED "5;", 'a'),
                     DUET__STREAM_EXTENSIONS_MAX + 1);
    assert_int_equal(test_stream.flaw, 413);
    assert_int_equal(test_stream_fill(CHUNKED, '0'),
                     DUET__STREAM_EXTENSIONS_MAX + 2);
    assert_int_equal(test_stream.flaw, 413);
    assert_int_equal(test_stream_fill(CHUNKED "0\r\nA:", 'a'),
                     DUET__STREAM_TRAILERS_MAX - 1);
    assert_int_equal(test_stream.flaw, 431);
}

TEST_MAIN(test(extensions_and_trailers_are_taken_out),
          test(flaws_of_chunks_are_400), test(what_is_dropped_is_bounded))
