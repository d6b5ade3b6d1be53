/* SPDX-License-Identifier: MIT */
#include "server/connection/linger.h"
#include "server/request/server_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/test.h"
#include "support/web.h"

enum { MORE_BYTES = 300000 };

static const int64_t AN_HOUR_NS = INT64_C(3600000000000);

static int hello(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_text(request, 200, "hello");
}

static const test_route routes[] = {
    {"GET", "/", hello}, {"POST", "/", hello}, {0}};

/* Nothing of the server's own ends a connection in time for a test. */
static const duet_server_options patient = {.header_timeout_ms = DUET_NO_LIMIT,
                                            .body_timeout_ms = DUET_NO_LIMIT,
                                            .keep_alive_timeout_ms =
                                                DUET_NO_LIMIT};

static const char asking[] = "GET / HTTP/1.1\r\nHost: a\r\n"
                             "Connection: close\r\n\r\n";

/* Sends before it reads, as clients do that have only one thread. */
static void send_more_behind(test_web *web, const char *more)
{
    char *text = malloc(MORE_BYTES + 1000);
    size_t length;

    assert_non_null(text);
    length = (size_t)sprintf(text, "%s%s", asking, more);
    memset(text + length, 'x', MORE_BYTES);
    text[length + MORE_BYTES] = '\0';
    test_expect_body(test_ask(web, text), "hello");
    free(text);
}

static void send_more(test_web *web)
{
    send_more_behind(web, "");
    send_more_behind(web, "\r\n");
    send_more_behind(web, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    send_more_behind(web, "POST / HTTP/1.1\r\nHost: a\r\n"
                          "Content-Length: 300000\r\n\r\n");
    send_more_behind(web, "PUT / HTTP/1.1\r\nHost: a\r\n"
                          "Content-Length: 999999\r\n\r\n");
    send_more_behind(web, "POST / HTTP/1.1\r\nHost: a\r\n"
                          "Transfer-Encoding: chunked\r\n\r\n");
}

static void client_that_sends_on_reads_its_reply(void **state)
{
    (void)state;
    test_web_run(routes, &patient, send_more);
}

static bool none_lingers(void *server)
{
    return ((const duet_server *)server)->connections.lingering_count == 0;
}

/* Refused before its body, which it was to hold back, but sends. */
static int be_refused_and_stay(test_web *web)
{
    int client = test_connect(web);

    test_send(client, "POST /none HTTP/1.1\r\nHost: a\r\n"
                      "Content-Length: 30000\r\n"
                      "Expect: 100-continue\r\n\r\n");
    test_receive_until(web, client, "\r\n\r\n404 Not Found\n");
    return client;
}

static void send_body_late(test_web *web)
{
    int client;

    web->server->connections.lingering.duration_ns = AN_HOUR_NS;
    client = be_refused_and_stay(web);
    assert_int_equal(web->server->connections.lingered, 1);
    for (int i = 0; i < 100; i++) {
        test_send(client, "0123456789012345678901234567890123456789");
        assert_status(duet_yield(), 0);
    }
    assert_string_equal(test_receive(web, client), "");
    test_until(none_lingers, web->server);
}

static void body_that_was_to_be_held_back_resets_nothing(void **state)
{
    (void)state;
    test_web_run(routes, &patient, send_body_late);
}

static void stay(test_web *web)
{
    int client = be_refused_and_stay(web);

    assert_int_equal(web->server->connections.lingered, 1);
    test_until(none_lingers, web->server); /* though it does not close */
    close(client);
}

static void client_that_never_closes_lingers_for_its_time(void **state)
{
    (void)state;
    test_web_run(routes, &patient, stay);
}

static void leave_together(test_web *web)
{
    int clients[DUET__LINGERING_MAX + 8];

    for (int i = 0; i < DUET__LINGERING_MAX + 8; i++) {
        clients[i] = be_refused_and_stay(web);
        assert_true(web->server->connections.lingering_count <=
                    DUET__LINGERING_MAX);
    }
    for (int i = 0; i < DUET__LINGERING_MAX + 8; i++)
        close(clients[i]);
    test_until(none_lingers, web->server);
}

static void so_many_linger_and_no_more(void **state)
{
    (void)state;
    test_web_run(routes, &patient, leave_together);
}

static void ask_and_be_done(test_web *web)
{
    test_expect_body(test_ask(web, asking), "hello");
    assert_int_equal(web->server->connections.lingered, 0);
}

static void client_that_has_sent_all_does_not_linger(void **state)
{
    (void)state;
    test_web_run(routes, &patient, ask_and_be_done);
}

/* The server is stopped, and everything freed, while one lingers. */
static void stop_meanwhile(test_web *web)
{
    int client;

    web->server->connections.lingering.duration_ns = AN_HOUR_NS;
    client = be_refused_and_stay(web);
    assert_int_equal(web->server->connections.lingering_count, 1);
    assert_status(duet_server_stop(web->server, DUET_NOW), DUET_ETIMEDOUT);
    web->server = NULL;
    close(client);
}

static void stop_ends_what_lingers(void **state)
{
    (void)state;
    test_web_run(routes, &patient, stop_meanwhile);
}

TEST_MAIN(test(client_that_sends_on_reads_its_reply),
          test(body_that_was_to_be_held_back_resets_nothing),
          test(client_that_never_closes_lingers_for_its_time),
          test(so_many_linger_and_no_more),
          test(client_that_has_sent_all_does_not_linger),
          test(stop_ends_what_lingers))
