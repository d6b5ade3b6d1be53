/* SPDX-License-Identifier: MIT */
#include "support/in_task.h"
#include "support/test.h"

#include <sys/socket.h>
#include <unistd.h>

#include "server/application/half_close.h"
#include "support/web.h"

static int begun;
static int waiting;
static bool may_end;

static int hello(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_text(request, 200, "hello");
}

static int wait_and_greet(duet_request *request, void *context)
{
    int status = 0;

    (void)context;
    begun++;
    waiting++;
    while (!may_end && status == 0)
        status = duet_sleep(duet_in_ms(1));
    waiting--;
    return status != 0 ? status : duet_reply_text(request, 200, "waited");
}

static const test_route routes[] = {{"GET", "/", hello},
                                    {"POST", "/", hello},
                                    {"GET", "/wait", wait_and_greet},
                                    {0}};

/* Nothing of the server's own ends a connection in time for a test. */
static const duet_server_options patient = {.header_timeout_ms = DUET_NO_LIMIT,
                                            .body_timeout_ms = DUET_NO_LIMIT,
                                            .keep_alive_timeout_ms =
                                                DUET_NO_LIMIT};

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

static const char *ask_and_close(test_web *web, const char *request)
{
    return test_receive(web, send_and_close(web, request));
}

/* --- nobody waits -------------------------------------------------------- */

