/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/request/server_state.h"
#include "support/web.h"

static void pipeline(test_web *web)
{
    const char *reply = test_ask(
        web, "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"
             "POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
             "GET /wait/3 HTTP/1.1\r\nHost: a\r\n\r\n"
             "POST /wait/4 HTTP/1.1\r\nHost: a\r\n"
             "Transfer-Encoding: chunked\r\n\r\n2\r\nde\r\n0\r\n\r\n"
             "GET /5 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    const char *expected[] = {"</1 >", "</2 abc>", "</wait/3 >", "</wait/4 de>",
                              "</5 >"};

    for (size_t i = 0; i < 5; i++) {
        reply = strstr(reply, expected[i]);
        assert_non_null(reply);
    }
}

static void pipelined_requests_are_answered_in_order(void **state)
{
    (void)state;
    test_web_run(test_echo_routes, NULL, pipeline);
}

static void send_byte_by_byte(test_web *web)
{
    const char text[] = "POST /a?b=%63 HTTP/1.1\r\nHost: a\r\n"
                        "Content-Length: 3\r\nConnection: close\r\n\r\nxyz";
    int client = test_connect(web);

    for (const char *byte = text; *byte != '\0'; byte++) {
        test_send(client, (char[]){*byte, '\0'});
        assert_status(duet_yield(), 0);
    }
    test_expect_body(test_receive(web, client), "</a?b=%63 xyz>");
}

static void split_requests_are_put_together(void **state)
{
    (void)state;
    test_web_run(test_echo_routes, NULL, send_byte_by_byte);
}

static void speak_1_0(test_web *web)
{
    const char *reply = test_ask(web, "GET /a HTTP/1.0\r\n\r\n");

    test_expect_body(reply, "</a >");
}

static void http_1_0_is_answered_and_closed(void **state)
{
    (void)state;
    test_web_run(test_echo_routes, NULL, speak_1_0);
}

static bool nobody_is_there(void *argument)
{
    const test_web *web = argument;
    duet_server_counts counts;

    duet_server_count(web->server, &counts);
    return counts.connections == 0;
}

static void leave_in_the_middle(test_web *web)
{
    int client = test_connect(web);

    test_echo_times = 0;
    test_send(client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n"
                      "\r\nabc");
    assert_status(duet_sleep(duet_in_ms(2)), 0);
    close(client);
    client = test_connect(web);
    test_send(client, "GET / HTTP/1.1\r\nHo");
    assert_status(duet_sleep(duet_in_ms(2)), 0);
    close(client);
    close(test_connect(web));
    test_until(nobody_is_there, web);
    assert_int_equal(test_echo_times, 0);
}

static void client_that_leaves_mid_request_leaves_nothing(void **state)
{
    (void)state;
    test_web_run(test_echo_routes, NULL, leave_in_the_middle);
}

/* Requests that must be refused, each with its status; the connection closes,
 * and what stands behind the request is never taken for a second one. */
