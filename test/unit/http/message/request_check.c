/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "http/message/request_check.h"
#include "support/fuzz.h"

enum { FIELDS_MAX = 8 };

/* The verdict on the bytes, which lie in memory of their exact size so that a
 * read behind them is seen. */
static int verdict_on(const char *bytes, size_t length)
{
    duet__raw_field fields[FIELDS_MAX];
    duet__request_head head;
    const char *reason = NULL;
    char *exact = malloc(length > 0 ? length : 1);
    int status;

    memcpy(exact, bytes, length);
    status = duet__request_head_check(duet__text_of(exact, length), fields,
                                      FIELDS_MAX, &head, &reason);
    assert_non_null(reason);
    assert_int_equal(status != 0, reason[0] != '\0');
    free(exact);
    return status;
}

static void assert_verdict(const char *head, int expected)
{
    int status = verdict_on(head, strlen(head));

    if (status != expected)
        fail_msg("%d, not %d, for\n%s", status, expected, head);
}

/* A request whose line is `line`, on a valid head. */
static void assert_line(const char *line, int expected)
{
    char head[256];

    snprintf(head, sizeof head, "%s\r\nHost: a\r\n\r\n", line);
    assert_verdict(head, expected);
}

/* A POST with these field lines besides Host. */
static void assert_fields(const char *fields, int expected)
{
    char head[512];

    snprintf(head, sizeof head, "POST / HTTP/1.1\r\nHost: a\r\n%s\r\n", fields);
    assert_verdict(head, expected);
}

/* A GET with these field lines alone. */
static void assert_host(const char *fields, int expected)
{
    char head[256];

    snprintf(head, sizeof head, "GET / HTTP/1.1\r\n%s\r\n", fields);
    assert_verdict(head, expected);
}

static void plain_requests_pass(void **state)
{
    (void)state;
    assert_line("GET / HTTP/1.1", 0);
    assert_line("GET /a/b%2Fc?d=e&f HTTP/1.1", 0);
    assert_line("GET /?q=%zz[]{}|\\^`' HTTP/1.1", 0);
    assert_line("M-SEARCH /x HTTP/1.1", 0);
    assert_line("get / HTTP/1.1", 0);
    assert_line("GET / HTTP/1.7", 0);
    assert_line("GET http://a/ HTTP/1.1", 0);
    assert_line("GET HTTPS://a:1?b HTTP/1.1", 0);
    assert_line("GET /\xc3\xa9\xff HTTP/1.1", 0);
    assert_line("GET /a#b%c?d HTTP/1.1", 0);
    assert_line("GET http://a#b HTTP/1.1", 0);
    assert_line("GET /\"a\" HTTP/1.1", 0);
    assert_line("OPTIONS * HTTP/1.1", 0);
    assert_line("CONNECT a:443 HTTP/1.1", 0);
    assert_line("CONNECT [::1]:443 HTTP/1.1", 0);
    assert_line("\r\nGET / HTTP/1.1", 0);
}

static void bad_methods_are_400(void **state)
{
    (void)state;
    assert_line(" / HTTP/1.1", 400);
    assert_line("G(T / HTTP/1.1", 400);
    assert_line("GET\t/ HTTP/1.1", 400);
    assert_line("G\x01T / HTTP/1.1", 400);
    assert_line("G\xc3\x84T / HTTP/1.1", 400);
    assert_line(" GET / HTTP/1.1", 400);
    assert_line("\nGET / HTTP/1.1", 400);
    assert_line("\r\n\r\nGET / HTTP/1.1", 400);
}

