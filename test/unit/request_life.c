/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/server.h"
#include "support/memory.h"
#include "support/web.h"

static int hello(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_text(request, 200, "hello");
}

static const test_route routes[] = {{"GET", "/", hello}, {0}};

static void ask_again_and_again(test_web *web)
{
    int client = test_connect(web);

    for (int i = 0; i < 10; i++) {
        test_send(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        test_receive_until(web, client, "hello");
        assert_int_equal(web->server->pool_count, 1);
    }
    test_send(client, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    test_expect_status(test_receive(web, client), 200);
}

static void one_connection_needs_one_request_object(void **state)
{
    (void)state;
    test_web_run(routes, NULL, ask_again_and_again);
}

/* A client with a thread of its own, whose allocations do not fail. */
typedef struct blocking_client {
    uint16_t port;
    atomic_bool is_done;
    char reply[1024];
} blocking_client;

static void *ask_blocking(void *argument)
{
    static const char request[] =
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    blocking_client *client = argument;
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons(client->port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    size_t length = 0;
    ssize_t count = 1;

    if (connect(descriptor, (struct sockaddr *)&address, sizeof address) == 0 &&
        send(descriptor, request, sizeof request - 1, MSG_NOSIGNAL) > 0) {
        while (count > 0 && length < sizeof client->reply - 1) {
            count = recv(descriptor, client->reply + length,
                         sizeof client->reply - 1 - length, 0);
            length += count > 0 ? (size_t)count : 0;
        }
    }
    close(descriptor);
    client->is_done = true;
    return NULL;
}

static bool is_done(void *client)
{
    return ((blocking_client *)client)->is_done;
}

/* Is the request answered if the `nth` allocation fails? */
static bool answers_without(test_web *web, int nth)
{
    blocking_client client = {.port = duet_server_port(web->server)};
    pthread_t thread;

    assert_int_equal(pthread_create(&thread, NULL, ask_blocking, &client), 0);
    test_fail_allocation(nth);
    test_until(is_done, &client);
    test_fail_allocation(0);
    pthread_join(thread, NULL);
    return strstr(client.reply, "hello") != NULL;
}

static void ask_while_each_allocation_fails(test_web *web)
{
    int refused = 0;

    /* A client may get nothing, 503, or its reply; the server goes on. */
    assert_status(duet_sleep(duet_in_ms(1)), 0);
    for (int nth = 1; nth < 12; nth++)
        refused += !answers_without(web, nth);
    assert_true(refused > 0);
    assert_true(answers_without(web, 1000));
}

static void no_memory_refuses_one_request_and_harms_no_other(void **state)
{
    (void)state;
    test_web_run(routes, NULL, ask_while_each_allocation_fails);
}

static void ask_with_many_fields(test_web *web)
{
    char request[4096] = "GET / HTTP/1.1\r\nHost: a\r\n";

    for (int i = 0; i < 200; i++)
        strcat(request, "A: b\r\n");
    strcat(request, "\r\n");
    test_expect_status(test_ask(web, request), 431);
}

static void too_many_fields_are_431(void **state)
{
    (void)state;
    test_web_run(routes, NULL, ask_with_many_fields);
}

static void ask_paths(test_web *web)
{
    const char *reply = test_get(web, "/nope");

    test_expect_status(reply, 404);
    test_expect_body(reply, "404 Not Found\n");
    reply = test_ask(web, "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
                          "Connection: close\r\n\r\nabc");
    test_expect_status(reply, 405);
    assert_non_null(strstr(reply, "\r\nAllow: GET, HEAD\r\n"));
    reply = test_ask(web, "HEAD / HTTP/1.1\r\nHost: a\r\n"
                          "Connection: close\r\n\r\n");
    test_expect_body(reply, "");
    assert_non_null(strstr(reply, "\r\nContent-Length: 5\r\n"));
}

static void paths_and_methods_without_route_are_refused(void **state)
{
    (void)state;
    test_web_run(routes, NULL, ask_paths);
}

TEST_MAIN(test(one_connection_needs_one_request_object),
          test(no_memory_refuses_one_request_and_harms_no_other),
          test(too_many_fields_are_431),
          test(paths_and_methods_without_route_are_refused))
