/* SPDX-License-Identifier: MIT */
#include "server/connection/early_reply.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/test.h"
#include "support/web.h"

enum { LARGE_BYTES = 8 << 20 };

static int large_reply(duet_request *request, void *context)
{
    char *bytes = calloc(1, LARGE_BYTES);
    int status;

    (void)context;
    assert_non_null(bytes);
    status = duet_reply_bytes(request, 200, bytes, LARGE_BYTES, NULL);
    free(bytes);
    return status;
}

static int streamed_reply(duet_request *request, void *context)
{
    duet_writer *writer;

    (void)context;
    assert_status(duet_reply_stream(request, 200, NULL, &writer, DUET_NEVER),
                  0);
    return duet_write_text(writer, "streamed", DUET_NEVER);
}

static int refuse(duet_request *request, void *context)
{
    (void)request;
    (void)context;
    return 403;
}

static const test_route routes[] = {{"POST", "/large", large_reply},
                                    {"POST", "/streamed", streamed_reply},
                                    {"POST", "/refuse", refuse},
                                    {0}};

#define POST(target, fields)                                                   \
    "POST " target " HTTP/1.1\r\nHost: a\r\n" fields "\r\n"

static void run(const duet_server_options *options, void (*body)(test_web *web))
{
    const duet_route_options streaming = {.streams_body = true,
                                          .drain_bytes_max = 1000};

    test_options_of_routes = &streaming;
    test_web_run(routes, options, body);
    test_options_of_routes = NULL;
}

/* The client sends on, and reads the reply all the same. */
static void send_on(test_web *web)
{
    static char bytes[65536];
    int client = test_connect(web);
    size_t total = 0;
    ssize_t count;

    test_send(client, POST("/large", "Content-Length: 1000000\r\n"));
    do {
        (void)send(client, bytes, 1000, MSG_NOSIGNAL);
        assert_status(duet_wait_readable(client, DUET_NEVER), 0);
        count = recv(client, bytes, sizeof bytes, 0);
        total += count > 0 ? (size_t)count : 0;
    } while (count > 0);
    assert_int_equal(count, 0);
    assert_in_range(total, LARGE_BYTES + 1, LARGE_BYTES + 500);
    close(client);
}

static void reply_of_any_size_arrives_at_a_client_that_sends_on(void **state)
{
    (void)state;
    run(NULL, send_on);
}

static void keep_or_close(test_web *web)
{
    int client = test_connect(web);
    const char *reply;

    test_send(client, POST("/refuse", "Content-Length: 1000\r\n"));
    for (int i = 0; i < 100; i++)
        test_send(client, "0123456789");
    test_send(client, POST("/streamed", "Content-Length: 1000\r\n"));
    reply = test_receive_until(web, client, "8\r\nstreamed\r\n0\r\n\r\n");
    test_expect_status(reply, 403);
    assert_null(strstr(reply, "Connection: close"));
    for (int i = 0; i < 100; i++)
        test_send(client, "0123456789");
    test_send(client, POST("/streamed", "Content-Length: 1001\r\n"));
    reply = test_receive(web, client);
    assert_non_null(strstr(reply, "\r\nConnection: close\r\n"));
    test_expect_body(reply, "8\r\nstreamed\r\n0\r\n\r\n");
}

static void connection_is_kept_if_the_rest_is_small(void **state)
{
    (void)state;
    run(NULL, keep_or_close);
}

static void one_of_each(test_web *web)
{
    (void)test_ask(web, POST("/refuse", "Content-Length: 1001\r\n"));
    (void)test_ask(web, POST("/streamed", "Content-Length: 1001\r\n"));
}

static void early_reply_is_in_the_access_log_once(void **state)
{
    static char text[4096];
    FILE *log = fmemopen(text, sizeof text, "w");
    const duet_server_options options = {.access_log = log};
    const char *second;

    (void)state;
    run(&options, one_of_each);
    fclose(log);
    assert_non_null(strstr(text, "\"POST /refuse HTTP/1.1\" 403 14 "));
    second = strstr(text, "\"POST /streamed HTTP/1.1\" 200 8 ");
    assert_non_null(second);
    assert_string_equal(strchr(second, '\n'), "\n");
}

TEST_MAIN(test(reply_of_any_size_arrives_at_a_client_that_sends_on),
          test(connection_is_kept_if_the_rest_is_small),
          test(early_reply_is_in_the_access_log_once))
