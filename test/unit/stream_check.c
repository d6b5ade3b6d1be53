/* SPDX-License-Identifier: MIT */
#include "http/stream_check.h"

#include "support/test.h"

#include <stdlib.h>

static const duet__stream_limits limits = {
    .line_max = 100, .field_max = 200, .head_max = 400, .line_cost = 10};

static duet__stream stream;
static char passed[4096];

/* Passes `bytes` in two pieces, the first of `cut` bytes; passed[] gets what
 * comes out. */
static size_t pass_cut(const char *bytes, size_t length, size_t cut)
{
    char *piece = malloc(length + 1);
    size_t count = 0;

    assert_non_null(piece);
    memcpy(piece, bytes, length);
    stream = (duet__stream){0};
    count = duet__stream_check(&stream, &limits, piece, cut);
    memcpy(passed, piece, count);
    if (stream.flaw == 0 && cut < length) {
        size_t more =
            duet__stream_check(&stream, &limits, piece + cut, length - cut);

        memcpy(passed + count, piece + cut, more);
        count += more;
    }
    passed[count] = '\0';
    free(piece);
    return count;
}

#define HEAD "POST / HTTP/1.1\r\nHost: a\r\n"
#define CHUNKED HEAD "Transfer-Encoding: chunked\r\n\r\n"
#define NEXT "GET /2 HTTP/1.1\r\nHost: a\r\n\r\n"

/* However they are cut, all bytes pass and nothing is left open. */
static void expect_good(const char *bytes, const char *expected)
{
    size_t length = strlen(bytes);

    for (size_t cut = 0; cut <= length; cut++) {
        pass_cut(bytes, length, cut);
        assert_int_equal(stream.flaw, 0);
        assert_int_equal(stream.state, DUET__STREAM_LINE);
        assert_string_equal(passed, expected);
    }
}

static void good_requests_pass_as_they_are(void **state)
{
    static const char *const good[] = {
        NEXT NEXT,
        "GET / HTTP/1.0\r\n\r\n" NEXT,
        HEAD "Content-Length: 5\r\n\r\nhello" NEXT,
        HEAD "Content-Length: 0\r\n\r\n" NEXT,
        HEAD "content-LENGTH:5\r\n\r\n\r\n\n\r5" NEXT,
        CHUNKED "5\r\nhello\r\n0\r\n\r\n" NEXT,
        CHUNKED "a\r\n0123456789\r\n4\r\n\r\n\r\n\r\n0\r\n\r\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        expect_good(good[i], good[i]);
}

/* However they are cut, the line comes out with nothing behind its value. */
static void expect_trimmed(const char *bytes, const char *value)
{
    size_t length = strlen(bytes);

    for (size_t cut = 0; cut <= length; cut++) {
        const char *line;

        pass_cut(bytes, length, cut);
        assert_int_equal(stream.flaw, 0);
        assert_int_equal(stream.state, DUET__STREAM_LINE);
        line = strchr(strstr(passed, "Host: a"), ':');
        line = strchr(line + 1, ':') + 1;
        line += strspn(line, " \t");
        if (strncmp(line, value, strlen(value)) != 0 ||
            strncmp(line + strlen(value), "\r\n", 2) != 0)
            fail_msg("cut at %zu: %s", cut, passed);
    }
}

static void no_blanks_are_left_behind_a_value_that_frames(void **state)
{
    (void)state;
    expect_trimmed(HEAD "Content-Length: 5 \r\n\r\nhello" NEXT, "5");
    expect_trimmed(HEAD "Content-Length:\t 15\t \t\r\n\r\nhello, or longer",
                   "15");
    expect_trimmed(HEAD "Transfer-Encoding: chunked  \r\n\r\n0\r\n\r\n" NEXT,
                   "chunked");
}

static void extensions_and_trailers_are_taken_out(void **state)
{
    (void)state;
    expect_good("\r\n" NEXT "\r\n" NEXT, NEXT NEXT);
    expect_good(CHUNKED "5;a\r\nhello\r\n0;b=\"c\"\r\n\r\n" NEXT,
                CHUNKED "5\r\nhello\r\n0\r\n\r\n" NEXT);
    expect_good(CHUNKED "5 \t;a\r\nhello\r\n000\r\nA: b\r\nC:\r\n\r\n" NEXT,
                CHUNKED "5\r\nhello\r\n0\r\n\r\n" NEXT);
}

static void blanks_behind_a_length_move_before_it(void **state)
{
    const char bytes[] = HEAD "Content-Length: 5 \t\r\n\r\nhello" NEXT;

    (void)state;
    pass_cut(bytes, sizeof bytes - 1, 0);
    assert_int_equal(stream.flaw, 0);
    assert_string_equal(passed, HEAD "Content-Length:   5\r\n\r\nhello" NEXT);
}

static void cookie_is_masked_and_unmasked(void **state)
{
    const char bytes[] = HEAD "Cookie: a=b\r\ncookie: c\r\nCookies: d\r\n\r\n";
    char name[] = "cookie";

    (void)state;
    pass_cut(bytes, sizeof bytes - 1, 0);
    assert_string_equal(passed, HEAD "\x01ookie: a=b\r\n\x02ookie: c\r\n"
                                     "Cookies: d\r\n\r\n");
    memcpy(name, passed + strlen(HEAD), 6);
    duet__stream_unmask(name, 6);
    assert_string_equal(name, "Cookie");
    name[0] = '\x02';
    duet__stream_unmask(name, 6);
    assert_string_equal(name, "cookie");
}

typedef struct flawed {
    int status;
    const char *bytes;
    size_t length;
} flawed;

#define FLAWED(status, bytes)                                                  \
    {                                                                          \
        status, bytes, sizeof(bytes) - 1                                       \
    }

/* What is behind the flaw does not pass, however the bytes are cut. */
static void expect_flaws(const flawed *flaws, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t cut = 0; cut <= flaws[i].length; cut++) {
            pass_cut(flaws[i].bytes, flaws[i].length, cut);
            if (stream.flaw != flaws[i].status)
                fail_msg("flaw %zu cut at %zu: %d", i, cut, stream.flaw);
            assert_null(strstr(passed, "GET /2"));
            assert_non_null(stream.reason);
        }
}

