/* SPDX-License-Identifier: MIT */
/* both_voices.c - client and server on one loop, in one process. */
#include "runtime/core/clock.h"
#include "support/guard.h"
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "runtime/context/context.h"
#include "runtime/core/loop.h"
#include "support/web.h"

/* Each request takes two tasks, and each task counts as one of the 8,128
 * threads that the thread sanitizer knows at most. */
#ifdef DUET__THREAD_SANITIZER
enum { AT_ONCE = 2000 };
#else
enum { AT_ONCE = 5000 };
#endif

/* --- thousands of requests at once --------------------------------------- */

static duet_event *all_there;
static int there;

/* Answers when as many others wait as were sent, and not before. */
static int wait_for_all(duet_request *request, void *context)
{
    int status = 0;

    (void)context;
    if (++there == AT_ONCE)
        duet_event_set(all_there);
    status = duet_event_wait(all_there, DUET_NEVER);
    return status != 0 ? status : duet_reply_text(request, 200, "all\n");
}

typedef struct visit {
    duet_session *session;
    char url[64];
} visit;

static int fetch_all_there(void *argument)
{
    const duet_fetch_options patient = {.connect_ms = DUET_NO_LIMIT,
                                        .first_byte_ms = DUET_NO_LIMIT,
                                        .idle_ms = DUET_NO_LIMIT};
    visit *visit = argument;
    duet_response *response;
    int status =
        duet_get(visit->session, visit->url, &patient, &response, DUET_NEVER);

    if (status != 0)
        return status;
    status = duet_response_status(response);
    assert_string_equal(duet_response_body(response, NULL), "all\n");
    duet_response_free(response);
    return status;
}

static void visit_at_once(test_web *web)
{
    const duet_session_options many = {.connections_max = AT_ONCE,
                                       .per_host_max = AT_ONCE};
    visit *visits = calloc(AT_ONCE, sizeof *visits);
    duet_call *calls = calloc(AT_ONCE, sizeof *calls);
    duet_session *session;

    assert_non_null(visits);
    assert_non_null(calls);
    there = 0;
    assert_status(duet_event_new(&all_there), 0);
    assert_status(duet_session_open(&many, &session), 0);
    for (int i = 0; i < AT_ONCE; i++) {
        visits[i].session = session;
        snprintf(visits[i].url, sizeof visits[i].url,
                 "http://127.0.0.1:%d/all?%d", duet_server_port(web->server),
                 i);
        calls[i] = (duet_call){fetch_all_there, &visits[i], 0};
    }
    assert_status(duet_gather(calls, AT_ONCE, NULL, DUET_NEVER), 0);
    for (int i = 0; i < AT_ONCE; i++)
        assert_int_equal(calls[i].result, 200);
    assert_int_equal(there, AT_ONCE);
    duet_session_close(session);
    duet_event_free(all_there);
    free(calls);
    free(visits);
}

/* Each request takes a descriptor at both of its ends. */
static bool may_open_enough(void)
{
    struct rlimit limit;
    rlim_t enough = 2 * AT_ONCE + 200;

    getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur < enough && limit.rlim_max >= enough) {
        limit.rlim_cur = enough;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    return limit.rlim_cur >= enough;
}

static void thousands_of_requests_at_once_all_wait_for_each_other(void **state)
{
    const test_route routes[] = {{"GET", "/all", wait_for_all}, {0}};
    const duet_server_options options = {.connections_max = AT_ONCE,
                                         .header_timeout_ms = DUET_NO_LIMIT,
                                         .handler_timeout_ms = DUET_NO_LIMIT};

    (void)state;
    if (!may_open_enough())
        test_skip("that many descriptors are not allowed here");
    /* A second's work, and on a busy machine a minute's. */
    setenv("DUET_TEST_GUARD_SECONDS", "600", 0);
    test_guard_begin("thousands of requests at once");
    test_web_run(routes, &options, visit_at_once);
}

/* --- by IPv6 -------------------------------------------------------------- */

static int tell_peer(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_text(request, 200, duet_request_peer(request));
}