static void close_behind_requests(test_web *web)
{
    int client = test_connect(web);

    test_expect_body(ask_and_close(web, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
                     "hello");
    test_expect_body(ask_and_close(web, "POST / HTTP/1.1\r\nHost: a\r\n"
                                        "Content-Length: 3\r\n\r\nabc"),
                     "hello");
    /* A later request of the connection, and some time before it. */
    test_send(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    test_receive_until(web, client, "hello");
    assert_status(duet_sleep(duet_in_ms(30)), 0);
    test_send(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
                      "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    shutdown(client, SHUT_WR);
    test_receive_until(web, client, "hello");
    test_expect_body(test_receive(web, client), "hello");
}

static void request_and_end_together_are_answered_and_closed(void **state)
{
    (void)state;
    test_web_run(routes, &patient, close_behind_requests);
}

/* The end comes together with the last bytes, some time after the first. */
static void close_later_inside(test_web *web, const char *first,
                               const char *last)
{
    int client = test_connect(web);

    test_send(client, first);
    assert_status(duet_sleep(duet_in_ms(30)), 0);
    test_send(client, last);
    shutdown(client, SHUT_WR);
    assert_string_equal(test_receive(web, client), "");
}

static void close_with_last_bytes(test_web *web)
{
    close_later_inside(web,
                       "POST / HTTP/1.1\r\nHost: a\r\n"
                       "Content-Length: 9\r\n\r\na",
                       "b");
    close_later_inside(web,
                       "POST / HTTP/1.1\r\nHost: a\r\n"
                       "Transfer-Encoding: chunked\r\n\r\n5\r\na",
                       "b");
    close_later_inside(web, "POST / HTTP/1.1\r\nHost: a\r\nContent-", "L");
    close_later_inside(web, "POST /", " H");
}

static void end_together_with_a_part_of_a_request_is_heard(void **state)
{
    (void)state;
    test_web_run(routes, &patient, close_with_last_bytes);
}

static void close_inside_requests(test_web *web)
{
    assert_string_equal(ask_and_close(web, ""), "");
    assert_string_equal(ask_and_close(web, "GET / HT"), "");
    assert_string_equal(ask_and_close(web, "GET / HTTP/1.1\r\nHost"), "");
    assert_string_equal(ask_and_close(web, "POST / HTTP/1.1\r\nHost: a\r\n"
                                           "Content-Length: 3\r\n\r\n"),
                        "");
    assert_string_equal(ask_and_close(web, "POST / HTTP/1.1\r\nHost: a\r\n"
                                           "Content-Length: 3\r\n\r\na"),
                        "");
}

static void end_inside_a_request_closes(void **state)
{
    (void)state;
    test_web_run(routes, &patient, close_inside_requests);
}

/* --- a handler waits ------------------------------------------------------ */

static bool somebody_waits(void *unused)
{
    (void)unused;
    return waiting > 0;
}

static bool nobody_waits(void *unused)
{
    return !somebody_waits(unused);
}

static const char get_wait[] = "GET /wait HTTP/1.1\r\nHost: a\r\n\r\n";

static void close_while_it_waits(test_web *web)
{
    int client;

    may_end = false;
    begun = 0;
    assert_string_equal(ask_and_close(web, get_wait), "");
    assert_int_equal(begun, 1);
    assert_int_equal(waiting, 0);
    client = test_connect(web);
    test_send(client, get_wait);
    test_until(somebody_waits, NULL);
    shutdown(client, SHUT_WR);
    test_until(nobody_waits, NULL);
    assert_string_equal(test_receive(web, client), "");
}

static void handler_is_cancelled_by_default(void **state)
{
    (void)state;
    test_web_run(routes, &patient, close_while_it_waits);
}

static const char *expect_answer(test_web *web, int client)
{
    const char *reply;

    test_until(somebody_waits, NULL);
    assert_status(duet_sleep(duet_in_ms(30)), 0);
    assert_int_equal(waiting, 1);
    may_end = true;
    reply = test_receive(web, client);
    test_expect_status(reply, 200);
    test_expect_body(reply, "waited");
    assert_non_null(strstr(reply, "\r\nConnection: close\r\n"));
    assert_non_null(strstr(reply, "\r\nDate: "));
    return reply;
}

static void close_and_be_answered(test_web *web)
{
    duet_server_counts counts;
    int client;

    may_end = false;
    expect_answer(web, send_and_close(web, get_wait));
    may_end = false;
    client = test_connect(web);
    test_send(client, get_wait);
    test_until(somebody_waits, NULL);
    shutdown(client, SHUT_WR);
    expect_answer(web, client);
    /* It closes at the very moment when the handler ends. */
    may_end = false;
    client = test_connect(web);
    test_send(client, get_wait);
    test_until(somebody_waits, NULL);
    may_end = true;
    shutdown(client, SHUT_WR);
    test_expect_body(test_receive(web, client), "waited");
    duet_server_count(web->server, &counts);
    assert_int_equal(counts.disconnected, 0);
}

static void handler_goes_on_and_answers_if_the_server_says_so(void **state)
{
    (void)state;
    test_web_run(routes, &answering, close_and_be_answered);
}

static void reset_while_it_waits(test_web *web)
{
    const struct linger at_once = {.l_onoff = 1};
    int client;

    may_end = false;
    client = send_and_close(web, get_wait);
    test_until(somebody_waits, NULL);
    setsockopt(client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(client);
    test_until(nobody_waits, NULL);
}

static void client_that_resets_has_gone_in_any_case(void **state)
{
    (void)state;
    test_web_run(routes, &answering, reset_while_it_waits);
}

/* --- of one route --------------------------------------------------------- */

in_task(route_chooses_for_itself)
{
    static const duet_route_options goes_on = {.half_close =
                                                   DUET_HALF_CLOSE_ANSWERS};
    static const duet_route_options wrong = {.half_close = (duet_half_close)9};
    static test_web web;

    assert_status(duet_application_new(NULL, &web.application), 0);
    assert_status(duet_route_with_options(web.application, "GET", "/wait",
                                          wait_and_greet, NULL, &goes_on),
                  0);
    assert_status(duet_route_with_options(web.application, "GET", "/wrong",
                                          wait_and_greet, NULL, &wrong),
                  DUET_EINVAL);
    assert_status(duet_server_start(web.application, &patient, &web.server), 0);
    may_end = false;
    expect_answer(&web, send_and_close(&web, get_wait));
    duet_server_stop(web.server, DUET_NOW);
    duet_application_free(web.application);
}

TEST_MAIN(test(end_together_with_a_part_of_a_request_is_heard),
          test(request_and_end_together_are_answered_and_closed),
          test(end_inside_a_request_closes),
          test(handler_is_cancelled_by_default),
          test(handler_goes_on_and_answers_if_the_server_says_so),
          test(client_that_resets_has_gone_in_any_case),
          test(route_chooses_for_itself))
