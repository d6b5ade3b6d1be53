/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <sys/socket.h>
#include <unistd.h>

#include "server/request/server_state.h"
#include "support/run.h"
#include "support/web.h"

static test_log happened;
static uint64_t cancelled_in_turn;
static int waiting;

static int child(void *argument)
{
    int status = duet_sleep(DUET_NEVER);

    (void)argument;
    test_note(&happened, "child ");
    return status;
}

static int wait_for_ever(duet_request *request, void *context)
{
    test_web *web = context;
    int status;

    (void)request;
    assert_status(duet_spawn(child, NULL, NULL, NULL), 0);
    waiting++;
    status = duet_sleep(DUET_NEVER);
    cancelled_in_turn = web->server->loop->counters.turns;
    test_note(&happened, duet_error_name(status));
    test_note(&happened, " ");
    return status;
}

static int keep_on(duet_request *request, void *context)
{
    test_web *web = context;
    duet_server_counts counts;

    duet_request_keep_on_disconnect(request);
    waiting++;
    do {
        assert_status(duet_sleep(duet_in_ms(1)), 0);
        duet_server_count(web->server, &counts);
    } while (counts.disconnected == 0);
    test_note(&happened, "went on");
    return duet_reply_text(request, 200, "nobody reads it");
}

static bool somebody_waits(void *argument)
{
    (void)argument;
    return waiting > 0;
}

static bool nobody_is_there(void *argument)
{
    const test_web *web = argument;
    duet_server_counts counts;

    duet_server_count(web->server, &counts);
    return counts.connections == 0 && counts.running == 0;
}

static int start_request(test_web *web, const char *request)
{
    int client = test_connect(web);

    happened.text[0] = '\0';
    waiting = 0;
    test_send(client, request);
    test_until(somebody_waits, NULL);
    return client;
}

static void hang_up(test_web *web)
{
    int client = start_request(web, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    uint64_t turn = web->server->loop->counters.turns;

    close(client);
    test_await_hang_up(web);
    test_until(nobody_is_there, web);
    assert_string_equal(happened.text, "DUET_ECANCELED child ");
    /* The next turn polls; the handler runs in that very turn. */
    assert_int_equal(cancelled_in_turn, turn + 1);
}

static void half_close(test_web *web)
{
    int client = start_request(web, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");

    shutdown(client, SHUT_WR);
    test_until(nobody_is_there, web);
    assert_string_equal(happened.text, "DUET_ECANCELED child ");
    close(client);
}

static void hang_up_twice_on_one_connection(test_web *web)
{
    int client = start_request(web, "GET /keep HTTP/1.1\r\nHost: a\r\n\r\n");

    close(client);
    test_until(nobody_is_there, web);
    assert_string_equal(happened.text, "went on");
}

static const test_route routes[] = {
    {"GET", "/", wait_for_ever}, {"GET", "/keep", keep_on}, {0}};

static void hang_up_cancels_handler_and_child_in_the_same_turn(void **state)
{
    (void)state;
    test_web_run(routes, NULL, hang_up);
}

static void half_close_counts_as_gone(void **state)
{
    (void)state;
    test_web_run(routes, NULL, half_close);
}

static void handler_may_ask_to_go_on(void **state)
{
    (void)state;
    test_web_run(routes, NULL, hang_up_twice_on_one_connection);
}

TEST_MAIN(test(hang_up_cancels_handler_and_child_in_the_same_turn),
          test(half_close_counts_as_gone), test(handler_may_ask_to_go_on))
