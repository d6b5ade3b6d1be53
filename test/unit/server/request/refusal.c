/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <stdio.h>

#include "support/web.h"

static int length(duet_request *request, void *context)
{
    size_t bytes;

    (void)context;
    (void)duet_request_body(request, &bytes);
    return duet_reply_textf(request, 200, "%zu", bytes);
}

static const test_route routes[] = {{"POST", "/", length}, {0}};
static const duet_server_options options = {.body_bytes_max = 1000};

/* A request with a body of `bytes` bytes, at most 300000. */
static const char *post(const char *fields, size_t bytes)
{
    static char text[300300];
    int head = snprintf(text, 300,
                        "POST / HTTP/1.1\r\nHost: a\r\n"
                        "Connection: close\r\n%s\r\n\r\n",
                        fields);

    memset(text + head, 'x', bytes);
    text[(size_t)head + bytes] = '\0';
    return text;
}

static void send_too_much(test_web *web)
{
    char chunk[20000] = "POST / HTTP/1.1\r\nHost: a\r\n"
                        "Transfer-Encoding: chunked\r\n\r\n";

    test_expect_body(test_ask(web, post("Content-Length: 1000", 1000)), "1000");
    /* All is sent before the reply is read: the client sees it all the same. */
    test_expect_status(test_ask(web, post("Content-Length: 1001", 1001)), 413);
    test_expect_status(test_ask(web, post("Content-Length: 300000", 300000)),
                       413);
    for (int i = 0; i < 1000; i++)
        strcat(chunk, "5\r\nabcde\r\n");
    strcat(chunk, "0\r\n\r\n");
    test_expect_status(test_ask(web, chunk), 413);
    test_expect_body(test_ask(web, post("Content-Length: 3", 3)), "3");
}

static void too_large_a_body_is_413_that_the_client_sees(void **state)
{
    (void)state;
    test_web_run(routes, &options, send_too_much);
}

static void expect(test_web *web)
{
    int client = test_connect(web);

    test_send(client, post("Content-Length: 3\r\nExpect: 100-continue", 0));
    test_receive_until(web, client, "HTTP/1.1 100 Continue\r\n\r\n");
    test_send(client, "abc");
    test_expect_body(test_receive(web, client), "3");
    test_expect_status(
        test_ask(web, post("Content-Length: 1001\r\nExpect: 100-continue", 0)),
        413);
    test_expect_status(
        test_ask(web, post("Content-Length: 3\r\nExpect: wonders", 0)), 417);
    /* Not 100 and then no. */
    test_expect_status(test_ask(web, "POST /none HTTP/1.1\r\nHost: a\r\n"
                                     "Content-Length: 3\r\n"
                                     "Expect: 100-continue\r\n\r\n"),
                       404);
    test_expect_status(test_ask(web, "PUT / HTTP/1.1\r\nHost: a\r\n"
                                     "Transfer-Encoding: chunked\r\n"
                                     "Expect: 100-continue\r\n\r\n"),
                       405);
}

static void client_that_waits_for_100_is_told_at_once(void **state)
{
    (void)state;
    test_web_run(routes, &options, expect);
}

static void refuse_in_all_ways(test_web *web)
{
    static const char *const requests[] = {
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET /none HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "PUT / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n1",
        "GET / HTTP/1.1\r\nHost: a\r\n",
        "GET /",
    };

    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        const char *reply = test_ask(web, requests[i]);
        char page[64] = "";

        assert_int_equal(strncmp(reply, "HTTP/1.1 4", 10), 0);
        memcpy(page, reply + 9, strcspn(reply + 9, "\r"));
        strcat(page, "\n");
        test_expect_body(reply, page);
        assert_non_null(strstr(reply, " GMT\r\n"));
        assert_non_null(strstr(reply, "\r\nDate: "));
        assert_non_null(strstr(reply, "\r\nConnection: close\r\n"));
        assert_non_null(strstr(reply, "\r\nContent-Length: "));
        assert_non_null(strstr(reply, "\r\nContent-Type: text/plain; "
                                      "charset=utf-8\r\n"));
        /* One head. */
        assert_null(strstr(reply + 1, "HTTP/1.1 "));
    }
}

static void all_refusals_have_one_form_and_a_date(void **state)
{
    const duet_server_options in_a_hurry = {
        .body_bytes_max = 1000, .header_timeout_ms = 50, .body_timeout_ms = 50};

    (void)state;
    test_web_run_virtual(routes, &in_a_hurry, refuse_in_all_ways);
}

static void send_on_and_on(test_web *web)
{
    int client = test_connect(web);

    /* Never ends its body and never closes: cut after the linger time. */
    test_send(client, post("Content-Length: 9999999", 5000));
    test_expect_status(test_receive(web, client), 413);
}

static void client_that_never_closes_is_cut(void **state)
{
    (void)state;
    test_web_run(routes, &options, send_on_and_on);
}

TEST_MAIN(test(too_large_a_body_is_413_that_the_client_sees),
          test(client_that_waits_for_100_is_told_at_once),
          test(all_refusals_have_one_form_and_a_date),
          test(client_that_never_closes_is_cut))