static void bad_targets_are_400(void **state)
{
    (void)state;
    assert_line("GET  / HTTP/1.1", 400);
    assert_line("GET / a HTTP/1.1", 400);
    assert_line("GET /\ta HTTP/1.1", 400);
    assert_line("GET /\x01 HTTP/1.1", 400);
    assert_line("GET /\x7f HTTP/1.1", 400);
    assert_line("GET /<a> HTTP/1.1", 400);
    assert_line("GET /%zz HTTP/1.1", 400);
    assert_line("GET /% HTTP/1.1", 400);
    assert_line("GET #a HTTP/1.1", 400);
    assert_line("GET a HTTP/1.1", 400);
    assert_line("GET a:80 HTTP/1.1", 400);
    assert_line("GET ../a HTTP/1.1", 400);
    assert_line("GET ?a HTTP/1.1", 400);
    assert_line("GET * HTTP/1.1", 400);
    assert_line("OPTIONS ** HTTP/1.1", 400);
    assert_line("GET ftp://a/ HTTP/1.1", 400);
    assert_line("GET http:/a HTTP/1.1", 400);
    assert_line("GET http:///a HTTP/1.1", 400);
    assert_line("GET http://u@a/ HTTP/1.1", 400);
    assert_line("GET http://a:x/ HTTP/1.1", 400);
    assert_line("CONNECT / HTTP/1.1", 400);
    assert_line("CONNECT a HTTP/1.1", 400);
    assert_line("CONNECT a: HTTP/1.1", 400);
    assert_line("CONNECT http://a/ HTTP/1.1", 400);
}

static void bad_versions_are_400_and_foreign_ones_505(void **state)
{
    (void)state;
    assert_line("GET /", 400);
    assert_line("GET / ", 400);
    assert_line("GET / HTTP/1", 400);
    assert_line("GET / HTTP/1.", 400);
    assert_line("GET / HTTP/1.10", 400);
    assert_line("GET / HTTP/11.1", 400);
    assert_line("GET / http/1.1", 400);
    assert_line("GET / HTTP/1,1", 400);
    assert_line("GET / HTTP/1.x", 400);
    assert_line("GET / HTTP/1.1 ", 400);
    assert_line("GET / ICAP/1.1", 400);
    assert_line("GET / HTTP/2.0", 505);
    assert_line("GET / HTTP/0.9", 505);
    assert_line("PRI * HTTP/2.0", 505);
}

static void host_is_there_once_and_valid(void **state)
{
    (void)state;
    assert_host("Host: a.example:80\r\n", 0);
    assert_host("hOST:[::1]\r\n", 0);
    assert_host("Host: \ta\t \r\n", 0);
    assert_host("", 400);
    assert_host("Host: a\r\nHost: a\r\n", 400);
    assert_host("Host: a\r\nhost: b\r\n", 400);
    assert_host("Host:\r\n", 400);
    assert_host("Host: a b\r\n", 400);
    assert_host("Host: a, b\r\n", 400);
    assert_host("Host: u@a\r\n", 400);
    assert_host("Host: a/b\r\n", 400);
    assert_host("Host: http://a\r\n", 400);
    assert_host("Host: a:port\r\n", 400);
    assert_host("Host: a:99999\r\n", 400);
    assert_host("Host: [::1\r\n", 400);
    assert_verdict("GET / HTTP/1.0\r\n\r\n", 0);
    assert_verdict("GET / HTTP/1.0\r\nHost: a b\r\n\r\n", 400);
    assert_verdict("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", 400);
}

static void bad_field_lines_are_400(void **state)
{
    (void)state;
    assert_fields("X: y\r\nX: y\r\n", 0);
    assert_fields("X:\r\n", 0);
    assert_fields("X: a\tb \xc3\xa9\r\n", 0);
    assert_fields("X : y\r\n", 400);
    assert_fields("X\t: y\r\n", 400);
    assert_fields(": y\r\n", 400);
    assert_fields("X\r\n", 400);
    assert_fields(" X: y\r\n", 400);
    assert_fields("X: y\r\n folded\r\n", 400);
    assert_fields("X: y\r\n\tfolded\r\n", 400);
    assert_fields("X(: y\r\n", 400);
    assert_fields("X\xc3\xa9: y\r\n", 400);
    assert_fields("X: a\rb\r\n", 400);
    assert_fields("X: a\nb: c\r\n", 400);
    assert_fields("X: a\n", 400);
    assert_fields("X: a\r\r\n", 400);
    assert_fields("X: a\x01\r\n", 400);
    assert_fields("X: a\x7f\r\n", 400);
}

