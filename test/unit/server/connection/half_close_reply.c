/* SPDX-License-Identifier: MIT */
#include "server/connection/half_close_reply.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/test.h"
#include "support/web.h"

enum { LARGE_BYTES = 8 * 1024 * 1024 };

static int large(duet_request *request, void *context)
{
    char *bytes = calloc(1, LARGE_BYTES);
    int status;

    (void)context;
    assert_non_null(bytes);
    assert_status(duet_sleep(duet_in_ms(1)), 0);
    status = duet_reply_bytes(request, 200, bytes, LARGE_BYTES, NULL);
    free(bytes);
    return status;
}

static const test_route routes[] = {{"GET", "/large", large}, {0}};

static const duet_server_options answering = {
    .half_close = DUET_HALF_CLOSE_ANSWERS,
    .header_timeout_ms = DUET_NO_LIMIT,
    .body_timeout_ms = DUET_NO_LIMIT,
    .keep_alive_timeout_ms = DUET_NO_LIMIT};

static int send_and_close(test_web *web, const char *request)
{
    int client = test_connect(web);

    test_send(client, request);
    shutdown(client, SHUT_WR);
    return client;
}

static void read_large_reply(test_web *web)
{
    static char bytes[65536];
    int client = send_and_close(web, "GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
    size_t total = 0;
    ssize_t count;

    do {
        assert_status(duet_wait_readable(client, DUET_NEVER), 0);
        count = recv(client, bytes, sizeof bytes, 0);
        total += count > 0 ? (size_t)count : 0;
    } while (count > 0);
    assert_int_equal(count, 0);
    assert_in_range(total, LARGE_BYTES + 1, LARGE_BYTES + 500);
    close(client);
}

static void reply_of_any_size_arrives_whole(void **state)
{
    (void)state;
    test_web_run(routes, &answering, read_large_reply);
}

static bool nobody_is_there(void *argument)
{
    duet_server_counts counts;

    duet_server_count(((test_web *)argument)->server, &counts);
    return counts.connections == 0;
}

static void read_nothing(test_web *web)
{
    int client = send_and_close(web, "GET /large HTTP/1.1\r\nHost: a\r\n\r\n");

    assert_status(duet_wait_readable(client, DUET_NEVER), 0);
    while (!nobody_is_there(web))
        assert_status(duet_sleep(duet_in_ms(30)), 0);
    close(client);
}

static void client_that_does_not_read_is_cut(void **state)
{
    const duet_server_options hasty = {.half_close = DUET_HALF_CLOSE_ANSWERS,
                                       .send_timeout_ms = 50};

    (void)state;
    test_web_run_virtual(routes, &hasty, read_nothing);
}

TEST_MAIN(test(reply_of_any_size_arrives_whole),
          test(client_that_does_not_read_is_cut))
