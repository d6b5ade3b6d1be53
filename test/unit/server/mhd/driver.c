/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <signal.h>

#include "server/request/server_state.h"
#include "support/web.h"

static int hello(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_text(request, 200, "hello");
}

static const test_route routes[] = {{"GET", "/", hello}, {0}};

static void look_at_sigpipe(test_web *web)
{
    struct sigaction action;

    (void)web;
    sigaction(SIGPIPE, NULL, &action);
    assert_true(action.sa_handler == SIG_IGN);
}

static void sigpipe_is_ignored(void **state)
{
    (void)state;
    signal(SIGPIPE, SIG_DFL);
    test_web_run(routes, NULL, look_at_sigpipe);
}

static void serve_again(test_web *web)
{
    test_expect_body(test_get(web, "/"), "hello");
}

static void servers_come_and_go(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        test_web_run(routes, NULL, serve_again);
}

TEST_MAIN(test(sigpipe_is_ignored), test(servers_come_and_go))