static void nul_is_400_wherever_it_is(void **state)
{
    static const char whole[] = "GET /abc HTTP/1.1\r\nHost: abc\r\n"
                                "X-Field: value\r\n\r\n";

    (void)state;
    assert_int_equal(verdict_on(whole, sizeof whole - 1), 0);
    for (size_t i = 0; i < sizeof whole - 1; i++) {
        char copy[sizeof whole];

        memcpy(copy, whole, sizeof whole);
        copy[i] = '\0';
        assert_int_equal(verdict_on(copy, sizeof whole - 1), 400);
    }
}

static void content_length_is_one_plain_number(void **state)
{
    static const char *const bad[] = {
        "+5", "-5", "0x5", "5, 5", "5, 6", "5,", "", "5 5", "5.0", "a",
    };
    char line[64];

    (void)state;
    assert_fields("Content-Length: 5\r\n", 0);
    assert_fields("Content-Length: \t5 \r\n", 0);
    assert_fields("Content-Length: 0005\r\n", 0);
    assert_fields("Content-Length: 9223372036854775807\r\n", 0);
    assert_fields("Content-Length: 9223372036854775808\r\n", 413);
    assert_fields("Content-Length: 99999999999999999999999\r\n", 413);
    assert_fields("Content-Length: 5\r\nContent-Length: 5\r\n", 400);
    assert_fields("Content-Length: 5\r\ncontent-length: 6\r\n", 400);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        snprintf(line, sizeof line, "Content-Length: %s\r\n", bad[i]);
        assert_fields(line, 400);
    }
}

static void transfer_encoding_is_chunked_or_nothing(void **state)
{
    (void)state;
    assert_fields("Transfer-Encoding: chunked\r\n", 0);
    assert_fields("transfer-encoding:\tChunked \r\n", 0);
    assert_fields("Transfer-Encoding: gzip\r\n", 501);
    assert_fields("Transfer-Encoding: identity\r\n", 501);
    assert_fields("Transfer-Encoding: gzip, chunked\r\n", 501);
    assert_fields("Transfer-Encoding: xchunked\r\n", 501);
    assert_fields("Transfer-Encoding: x;y=z\r\n", 501);
    assert_fields("Transfer-Encoding: chunked, gzip\r\n", 400);
    assert_fields("Transfer-Encoding: chunked, chunked\r\n", 400);
    assert_fields("Transfer-Encoding: chunked;a=b\r\n", 400);
    assert_fields("Transfer-Encoding: chunked,\r\n", 400);
    assert_fields("Transfer-Encoding: ,chunked\r\n", 400);
    assert_fields("Transfer-Encoding:\r\n", 400);
    assert_fields("Transfer-Encoding: \"chunked\"\r\n", 400);
    assert_fields("Transfer-Encoding: chunked chunked\r\n", 400);
    assert_fields("Transfer-Encoding: chunked\r\n"
                  "Transfer-Encoding: chunked\r\n",
                  400);
    assert_fields("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", 400);
    assert_fields("Content-Length: 5\r\nTransfer-Encoding: x\r\n", 400);
    assert_verdict("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
                   400);
}

static void only_100_continue_may_be_expected(void **state)
{
    (void)state;
    assert_fields("Expect: 100-Continue\r\n", 0);
    assert_fields("Expect: 200-ok\r\n", 417);
    assert_fields("Expect:\r\n", 417);
    assert_fields("Expect: 100-continue\r\nExpect: x\r\n", 417);
    assert_verdict("POST / HTTP/1.0\r\nExpect: x\r\n\r\n", 0);
}

static void more_fields_than_there_is_room_for_are_431(void **state)
{
    char fields[512] = "";

    (void)state;
    for (int i = 1; i < FIELDS_MAX; i++)
        strcat(fields, "X: y\r\n");
    assert_fields(fields, 0);
    strcat(fields, "X: y\r\n");
    assert_fields(fields, 431);
}

static void head_that_is_cut_anywhere_is_400(void **state)
{
    static const char whole[] = "\r\nGET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n";

    (void)state;
    for (size_t length = 0; length < sizeof whole - 1; length++)
        assert_int_equal(verdict_on(whole, length), 400);
    assert_int_equal(verdict_on(whole, sizeof whole - 1), 0);
}