static void expect_peer(duet_session *session, const char *host, int port)
{
    duet_response *response;
    char url[128];

    snprintf(url, sizeof url, "http://%s:%d/", host, port);
    assert_status(duet_get(session, url, NULL, &response, duet_in_ms(30000)),
                  0);
    assert_string_equal(duet_response_body(response, NULL), "::1");
    duet_response_free(response);
}

static void visit_by_ipv6(test_web *web)
{
    int port = duet_server_port(web->server);
    duet_session *session;

    assert_status(duet_session_open(NULL, &session), 0);
    expect_peer(session, "[::1]", port);
    expect_peer(session, "[0:0::1]", port);
    /* Nobody is at its other address, 127.0.0.1. */
    expect_peer(session, "localhost", port);
    duet_session_close(session);
}

static void both_speak_ipv6(void **state)
{
    const test_route routes[] = {{"GET", "/", tell_peer}, {0}};
    const duet_server_options options = {.host = "::1"};

    (void)state;
    if (!test_has_ipv6())
        test_skip("no ::1 here");
    test_web_run(routes, &options, visit_by_ipv6);
}

/* --- a hang-up goes through ---------------------------------------------- */

static duet_session *inner_session;
static int sleeping;
static int sleeps_cancelled;
static int fetches_cancelled;
static uint64_t turn_of_cancel;

static int sleep_inside(duet_request *request, void *context)
{
    int status;

    (void)request;
    (void)context;
    sleeping++;
    status = duet_sleep(DUET_NEVER);
    if (status == DUET_ECANCELED)
        sleeps_cancelled++;
    return status;
}

static int fetch_inside(void *url)
{
    duet_response *response;
    int status = duet_get(inner_session, url, NULL, &response, DUET_NEVER);

    if (status == DUET_ECANCELED) {
        fetches_cancelled++;
        turn_of_cancel = duet__loop_current->counters.turns;
    }
    duet_response_free(response);
    return status;
}

/* Fetches /sleep from its own server, three times at once. */
static int fetch_three(duet_request *request, void *context)
{
    test_web *web = context;
    char url[64];
    duet_call calls[3];

    (void)request;
    snprintf(url, sizeof url, "http://127.0.0.1:%d/sleep",
             duet_server_port(web->server));
    for (int i = 0; i < 3; i++)
        calls[i] = (duet_call){fetch_inside, url, 0};
    return duet_gather(calls, 3, NULL, DUET_NEVER);
}

static bool three_sleep(void *argument)
{
    (void)argument;
    return sleeping == 3;
}

static bool three_fetches_ended(void *argument)
{
    (void)argument;
    return fetches_cancelled == 3;
}

static bool three_sleeps_ended(void *argument)
{
    (void)argument;
    return sleeps_cancelled == 3;
}

static void hang_up_on_fetching(test_web *web)
{
    duet_server_counts counts;
    uint64_t turn;
    int client;

    sleeping = sleeps_cancelled = fetches_cancelled = 0;
    assert_status(duet_session_open(NULL, &inner_session), 0);
    client = test_connect(web);
    test_send(client, "GET /three HTTP/1.1\r\nHost: a\r\n\r\n");
    test_until(three_sleep, NULL);
    turn = duet__loop_current->counters.turns;
    close(client);
    test_await_hang_up(web);
    test_until(three_fetches_ended, NULL);
    /* The turn that hears of the hang-up is the one that cancels: the one in
     * which this task closed the socket, or the next. */
    assert_true(turn_of_cancel <= turn + 1);
    test_until(three_sleeps_ended, NULL);
    duet_server_count(web->server, &counts);
    assert_int_equal(counts.disconnected, 4);
    duet_session_close(inner_session);
}

static void
hang_up_cancels_handler_fetches_and_what_is_behind_them(void **state)
{
    const test_route routes[] = {
        {"GET", "/three", fetch_three}, {"GET", "/sleep", sleep_inside}, {0}};

    (void)state;
    test_web_run(routes, NULL, hang_up_on_fetching);
}

TEST_MAIN(test(both_speak_ipv6),
          test(thousands_of_requests_at_once_all_wait_for_each_other),
          test(hang_up_cancels_handler_fetches_and_what_is_behind_them))
