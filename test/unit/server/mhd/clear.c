/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <stdio.h>

#include "server/request/request.h"
#include "server/request/server_state.h"
#include "support/web.h"

static const char mark[] = "no request but the first has this";

static int say_ok(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_text(request, 200, "ok");
}

/* Is the first request's field where libmicrohttpd read it to? */
static int look_for_mark(duet_request *request, void *context)
{
    const duet__connection *connection = request->connection;
    bool is_there =
        memmem(connection->memory, 8192, mark, sizeof mark - 1) != NULL;

    (void)context;
    return duet_reply_text(request, 200, is_there ? "<there>" : "<cleared>");
}

static const test_route routes[] = {
    {"GET", "/", say_ok}, {"GET", "/look", look_for_mark}, {0}};

static void send_both(test_web *web)
{
    char requests[6000];

    snprintf(requests, sizeof requests,
             "GET / HTTP/1.1\r\nHost: a\r\nX: %0*d\r\nY: %s\r\n\r\n"
             "GET /look HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
             5000, 0, mark);
    assert_non_null(strstr(test_ask(web, requests), "<there>"));
}

/* Where libmicrohttpd cleared it all, each reply would pay for it. */
static void long_memory_is_not_cleared_behind_a_request(void **state)
{
    (void)state;
    test_web_run(routes, NULL, send_both);
}

TEST_MAIN(test(long_memory_is_not_cleared_behind_a_request))
