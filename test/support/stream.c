/* SPDX-License-Identifier: MIT */
#include "support/stream.h"

#include "support/test.h"

#include <stdlib.h>

const duet__stream_limits test_stream_limits = {
    .line_max = 100, .field_max = 200, .head_max = 400, .line_cost = 10};

duet__stream test_stream;
char test_stream_passed[4096];

/* Passes `bytes` in two pieces, the first of `cut` bytes; test_stream_passed[]
 * gets what comes out. */
size_t test_stream_pass(const char *bytes, size_t length, size_t cut)
{
    char *piece = malloc(length + 1);
    size_t count = 0;

    assert_non_null(piece);
    memcpy(piece, bytes, length);
    test_stream = (duet__stream){0};
    count = duet__stream_check(&test_stream, &test_stream_limits, piece, cut);
    memcpy(test_stream_passed, piece, count);
    if (test_stream.flaw == 0 && cut < length) {
        size_t more = duet__stream_check(&test_stream, &test_stream_limits,
                                         piece + cut, length - cut);

        memcpy(test_stream_passed + count, piece + cut, more);
        count += more;
    }
    test_stream_passed[count] = '\0';
    free(piece);
    return count;
}

void test_stream_expect_good(const char *bytes, const char *expected)
{
    size_t length = strlen(bytes);

    for (size_t cut = 0; cut <= length; cut++) {
        test_stream_pass(bytes, length, cut);
        assert_int_equal(test_stream.flaw, 0);
        assert_int_equal(test_stream.state, DUET__STREAM_LINE);
        assert_string_equal(test_stream_passed, expected);
    }
}

void test_stream_expect_flaws(const test_stream_flaw *flaws, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t cut = 0; cut <= flaws[i].length; cut++) {
            test_stream_pass(flaws[i].bytes, flaws[i].length, cut);
            if (test_stream.flaw != flaws[i].status)
                fail_msg("flaw %zu cut at %zu: %d", i, cut, test_stream.flaw);
            assert_null(strstr(test_stream_passed, "GET /2"));
            assert_non_null(test_stream.reason);
        }
}

size_t test_stream_fill(const char *start, char byte)
{
    char bytes[100];
    size_t count = 0;

    test_stream = (duet__stream){0};
    memcpy(bytes, start, strlen(start));
    duet__stream_check(&test_stream, &test_stream_limits, bytes, strlen(start));
    while (test_stream.flaw == 0 && count < 200000) {
        bytes[0] = byte;
        duet__stream_check(&test_stream, &test_stream_limits, bytes, 1);
        count++;
    }
    return count;
}