static const struct {
    int status;
    const char *request;
} refused[] = {
    {400, "GET / HTTP/1.1\r\n\r\n"},
    {400, "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"},
    {400, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"},
    {400, "GET / HTTP/1.1\r\nHost: a\r\nA b: c\r\n\r\n"},
    {400, "GET / HTTP/1.1\r\nHost: a\r\nA : c\r\n\r\n"},
    {400, "GET / HTTP/1.1\r\nHost: a\r\nA: \x01\r\n\r\n"},
    {400, "GET a HTTP/1.1\r\nHost: a\r\n\r\n"},
    {400, "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"},
    {400, "GET /\x7f HTTP/1.1\r\nHost: a\r\n\r\n"},
    {400, "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n"},
    {400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n"
          "Content-Length: 1\r\n\r\nx"},
    {400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n"
          "Content-Length: 5\r\n\r\nabcde"},
    {400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n"
          "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    {400, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
          "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    {400, "POST / HTTP/1.1\r\nHost: a\r\n"
          "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"},
    {400, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    {400, "POST / HTTP/1.1\r\nHost: a\r\n"
          "Transfer-Encoding: chunked, gzip\r\n\r\nx"},
    {501, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\nx"},
    {400, "GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n c\r\n\r\n"},
    {400, "GET / HTTP/1.1\r\nHost: a\nA: b\r\n\r\n"},
    {400, "GET / HTTP/1.1\nHost: a\n\n"},
};

static void be_malformed(test_web *web)
{
    test_echo_times = 0;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        char request[512];
        const char *reply;

        snprintf(request, sizeof request,
                 "%sGET /second HTTP/1.1\r\nHost: a\r\n\r\n",
                 refused[i].request);
        reply = test_ask(web, request);
        if (strncmp(reply, "HTTP/1.1 ", 9) != 0 ||
            strtol(reply + 9, NULL, 10) != refused[i].status ||
            strstr(reply, "/second") != NULL)
            fail_msg("%s\n  gave %.40s\n", request, reply);
    }
    assert_int_equal(test_echo_times, 0);
}

static void malformed_requests_are_refused_and_closed(void **state)
{
    (void)state;
    test_web_run(test_echo_routes, NULL, be_malformed);
}

static void send_to_nobody(test_web *web)
{
    char chunk[] = "1000\r\n";
    char filler[0x1000 + 2];
    int client = test_connect(web);
    const char *reply;

    /* A small body is read, and the connection stays. */
    reply = test_ask(web, "POST /no HTTP/1.1\r\nHost: a\r\n"
                          "Content-Length: 3\r\n\r\nabc"
                          "GET / HTTP/1.1\r\nHost: a\r\n"
                          "Connection: close\r\n\r\n");
    test_expect_status(reply, 404);
    assert_non_null(strstr(reply, "</ >"));
    /* A large one is not waited for. */
    test_expect_status(test_ask(web, "PUT / HTTP/1.1\r\nHost: a\r\n"
                                     "Content-Length: 65537\r\n\r\n"),
                       405);
    test_expect_status(test_ask(web, "OPTIONS * HTTP/1.1\r\nHost: a\r\n"
                                     "Content-Length: 65537\r\n\r\n"),
                       413);
    memset(filler, 'a', sizeof filler);
    memcpy(filler + 0x1000, "\r\n", 2);
    test_send(client, "POST /no HTTP/1.1\r\nHost: a\r\n"
                      "Transfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 17; i++) {
        test_send(client, chunk);
        assert_int_equal(send(client, filler, sizeof filler, MSG_NOSIGNAL),
                         sizeof filler);
    }
    test_expect_status(test_receive(web, client), 404);
    assert_int_equal(web->server->counts.refused, 3);
}

static void body_without_a_route_is_read_up_to_64_kib(void **state)
{
    static const test_route few[] = {{"GET", "/", test_echo}, {0}};
    const duet_server_options options = {.body_timeout_ms = DUET_NO_LIMIT};

    (void)state;
    test_web_run(few, &options, send_to_nobody);
}

/* What comes behind CONNECT would be for a proxy. */
static void ask_for_a_tunnel(test_web *web)
{
    const char *reply =
        test_ask(web, "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n"
                      "GET /second HTTP/1.1\r\nHost: a\r\n\r\n");

    test_expect_status(reply, 405);
    assert_non_null(strstr(reply, "Connection: close\r\n"));
    assert_null(strstr(reply, "second"));
}

static void connect_is_405_and_closed(void **state)
{
    const duet_server_options options = {.keep_alive_timeout_ms =
                                             DUET_NO_LIMIT};

    (void)state;
    test_web_run(test_echo_routes, &options, ask_for_a_tunnel);
}

TEST_MAIN(test(pipelined_requests_are_answered_in_order),
          test(body_without_a_route_is_read_up_to_64_kib),
          test(connect_is_405_and_closed),
          test(split_requests_are_put_together),
          test(http_1_0_is_answered_and_closed),
          test(client_that_leaves_mid_request_leaves_nothing),
          test(malformed_requests_are_refused_and_closed))
