/* SPDX-License-Identifier: MIT */
#include "support/in_task.h"
#include "support/test.h"

#include <unistd.h>

#include "server/request/server_state.h"
#include "support/web.h"

static int begun;
static int ended;
static int last_status;

static int hello(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_text(request, 200, "hello");
}

static int slow(duet_request *request, void *context)
{
    (void)context;
    begun++;
    last_status = duet_sleep(duet_in_ms(30));
    ended++;
    return last_status != 0 ? last_status
                            : duet_reply_text(request, 200, "slow");
}

static int endless(duet_request *request, void *context)
{
    (void)request;
    (void)context;
    begun++;
    last_status = duet_sleep(DUET_NEVER);
    ended++;
    return last_status;
}

static int try_to_stop(void *web)
{
    return duet_server_stop(((test_web *)web)->server, DUET_NOW);
}

static int stop_through_a_group(void *web)
{
    duet_call call = {.function = try_to_stop, .argument = web};

    return duet_gather(&call, 1, NULL, DUET_NEVER);
}

static int stop_later(void *argument)
{
    test_web *web = argument;

    assert_status(duet_server_stop(web->server, duet_in_ms(10000)), 0);
    web->server = NULL;
    return 0;
}

static int stop_detached(duet_request *request, void *web)
{
    duet_task *task;

    assert_status(duet_spawn(stop_later, web, NULL, &task), 0);
    duet_task_detach(task);
    return duet_reply_text(request, 200, "bye");
}

static int stop_from_inside(duet_request *request, void *context)
{
    test_web *web = context;
    int result;
    int status;

    assert_status(duet_server_stop(web->server, DUET_NOW), DUET_EDEADLK);
    assert_status(duet_yield(), 0);
    assert_status(duet_server_stop(web->server, DUET_NOW), DUET_EDEADLK);
    status = duet_wait_for(stop_through_a_group, web, NULL, &result,
                           duet_in_ms(10000));
    assert_status(status, 0);
    assert_status(result, DUET_EDEADLK);
    assert_status(duet_server_stop(web->server, DUET_NOW), DUET_EDEADLK);
    return duet_reply_text(request, 200, duet_error_detail());
}

static bool has_begun(void *argument)
{
    (void)argument;
    return begun > 0;
}

static bool is_half_there(void *server)
{
    return !duet__list_is_empty(&((duet_server *)server)
                                     ->connections.timeouts[DUET__EXPECT_BODY]
                                     .entries);
}

static duet_server *start_with(duet_application *application)
{
    duet_server *server;

    begun = ended = 0;
    assert_status(duet_server_start(application, NULL, &server), 0);
    return server;
}

static duet_application *make_application(void)
{
    duet_application *application;

    assert_status(duet_application_new(NULL, &application), 0);
    assert_status(duet_route(application, "GET", "/", hello, NULL), 0);
    assert_status(duet_route(application, "GET", "/slow", slow, NULL), 0);
    assert_status(duet_route(application, "GET", "/endless", endless, NULL), 0);
    return application;
}

