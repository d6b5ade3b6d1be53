/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <unistd.h>

#include "server/request/server_state.h"
#include "support/web.h"

static duet_task *sleepers[50];
static int sleeping;

static int sleep_until_woken(duet_request *request, void *context)
{
    (void)context;
    sleepers[sleeping++] = duet_current_task();
    (void)!duet_sleep(DUET_NEVER);
    return duet_reply_text(request, 200, "woken");
}

static int wait_once(duet_request *request, void *context)
{
    (void)context;
    assert_status(duet_sleep(duet_in_ms(1)), 0);
    return duet_reply_text(request, 200, "waited");
}

static int hello(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_text(request, 200, "hello");
}

static const test_route routes[] = {{"GET", "/", hello},
                                    {"GET", "/wait", wait_once},
                                    {"GET", "/sleep", sleep_until_woken},
                                    {0}};

static bool all_sleep(void *argument)
{
    (void)argument;
    return sleeping == 50;
}

static void suspend_many(test_web *web)
{
    int clients[50];

    sleeping = 0;
    for (int i = 0; i < 50; i++) {
        clients[i] = test_connect(web);
        test_send(clients[i], "GET /sleep HTTP/1.1\r\nHost: a\r\n"
                              "Connection: close\r\n\r\n");
    }
    test_until(all_sleep, NULL);
    assert_int_equal(web->server->mhd.suspended, 50);
    test_expect_body(test_get(web, "/"), "hello");
    for (int i = 0; i < 50; i++)
        duet_task_cancel(sleepers[i]);
    for (int i = 0; i < 50; i++)
        test_expect_body(test_receive(web, clients[i]), "woken");
    assert_int_equal(web->server->mhd.suspended, 0);
}

static void suspended_requests_are_resumed_and_others_served(void **state)
{
    (void)state;
    test_web_run(routes, NULL, suspend_many);
}

static void ask_again_after_waiting(test_web *web)
{
    int client = test_connect(web);

    for (int i = 0; i < 20; i++) {
        test_send(client, "GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
        test_receive_until(web, client, "waited");
        test_send(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        test_receive_until(web, client, "hello");
    }
    close(client);
}

static void connection_is_kept_after_a_suspension(void **state)
{
    (void)state;
    test_web_run(routes, NULL, ask_again_after_waiting);
}

TEST_MAIN(test(suspended_requests_are_resumed_and_others_served),
          test(connection_is_kept_after_a_suspension))
