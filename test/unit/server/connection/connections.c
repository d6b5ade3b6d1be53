/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <unistd.h>

#include "server/connection/connections.h"
#include "server/request/server_state.h"
#include "support/web.h"

static const char request[] =
    "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

static int hello(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_text(request, 200, "hello");
}

static const test_route routes[] = {{"GET", "/", hello}, {0}};

static uint64_t connections(test_web *web)
{
    duet_server_counts counts;

    duet_server_count(web->server, &counts);
    return counts.connections;
}

static bool has_none(void *web)
{
    return connections(web) == 0;
}

static bool has_two(void *web)
{
    return connections(web) == 2;
}

static void fill_and_ask(test_web *web)
{
    int first = test_connect(web);
    int second = test_connect(web);
    int third;
    const char *reply;

    test_until(has_two, web);
    third = test_connect(web);
    test_send(third, request);
    reply = test_receive(web, third);
    test_expect_status(reply, 503);
    assert_non_null(strstr(reply, "\r\nRetry-After: 1\r\n"));
    test_send(first, request);
    test_expect_status(test_receive(web, first), 200);
    close(second);
    test_until(has_none, web);
    test_expect_status(test_get(web, "/"), 200);
}

static void one_beyond_the_limit_gets_503(void **state)
{
    const duet_server_options options = {.connections_max = 2};

    (void)state;
    test_web_run(routes, &options, fill_and_ask);
}

static void one_address_beyond_its_limit_gets_503(void **state)
{
    const duet_server_options options = {.per_address_max = 2};

    (void)state;
    test_web_run(routes, &options, fill_and_ask);
}

static void one_ipv6_address_beyond_its_limit_gets_503(void **state)
{
    const duet_server_options options = {.host = "::1", .per_address_max = 2};

    (void)state;
    if (!test_has_ipv6())
        test_skip("no ::1 here");
    test_web_run(routes, &options, fill_and_ask);
}

static void fill_and_say_nothing(test_web *web)
{
    int first = test_connect(web);
    int second = test_connect(web);

    test_until(has_two, web);
    assert_string_equal(test_receive(web, test_connect(web)), "");
    close(first);
    close(second);
}

static void one_beyond_the_limit_that_is_silent_is_closed(void **state)
{
    const duet_server_options options = {.connections_max = 2};

    (void)state;
    test_web_run(routes, &options, fill_and_say_nothing);
}

TEST_MAIN(test(one_beyond_the_limit_gets_503),
          test(one_address_beyond_its_limit_gets_503),
          test(one_ipv6_address_beyond_its_limit_gets_503),
          test(one_beyond_the_limit_that_is_silent_is_closed))