in_task(stop_lets_requests_finish_or_cancels_them)
{
    duet_application *application = make_application();
    static test_web web;
    int idle;
    int busy;

    web.application = application;

    /* Nobody is there. */
    web.server = start_with(application);
    assert_status(duet_route(application, "GET", "/x", hello, NULL),
                  DUET_ESTATE);
    assert_status(duet_server_stop(web.server, DUET_NEVER), 0);

    /* Idle connections are closed, requests in flight finish. */
    web.server = start_with(application);
    idle = test_connect(&web);
    test_send(idle, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    test_receive_until(&web, idle, "hello");
    busy = test_connect(&web);
    test_send(busy, "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    test_until(has_begun, NULL);
    assert_status(duet_server_stop(web.server, DUET_NEVER), 0);
    assert_int_equal(ended, 1);
    test_expect_body(test_receive(&web, busy), "slow");
    assert_non_null(strstr(web.reply, "\r\nConnection: close\r\n"));
    assert_string_equal(test_receive(&web, idle), "");

    /* At the deadline handlers are cancelled, and still answered for. */
    web.server = start_with(application);
    busy = test_connect(&web);
    test_send(busy, "GET /endless HTTP/1.1\r\nHost: a\r\n\r\n");
    test_until(has_begun, NULL);
    assert_status(duet_server_stop(web.server, duet_in_ms(10)), DUET_ETIMEDOUT);
    assert_int_equal(ended, 1);
    assert_int_equal(last_status, DUET_ECANCELED);
    test_expect_status(test_receive(&web, busy), 503);

    /* A request that is half there does not hold it up. */
    web.server = start_with(application);
    busy = test_connect(&web);
    test_send(busy, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n");
    test_until(is_half_there, web.server);
    assert_status(duet_server_stop(web.server, duet_in_ms(10)), DUET_ETIMEDOUT);
    close(busy);
    duet_application_free(application);
    assert_status(duet_server_stop(NULL, DUET_NOW), 0);
}

static int stop_for_ever(void *server)
{
    return duet_server_stop(server, DUET_NEVER);
}

/* --- stopping while requests are incomplete --------------------------------
 */

typedef struct sending {
    test_web web; /* with a room of its own for the reply */
    const char *request;
    int goes_on_for_ms; /* with a chunk now and then, then the last */
} sending;

static int send_in_part(void *argument)
{
    sending *sending = argument;
    int client = test_connect(&sending->web);
    duet_deadline end = duet_in_ms(sending->goes_on_for_ms);

    test_send(client, sending->request);
    while (sending->goes_on_for_ms > 0 && duet_deadline_left_ns(end) > 0) {
        test_send(client, "1\r\nx\r\n");
        assert_status(duet_sleep(duet_in_ms(DUET__LULL_MS / 4)), 0);
    }
    if (sending->goes_on_for_ms > 0)
        test_send(client, "0\r\n\r\n");
    (void)test_receive(&sending->web, client);
    return 0;
}

static void stop_while_sending(test_web *web)
{
    static sending sendings[] = {
        {.request = "POST / HTTP/1.1\r\nHost: a\r\n"
                    "Content-Length: 9\r\n\r\nabc"},
        {.request = "GET / HTTP/1.1\r\nHost:"},
        {.request = ""},
        {.request = "POST / HTTP/1.1\r\nHost: a\r\n"
                    "Transfer-Encoding: chunked\r\n\r\n",
         .goes_on_for_ms = 1500},
    };
    enum { COUNT = sizeof sendings / sizeof *sendings };
    duet_task *tasks[COUNT];

    for (int i = 0; i < COUNT; i++) {
        sendings[i].web.server = web->server;
        assert_status(duet_spawn(send_in_part, &sendings[i], NULL, &tasks[i]),
                      0);
    }
    assert_status(duet_sleep(duet_in_ms(50)), 0);
    /* No time-out of the server's ends them, and the stop has no deadline. */
    assert_status(duet_server_stop(web->server, DUET_NEVER), 0);
    web->server = NULL;
    for (int i = 0; i < COUNT; i++)
        assert_status(duet_join(tasks[i], NULL, DUET_NEVER), 0);
    for (int i = 0; i < 2; i++) {
        test_expect_status(sendings[i].web.reply, 503);
        assert_non_null(
            strstr(sendings[i].web.reply, "\r\nConnection: close\r\n"));
        assert_non_null(
            strstr(sendings[i].web.reply, "\r\nRetry-After: 1\r\n"));
    }
    assert_string_equal(sendings[2].web.reply, "");
    test_expect_status(sendings[3].web.reply, 200);
    assert_non_null(strstr(sendings[3].web.reply, "\r\nConnection: close\r\n"));
}

static void stop_waits_for_who_sends_and_not_for_who_pauses(void **state)
{
    const test_route to_hello[] = {{"*", "/", hello}, {0}};
    const duet_server_options patient = {.header_timeout_ms = DUET_NO_LIMIT,
                                         .body_timeout_ms = DUET_NO_LIMIT};

    (void)state;
    test_web_run_virtual(to_hello, &patient, stop_while_sending);
}

static void stop_now_while_sending(test_web *web)
{
    static sending sending = {.request = "POST / HTTP/1.1\r\nHost: a\r\n"
                                         "Content-Length: 9\r\n\r\nabc"};
    duet_task *task;

    sending.web.server = web->server;
    assert_status(duet_spawn(send_in_part, &sending, NULL, &task), 0);
    assert_status(duet_sleep(duet_in_ms(50)), 0);
    assert_status(duet_server_stop(web->server, DUET_NOW), DUET_ETIMEDOUT);
    web->server = NULL;
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
    test_expect_status(sending.web.reply, 503);
}

static void stop_at_its_deadline_refuses_who_still_sends(void **state)
{
    const test_route to_hello[] = {{"*", "/", hello}, {0}};

    (void)state;
    test_web_run_virtual(to_hello, NULL, stop_now_while_sending);
}

in_task(cancelled_stop_still_stops)
{
    duet_application *application = make_application();
    static test_web web;
    duet_task *stop;
    int result;
    int busy;

    web.server = start_with(application);
    busy = test_connect(&web);
    test_send(busy, "GET /endless HTTP/1.1\r\nHost: a\r\n\r\n");
    test_until(has_begun, NULL);
    assert_status(duet_spawn(stop_for_ever, web.server, NULL, &stop), 0);
    assert_status(duet_sleep(duet_in_ms(2)), 0);
    duet_task_cancel(stop);
    assert_status(duet_task_wait(stop, duet_in_ms(10000)), 0);
    result = duet_task_result(stop);
    assert_status(result, DUET_ECANCELED);
    assert_int_equal(ended, 1);
    close(busy);
    duet_application_free(application);
}

static void stop_inside(test_web *web)
{
    test_expect_body(test_get(web, "/"),
                     "a handler cannot stop its own server");
}

static void handler_cannot_stop_its_server(void **state)
{
    const test_route routes[] = {{"GET", "/", stop_from_inside}, {0}};

    (void)state;
    test_web_run(routes, NULL, stop_inside);
}

static bool has_stopped(void *web)
{
    return ((test_web *)web)->server == NULL;
}

static void stop_by_request(test_web *web)
{
    test_expect_body(test_get(web, "/"), "bye");
    test_until(has_stopped, web);
}

static void detached_task_of_a_handler_stops_its_server(void **state)
{
    const test_route routes[] = {{"GET", "/", stop_detached}, {0}};

    (void)state;
    test_web_run(routes, NULL, stop_by_request);
}

static int refuse_to_start(void *context)
{
    (void)context;
    return DUET_EIO;
}

static int start_wrongly(void *argument)
{
    const duet_server_options nonsense = {.host = "nowhere"};
    const duet_server_options out_of_range = {.body_timeout_ms = -7};
    duet_application *application = make_application();
    duet_server *server;

    (void)argument;
    assert_status(duet_server_start(application, &nonsense, &server),
                  DUET_EINVAL);
    assert_null(server);
    assert_status(duet_server_start(application, &out_of_range, &server),
                  DUET_EINVAL);
    assert_status(
        duet_application_on_start(application, refuse_to_start, NULL, NULL), 0);
    assert_status(duet_server_start(application, NULL, &server), DUET_EIO);
    assert_null(server);
    duet_application_free(application);
    return 0;
}

static void failed_start_leaves_nothing(void **state)
{
    duet_application *application = make_application();
    duet_server *server;

    (void)state;
    assert_status(duet_server_start(application, NULL, &server), DUET_ENOLOOP);
    duet_application_free(application);
    assert_status(duet_run(start_wrongly, NULL, NULL), 0);
}

TEST_MAIN(test(stop_lets_requests_finish_or_cancels_them),
          test(stop_waits_for_who_sends_and_not_for_who_pauses),
          test(stop_at_its_deadline_refuses_who_still_sends),
          test(cancelled_stop_still_stops),
          test(handler_cannot_stop_its_server),
          test(detached_task_of_a_handler_stops_its_server),
          test(failed_start_leaves_nothing))
