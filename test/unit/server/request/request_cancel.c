/* SPDX-License-Identifier: MIT */
#include "server/request/request_cancel.h"

#include "server/request/server_state.h"
#include "support/test.h"
#include "support/web.h"

static duet_request *running;

static int wait_for_long(duet_request *request, void *context)
{
    int status;

    (void)context;
    running = request;
    status = duet_sleep(duet_in_ms(60000));
    running = NULL;
    return status != 0 ? status : duet_reply_text(request, 200, "slept");
}

static const test_route routes[] = {{"GET", "/", wait_for_long}, {0}};

static bool is_running(void *argument)
{
    (void)argument;
    return running != NULL;
}

static const char get[] =
    "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

static void pass_its_time(test_web *web)
{
    duet_server_counts counts;
    int client = test_connect(web);

    test_send(client, get);
    test_until(is_running, NULL);
    duet__request_timed_out(running);
    test_expect_status(test_receive(web, client), 503);
    duet_server_count(web->server, &counts);
    assert_int_equal(counts.handlers_timed_out, 1);
    assert_int_equal(counts.disconnected, 0);
}

static void handler_whose_time_is_over_is_cancelled(void **state)
{
    (void)state;
    test_web_run(routes, NULL, pass_its_time);
}

static void leave_it(test_web *web)
{
    duet_server_counts counts;
    int client = test_connect(web);

    test_send(client, get);
    test_until(is_running, NULL);
    running->run.keeps_on_disconnect = true;
    duet__request_peer_gone(running);
    assert_int_equal(duet_task_cancel_requests(running->run.task), 0);
    running->run.keeps_on_disconnect = false;
    duet__request_peer_gone(running);
    assert_int_equal(duet_task_cancel_requests(running->run.task), 1);
    duet_server_count(web->server, &counts);
    assert_int_equal(counts.disconnected, 2);
    test_receive(web, client);
    assert_null(running);
}

static void handler_goes_on_without_its_client_if_it_wants_to(void **state)
{
    (void)state;
    test_web_run(routes, NULL, leave_it);
}

TEST_MAIN(test(handler_whose_time_is_over_is_cancelled),
          test(handler_goes_on_without_its_client_if_it_wants_to))
