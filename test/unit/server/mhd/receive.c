/* SPDX-License-Identifier: MIT */
#include "server/mhd/receive.h"

#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "support/web.h"

#define CHUNKED                                                                \
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
#define NEXT "GET /2 HTTP/1.1\r\nHost: a\r\n\r\n"

static void send_bytes(int client, const char *bytes, size_t length)
{
    assert_int_equal(send(client, bytes, length, MSG_NOSIGNAL), length);
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;

    while ((text = strstr(text, part)) != NULL) {
        text++;
        count++;
    }
    return count;
}

/* What has two readings, each followed by a request that must not be served. */
static const struct {
    int status;
    const char *bytes;
    size_t length;
} flawed[] = {
#define FLAWED(status, bytes)                                                  \
    {                                                                          \
        status, bytes NEXT, sizeof(bytes NEXT) - 1                             \
    }
    FLAWED(400, "GET / HTTP/1.1\r\nHost: a\0\nX: y\r\n\r\n"),
    FLAWED(400, "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n"),
    FLAWED(400, CHUNKED "5;a\nhello\r\n0\r\n\r\n"),
    FLAWED(400, CHUNKED "2\nhi\n0\n\n"),
    FLAWED(400, CHUNKED "2;a\rb\r\nhi\r\n0\r\n\r\n"),
    FLAWED(400, CHUNKED "2\r\nhi\r\n0\r\nA: b\n\r\n"),
    FLAWED(400, CHUNKED "2\r\nhi\r\n0\r\nA : b\r\n\r\n"),
    FLAWED(400,
           "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello"),
    FLAWED(400,
           "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x5\r\n\r\nhello"),
    FLAWED(400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\nhello"),
    FLAWED(400,
           "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\nhello"),
    FLAWED(413, "POST / HTTP/1.1\r\nHost: a\r\n"
                "Content-Length: 99999999999999999999\r\n\r\nhello"),
    FLAWED(501,
           "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n"),
};

static void expect_refusal(const char *reply, int status)
{
    char page[8];

    test_expect_status(reply, status);
    assert_int_equal(count_of(reply, "HTTP/1.1 "), 1);
    assert_int_equal(count_of(reply, "\r\nDate: "), 1);
    snprintf(page, sizeof page, "\n%d ", status);
    assert_non_null(strstr(reply, page));
}

static void refuse_each(test_web *web)
{
    test_echo_times = 0;
    for (size_t i = 0; i < sizeof flawed / sizeof *flawed; i++) {
        int client = test_connect(web);

        send_bytes(client, flawed[i].bytes, flawed[i].length);
        expect_refusal(test_receive(web, client), flawed[i].status);
        assert_int_equal(web->server->counts.refused, i + 1);
    }
    assert_int_equal(test_echo_times, 0);
}

static void flawed_request_is_refused_once_and_nothing_behind_it(void **state)
{
    (void)state;
    test_web_run(test_echo_routes, NULL, refuse_each);
}

/* Whoever speaks TLS sends nothing more before an answer. */
static void speak_tls(test_web *web)
{
    expect_refusal(test_ask(web, "\x16\x03\x01"), 400);
}

static void tls_is_refused_before_a_line_has_ended(void **state)
{
    const duet_server_options options = {.header_timeout_ms = DUET_NO_LIMIT};

    (void)state;
    test_web_run(test_echo_routes, &options, speak_tls);
}

static void refuse_byte_by_byte(test_web *web)
{
    test_echo_times = 0;
    for (size_t i = 0; i < sizeof flawed / sizeof *flawed; i++) {
        int client = test_connect(web);

        for (size_t j = 0; j < flawed[i].length; j++) {
            if (send(client, flawed[i].bytes + j, 1, MSG_NOSIGNAL) != 1)
                break;
            assert_status(duet_yield(), 0);
        }
        expect_refusal(test_receive(web, client), flawed[i].status);
    }
    assert_int_equal(test_echo_times, 0);
}

static void flaw_is_seen_however_the_bytes_are_cut(void **state)
{
    (void)state;
    test_web_run(test_echo_routes, NULL, refuse_byte_by_byte);
}

static void refuse_behind_good_ones(test_web *web)
{
    const char *reply = test_ask(
        web, "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"
             "GET /wait/2 HTTP/1.1\r\nHost: a\r\n\r\n"
             "POST /3 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
             "GET /4 HTTP/1.1\nHost: a\r\n\r\n");
    const char *expected[] = {"</1 >", "</wait/2 >", "</3 abc>", "400 Bad"};

    for (size_t i = 0; i < 4; i++) {
        reply = strstr(reply, expected[i]);
        assert_non_null(reply);
    }
    assert_int_equal(count_of(reply, "</4"), 0);
}

static void requests_before_a_flaw_are_answered_first(void **state)
{
    (void)state;
    test_web_run(test_echo_routes, NULL, refuse_behind_good_ones);
}

static bool nobody_is_there(void *argument)
{
    const test_web *web = argument;

    return web->server->connections.count == 0;
}

/* More than libmicrohttpd has room for, and no end in sight. */
static void send_endless_extension(test_web *web)
{
    int client = test_connect(web);
    char *extension = malloc(1 << 20);
    ssize_t sent;

    assert_non_null(extension);
    memset(extension, 'a', 1 << 20);
    test_send(client, CHUNKED "5;");
    sent = send(client, extension, 1 << 20, MSG_NOSIGNAL);
    free(extension);
    assert_true(sent > 0);
    expect_refusal(test_receive(web, client), 413);
    test_until(nobody_is_there, web);
}

static void endless_chunk_extension_is_413(void **state)
{
    (void)state;
    test_web_run(test_echo_routes, NULL, send_endless_extension);
}

static void send_extras(test_web *web)
{
    const char *reply =
        test_ask(web, CHUNKED "2;a=\"b\"\r\nhi\r\n0;c\r\nA: b\r\n\r\n"
                              "POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: "
                              "2 \t\r\nConnection: close\r\n\r\nho");

    reply = strstr(reply, "</ hi>");
    assert_non_null(reply);
    assert_non_null(strstr(reply, "</2 ho>"));
}

static void extensions_trailers_and_blanks_are_accepted(void **state)
{
    (void)state;
    test_web_run(test_echo_routes, NULL, send_extras);
}

static int tell_cookie(duet_request *request, void *context)
{
    const char *cookie = duet_request_field(request, "cookie");

    (void)context;
    return duet_reply_textf(request, 200, "%zu %.8s",
                            cookie != NULL ? strlen(cookie) : 0, cookie);
}

static void send_cookies_and_parameters(test_web *web)
{
    char request[8000] = "GET /?";

    for (int i = 0; i < 900; i++)
        strcat(request, "a&");
    strcat(request, " HTTP/1.1\r\nHost: a\r\nConnection: close\r\nCookie: ");
    for (int i = 0; i < 1100; i++)
        strcat(request, "a=b;");
    strcat(request, "\r\n\r\n");
    test_expect_body(test_ask(web, request), "4400 a=b;a=b;");
}

static void
many_parameters_and_cookies_cost_no_more_than_their_bytes(void **state)
{
    static const test_route cookies[] = {{"GET", "/", tell_cookie}, {0}};

    (void)state;
    test_web_run(cookies, NULL, send_cookies_and_parameters);
}

/* As where libmicrohttpd is linked statically. */
static void send_unchecked(test_web *web)
{
    int client = test_connect(web);
    const char *reply;
    duet__connection *connection;

    test_send(client, NEXT);
    test_expect_body(test_receive_until(web, client, ">"), "</2 >");
    connection = DUET__MEMBER(web->server->connections.list.next,
                              duet__connection, link);
    connection->stream.lines = 0;
    web->server->mhd.checked[connection->descriptor] = NULL;
    test_send(client, CHUNKED "2\r\nhi\r\n0\r\n\r\n");
    reply = test_receive(web, client);
    test_expect_body(reply, "</ hi>");
    assert_non_null(strstr(reply, "Connection: close\r\n"));
}

static void unchecked_connection_is_closed_behind_chunks(void **state)
{
    (void)state;
    test_web_run(test_echo_routes, NULL, send_unchecked);
}

TEST_MAIN(test(flawed_request_is_refused_once_and_nothing_behind_it),
          test(flaw_is_seen_however_the_bytes_are_cut),
          test(tls_is_refused_before_a_line_has_ended),
          test(requests_before_a_flaw_are_answered_first),
          test(endless_chunk_extension_is_413),
          test(extensions_trailers_and_blanks_are_accepted),
          test(many_parameters_and_cookies_cost_no_more_than_their_bytes),
          test(unchecked_connection_is_closed_behind_chunks))