static void flaws_of_the_head_are_400(void **state)
{
    static const flawed flaws[] = {
        FLAWED(400, "GET / HTTP/1.1\nHost: a\r\n\r\n" NEXT),
        FLAWED(400, "GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n" NEXT),
        FLAWED(400, "GET / HTTP/1.1\r\nHost: a\r\n\n" NEXT),
        FLAWED(400, "GET / HTTP/1.1\r\nHost: a\0\nX: y\r\n\r\n" NEXT),
        FLAWED(400, "GET / HTTP/1.1\r\nHost: a\0\r\n\r\n" NEXT),
        FLAWED(400, "\x16\x03\x01"),
        FLAWED(400, "GET\r\n\r\n" NEXT),
        FLAWED(400, "GET /\r\n\r\n" NEXT),
        FLAWED(400, "GET /a b HTTP/1.1\r\n\r\n" NEXT),
        FLAWED(400, "GET /\ta HTTP/1.1\r\n\r\n" NEXT),
        FLAWED(400, "GET /\x0b HTTP/1.1\r\n\r\n" NEXT),
        FLAWED(400, "G\x0cT / HTTP/1.1\r\n\r\n" NEXT),
        FLAWED(400, "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n" NEXT),
        FLAWED(400, "GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n" NEXT),
        FLAWED(400, "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n" NEXT),
        FLAWED(400, "GET / HTTP/1.1\r\n\x01ookie: a\r\n\r\n" NEXT),
        FLAWED(400, HEAD "Content-Length: +5\r\n\r\nhello" NEXT),
        FLAWED(400, HEAD "Content-Length: 0x5\r\n\r\nhello" NEXT),
        FLAWED(400, HEAD "Content-Length: 5, 5\r\n\r\nhello" NEXT),
        FLAWED(400, HEAD "Content-Length: 5 5\r\n\r\nhello" NEXT),
        FLAWED(400, HEAD "Transfer-Encoding: chun ked\r\n\r\n0\r\n\r\n" NEXT),
        FLAWED(400, HEAD "Content-Length:\r\n\r\nhello" NEXT),
        FLAWED(400, HEAD "Content-Length: 5\r\nContent-Length: 5\r\n\r\n" NEXT),
        FLAWED(413, HEAD "Content-Length: 9223372036854775808\r\n\r\n" NEXT),
        FLAWED(400, HEAD "Content-Length: 5\r\nTransfer-Encoding: chunked"
                         "\r\n\r\n" NEXT),
        FLAWED(400, HEAD "Transfer-Encoding: chunked\r\n"
                         "Transfer-Encoding: chunked\r\n\r\n" NEXT),
        FLAWED(501, HEAD "Transfer-Encoding: gzip\r\n\r\n" NEXT),
    };

    (void)state;
    expect_flaws(flaws, sizeof flaws / sizeof *flaws);
}