static void framing_tells_of_the_body(void **state)
{
    duet__raw_field fields[] = {
        {DUET__TEXT("Host"), DUET__TEXT("a")},
        {DUET__TEXT("content-length"), DUET__TEXT(" 17 ")},
        {DUET__TEXT("Expect"), DUET__TEXT("100-continue")},
    };
    duet__request_head head = {DUET__TEXT("PUT"),
                               DUET__TEXT("/"),
                               DUET__TEXT("HTTP/1.1"),
                               fields,
                               1,
                               {0}};
    duet__request_framing framing;
    const char *reason;

    (void)state;
    assert_int_equal(duet__request_check(&head, &framing, &reason), 0);
    assert_false(framing.has_body);
    assert_false(framing.expects_continue);
    head.field_count = 3;
    assert_int_equal(duet__request_check(&head, &framing, &reason), 0);
    assert_true(framing.has_body);
    assert_true(framing.expects_continue);
    assert_int_equal(framing.length, 17);
    fields[1].value = DUET__TEXT("0");
    assert_int_equal(duet__request_check(&head, &framing, &reason), 0);
    assert_false(framing.has_body);
    fields[1].value = DUET__TEXT("000");
    assert_int_equal(duet__request_check(&head, &framing, &reason), 0);
    assert_false(framing.has_body);
    fields[1].value = DUET__TEXT("0");
    fields[1].name = DUET__TEXT("transfer-Encoding");
    assert_int_equal(duet__request_check(&head, &framing, &reason), 501);
    assert_true(framing.has_body);
}

static void lists_as_a_driver_gives_them_are_checked_too(void **state)
{
    duet__raw_field fields[] = {
        {DUET__TEXT("Host"), DUET__TEXT("a")},
        {DUET__TEXT("Transfer-Encoding "), DUET__TEXT("chunked")},
    };
    duet__request_head head = {DUET__TEXT("GET"),
                               DUET__TEXT("/"),
                               DUET__TEXT("HTTP/1.1"),
                               fields,
                               1,
                               {0}};
    duet__request_framing framing;
    const char *reason;

    (void)state;
    assert_int_equal(duet__request_check(&head, &framing, &reason), 0);
    assert_string_equal(reason, "");
    head.field_count = 2;
    assert_int_equal(duet__request_check(&head, &framing, &reason), 400);
    assert_string_equal(reason, "a field name is malformed");
    fields[1].name = DUET__TEXT("X");
    fields[1].value = DUET__TEXT("a\r\nb");
    assert_int_equal(duet__request_check(&head, &framing, &reason), 400);
    head.field_count = 0;
    assert_int_equal(duet__request_check(&head, &framing, &reason), 400);
    assert_string_equal(reason, "Host is missing");
}

static void changed_heads_never_break_it(void **state)
{
    static const char whole[] =
        "POST http://a/b?c HTTP/1.1\r\nHost: [::1]:8\r\n"
        "Transfer-Encoding: chunked\r\n\r\n";
    uint64_t seed = 13;
    int passed = 0;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        char copy[sizeof whole];

        memcpy(copy, whole, sizeof whole);
        for (int n = (int)(fuzz_next(&seed) % 4); n >= 0; n--)
            copy[fuzz_next(&seed) % (sizeof whole - 1)] =
                n % 2 == 0 ? (char)fuzz_next(&seed)
                           : whole[fuzz_next(&seed) % (sizeof whole - 1)];
        passed += verdict_on(copy, sizeof whole - 1) == 0;
    }
    assert_in_range(passed, 1, 19999);
}

TEST_MAIN(test(plain_requests_pass), test(bad_methods_are_400),
          test(bad_targets_are_400),
          test(bad_versions_are_400_and_foreign_ones_505),
          test(host_is_there_once_and_valid), test(bad_field_lines_are_400),
          test(nul_is_400_wherever_it_is),
          test(content_length_is_one_plain_number),
          test(transfer_encoding_is_chunked_or_nothing),
          test(only_100_continue_may_be_expected),
          test(more_fields_than_there_is_room_for_are_431),
          test(head_that_is_cut_anywhere_is_400),
          test(framing_tells_of_the_body),
          test(lists_as_a_driver_gives_them_are_checked_too),
          test(changed_heads_never_break_it))
