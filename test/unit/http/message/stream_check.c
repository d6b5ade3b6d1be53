/* SPDX-License-Identifier: MIT */
#include "http/message/stream_check.h"

#include "support/test.h"

#include "support/stream.h"

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
        test_stream_expect_good(good[i], good[i]);
}

/* However they are cut, the line comes out with nothing behind its value. */
static void expect_trimmed(const char *bytes, const char *value)
{
    size_t length = strlen(bytes);

    for (size_t cut = 0; cut <= length; cut++) {
        const char *line;

        test_stream_pass(bytes, length, cut);
        assert_int_equal(test_stream.flaw, 0);
        assert_int_equal(test_stream.state, DUET__STREAM_LINE);
        line = strchr(strstr(test_stream_passed, "Host: a"), ':');
        line = strchr(line + 1, ':') + 1;
        line += strspn(line, " \t");
        if (strncmp(line, value, strlen(value)) != 0 ||
            strncmp(line + strlen(value), "\r\n", 2) != 0)
            fail_msg("cut at %zu: %s", cut, test_stream_passed);
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

static void blanks_behind_a_length_move_before_it(void **state)
{
    const char bytes[] = HEAD "Content-Length: 5 \t\r\n\r\nhello" NEXT;

    (void)state;
    test_stream_pass(bytes, sizeof bytes - 1, 0);
    assert_int_equal(test_stream.flaw, 0);
    assert_string_equal(test_stream_passed,
                        HEAD "Content-Length:   5\r\n\r\nhello" NEXT);
}

static void cookie_is_masked_and_unmasked(void **state)
{
    const char bytes[] = HEAD "CookiE: a=b\r\ncookie: c\r\nCookies: d\r\n"
                              "Cooki: e\r\nRookie: f\r\n\r\n";
    char name[] = "cookie";

    (void)state;
    test_stream_expect_good(bytes,
                            HEAD "Cooki\x01: a=b\r\ncooki\x02: c\r\n"
                                 "Cooki\x02s: d\r\nCooki: e\r\nRookie: f\r\n"
                                 "\r\n");
    memcpy(name, test_stream_passed + strlen(HEAD), 6);
    duet__stream_unmask(name, 6);
    assert_string_equal(name, "CookiE");
    name[5] = '\x02';
    duet__stream_unmask(name, 5);
    assert_int_equal(name[5], '\x02');
    duet__stream_unmask(name, 6);
    assert_string_equal(name, "Cookie");
}

#define BLANKS "                                                  "
#define LONG "0123456789012345678901234567890123456789"

static void flaws_of_the_head_are_400(void **state)
{
    static const test_stream_flaw flaws[] = {
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
        FLAWED(400, "GET / HTTP/1.1\r\nCooki\x01: a\r\n\r\n" NEXT),
        FLAWED(400, HEAD "A: b\r\n c\r\n\r\n" NEXT),
        FLAWED(400, HEAD ": b\r\n\r\n" NEXT),
        FLAWED(400, HEAD "Content-Length:" BLANKS BLANKS "5\r\n\r\n" NEXT),
        FLAWED(400, "GET /" LONG LONG " HTTP/1.1\r\nA: b\r\n\r\n" NEXT),
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
    test_stream_expect_flaws(flaws, sizeof flaws / sizeof *flaws);
}

static void what_is_too_long_is_refused_before_it_ends(void **state)
{
    (void)state;
    assert_int_equal(test_stream_fill("", 'a'),
                     test_stream_limits.line_max + 1);
    assert_int_equal(test_stream.flaw, 414);
    assert_int_equal(test_stream_fill("GET / HTTP/1.1\r\n", 'a'),
                     test_stream_limits.field_max + 1);
    assert_int_equal(test_stream.flaw, 431);
}

static void all_lines_together_have_a_limit(void **state)
{
    char line[] = "A: 3456789\r\n";
    int lines = 0;

    (void)state;
    test_stream = (duet__stream){0};
    duet__stream_check(&test_stream, &test_stream_limits,
                       (char[]){"GET / HTTP/1.1\r\n"}, 16);
    for (; test_stream.flaw == 0; lines++)
        duet__stream_check(&test_stream, &test_stream_limits, line,
                           sizeof line - 1);
    assert_int_equal(test_stream.flaw, 431);
    /* 14 + 10 for the first, 10 + 10 for each: the 19th makes it 404. */
    assert_int_equal(lines, 20);
}

static void ends_of_the_request_line_are_told(void **state)
{
    (void)state;
    test_stream_pass(NEXT, strlen(NEXT), 0);
    assert_string_equal(test_stream.method, "GET");
    assert_string_equal(test_stream.version, "HTTP/1.1");
    assert_int_equal(test_stream.lines, 1);
    test_stream_pass(NEXT, strlen(NEXT), 5);
    assert_string_equal(test_stream.method, "GET");
    assert_string_equal(test_stream.version, "HTTP/1.1");
}

TEST_MAIN(test(good_requests_pass_as_they_are),
          test(no_blanks_are_left_behind_a_value_that_frames),
          test(blanks_behind_a_length_move_before_it),
          test(cookie_is_masked_and_unmasked), test(flaws_of_the_head_are_400),
          test(what_is_too_long_is_refused_before_it_ends),
          test(all_lines_together_have_a_limit),
          test(ends_of_the_request_line_are_told))
