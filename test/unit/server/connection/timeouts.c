/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/web.h"

enum { LARGE_BYTES = 32 * 1024 * 1024 };

static int hello(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_text(request, 200, "hello");
}

static int wait_for_ever(duet_request *request, void *context)
{
    (void)request;
    (void)context;
    return duet_sleep(DUET_NEVER);
}

static int large(duet_request *request, void *context)
{
    char *bytes = calloc(1, LARGE_BYTES);

    (void)context;
    assert_non_null(bytes);
    duet_request_defer(request, free, bytes);
    return duet_reply_bytes(request, 200, bytes, LARGE_BYTES, NULL);
}

static const test_route routes[] = {{"GET", "/", hello},
                                    {"POST", "/", hello},
                                    {"GET", "/wait", wait_for_ever},
                                    {"GET", "/large", large},
                                    {0}};

/* Sends a byte now and then until the server has closed. */
static const char *trickle(test_web *web, const char *start)
{
    int client = test_connect(web);

    test_send(client, start);
    while (duet_wait_readable(client, duet_in_ms(20)) == DUET_ETIMEDOUT)
        (void)send(client, "a", 1, MSG_NOSIGNAL);
    return test_receive(web, client);
}

static void be_slow(test_web *web)
{
    assert_string_equal(test_receive(web, test_connect(web)), "");
    test_expect_status(trickle(web, "GET /"), 408);
    test_expect_status(trickle(web, "GET / HTTP/1.1\r\nHost: a\r\nA: "), 408);
    test_expect_status(trickle(web, "POST / HTTP/1.1\r\nHost: a\r\n"
                                    "Content-Length: 100000\r\n\r\n"),
                       408);
}

static void slow_clients_are_cut_byte_by_byte(void **state)
{
    const duet_server_options options = {.header_timeout_ms = 50,
                                         .body_timeout_ms = 50};

    (void)state;
    test_web_run_virtual(routes, &options, be_slow);
}

/* Slower than all other limits, but within that of the body. */
static void upload_slowly(test_web *web)
{
    int client = test_connect(web);

    test_send(client, "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                      "Content-Length: 40\r\n\r\n");
    for (int i = 0; i < 40; i++) {
        assert_status(duet_sleep(duet_in_ms(5)), 0);
        test_send(client, "a");
    }
    test_expect_status(test_receive(web, client), 200);
}

static void slow_body_has_the_time_of_a_body(void **state)
{
    const duet_server_options options = {.handler_timeout_ms = 50,
                                         .send_timeout_ms = 50,
                                         .keep_alive_timeout_ms = 50,
                                         .body_timeout_ms = DUET_NO_LIMIT};

    (void)state;
    test_web_run(routes, &options, upload_slowly);
}

static void ask_to_wait(test_web *web)
{
    duet_server_counts counts;
    const char *reply = test_get(web, "/wait");

    test_expect_status(reply, 503);
    duet_server_count(web->server, &counts);
    assert_int_equal(counts.handlers_timed_out, 1);
}

static void slow_handler_is_cancelled_with_503(void **state)
{
    const duet_server_options options = {.handler_timeout_ms = 20};

    (void)state;
    test_web_run_virtual(routes, &options, ask_to_wait);
}

static void stay(test_web *web)
{
    int client = test_connect(web);

    test_send(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    test_receive_until(web, client, "hello");
    test_send(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    test_receive_until(web, client, "hello");
    assert_string_equal(test_receive(web, client), "");
}

static void idle_connection_is_closed(void **state)
{
    const duet_server_options options = {.keep_alive_timeout_ms = 50};

    (void)state;
    test_web_run_virtual(routes, &options, stay);
}

static bool nobody_is_there(void *argument)
{
    const test_web *web = argument;
    duet_server_counts counts;

    duet_server_count(web->server, &counts);
    return counts.connections == 0;
}

static void read_nothing(test_web *web)
{
    int client = test_connect(web);

    test_send(client, "GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_status(duet_wait_readable(client, DUET_NEVER), 0);
    while (!nobody_is_there(web))
        assert_status(duet_sleep(duet_in_ms(30)), 0);
    close(client);
}

static void client_that_does_not_read_is_cut(void **state)
{
    const duet_server_options options = {.send_timeout_ms = 50};

    (void)state;
    test_web_run_virtual(routes, &options, read_nothing);
}

/* Reads all that has come; false at the end. */
static bool read_all(int client, size_t *total)
{
    static char bytes[512 * 1024];
    ssize_t count;

    while ((count = recv(client, bytes, sizeof bytes, 0)) > 0)
        *total += (size_t)count;
    return count < 0 && errno == EAGAIN;
}

static void read_slowly(test_web *web)
{
    int client = test_connect(web);
    int64_t begin_ns = duet_clock_ns();
    size_t total = 0;

    test_send(client, "GET /large HTTP/1.1\r\nHost: a\r\n"
                      "Connection: close\r\n\r\n");
    do
        assert_status(duet_sleep(duet_in_ms(30)), 0);
    while (read_all(client, &total));
    assert_true(total > LARGE_BYTES);
    /* It took longer than the send time-out, but never stopped. */
    assert_true(duet_clock_ns() - begin_ns > 2 * 50 * INT64_C(1000000));
    close(client);
}

static void client_that_reads_slowly_gets_it_all(void **state)
{
    const duet_server_options options = {.send_timeout_ms = 50};

    (void)state;
    test_needs_kernel("whole TCP_INFO");
    test_web_run_virtual(routes, &options, read_slowly);
}

/* A part of the next request line comes behind a request, and with it. */
static void stop_in_next_line(test_web *web)
{
    int client = test_connect(web);
    const char *reply;

    test_send(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    test_receive_until(web, client, "hello");
    test_send(client, "GET /");
    test_expect_status(test_receive(web, client), 408);
    reply = test_ask(web, "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /");
    test_expect_status(reply, 200);
    assert_non_null(strstr(reply, "HTTP/1.1 408 "));
}

static void half_of_a_later_request_line_is_waited_for_as_long(void **state)
{
    const duet_server_options options = {
        .header_timeout_ms = 30, .keep_alive_timeout_ms = DUET_NO_LIMIT};

    (void)state;
    test_web_run_virtual(routes, &options, stop_in_next_line);
}

/* The rest comes in time, and nothing is left of the wait for it. */
static void finish_next_line(test_web *web)
{
    int client = test_connect(web);

    test_send(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /");
    test_receive_until(web, client, "hello");
    test_send(client, " HTTP/1.1\r\nHost: a\r\n\r\n");
    test_receive_until(web, client, "hello");
    assert_string_equal(test_receive(web, client), "");
}

static void whole_line_ends_the_wait_for_it(void **state)
{
    const duet_server_options options = {.header_timeout_ms = DUET_NO_LIMIT,
                                         .keep_alive_timeout_ms = 30};

    (void)state;
    test_web_run_virtual(routes, &options, finish_next_line);
}

TEST_MAIN(test(slow_clients_are_cut_byte_by_byte),
          test(slow_body_has_the_time_of_a_body),
          test(half_of_a_later_request_line_is_waited_for_as_long),
          test(whole_line_ends_the_wait_for_it),
          test(slow_handler_is_cancelled_with_503),
          test(idle_connection_is_closed),
          test(client_that_does_not_read_is_cut),
          test(client_that_reads_slowly_gets_it_all))