static void flaws_of_chunks_are_400(void **state)
{
    static const flawed flaws[] = {
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
    expect_flaws(flaws, sizeof flaws / sizeof *flaws);
}

/* Feeds a start and then one byte until there is a flaw; returns how many. */
static size_t fill(const char *start, char byte)
{
    char bytes[100];
    size_t count = 0;

    stream = (duet__stream){0};
    memcpy(bytes, start, strlen(start));
    duet__stream_check(&stream, &limits, bytes, strlen(start));
    while (stream.flaw == 0 && count < 200000) {
        bytes[0] = byte;
        duet__stream_check(&stream, &limits, bytes, 1);
        count++;
    }
    return count;
}

static void what_is_too_long_is_refused_before_it_ends(void **state)
{
    (void)state;
    assert_int_equal(fill("", 'a'), limits.line_max + 1);
    assert_int_equal(stream.flaw, 414);
    assert_int_equal(fill("GET / HTTP/1.1\r\n", 'a'), limits.field_max + 1);
    assert_int_equal(stream.flaw, 431);
    assert_int_equal(fill(CHUNKED "5;", 'a'), DUET__STREAM_EXTENSIONS_MAX + 1);
    assert_int_equal(stream.flaw, 413);
    assert_int_equal(fill(CHUNKED, '0'), DUET__STREAM_EXTENSIONS_MAX + 2);
    assert_int_equal(stream.flaw, 413);
    assert_int_equal(fill(CHUNKED "0\r\nA:", 'a'),
                     DUET__STREAM_TRAILERS_MAX - 1);
    assert_int_equal(stream.flaw, 431);
}

static void all_lines_together_have_a_limit(void **state)
{
    char line[] = "A: 3456789\r\n";
    int lines = 0;

    (void)state;
    stream = (duet__stream){0};
    duet__stream_check(&stream, &limits, (char[]){"GET / HTTP/1.1\r\n"}, 16);
    for (; stream.flaw == 0; lines++)
        duet__stream_check(&stream, &limits, line, sizeof line - 1);
    assert_int_equal(stream.flaw, 431);
    /* 14 + 10 for the first, 10 + 10 for each: the 19th makes it 404. */
    assert_int_equal(lines, 20);
}

static void ends_of_the_request_line_are_told(void **state)
{
    (void)state;
    pass_cut(NEXT, strlen(NEXT), 0);
    assert_string_equal(stream.method, "GET");
    assert_string_equal(stream.version, "HTTP/1.1");
    assert_int_equal(stream.lines, 1);
    pass_cut(NEXT, strlen(NEXT), 5);
    assert_string_equal(stream.method, "GET");
    assert_string_equal(stream.version, "");
}

TEST_MAIN(test(good_requests_pass_as_they_are),
          test(no_blanks_are_left_behind_a_value_that_frames),
          test(extensions_and_trailers_are_taken_out),
          test(blanks_behind_a_length_move_before_it),
          test(cookie_is_masked_and_unmasked), test(flaws_of_the_head_are_400),
          test(flaws_of_chunks_are_400),
          test(what_is_too_long_is_refused_before_it_ends),
          test(all_lines_together_have_a_limit),
          test(ends_of_the_request_line_are_told))
