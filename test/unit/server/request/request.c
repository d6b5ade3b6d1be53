/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <jansson.h>

#include "support/web.h"

static int tell(duet_request *request, void *context)
{
    const char *field = duet_request_field(request, "x-TEST");
    const char *query = duet_request_query(request, "q");

    (void)context;
    return duet_reply_textf(
        request, 200, "%s|%s|%s|%s|%s|%s|%s", duet_request_method(request),
        duet_request_target(request), duet_request_path(request),
        duet_request_parameter(request, "id"), field != NULL ? field : "-",
        query != NULL ? query : "-", duet_request_peer(request));
}

static void all_of_the_head_is_told(test_web *web)
{
    test_expect_body(
        test_ask(web,
                 "GET /users/a%20b%2Fc%00?q=1+2&q=3 HTTP/1.1\r\nHost: a\r\n"
                 "X-Test:  v w \t \r\nConnection: close\r\n\r\n"),
        "GET|/users/a%20b%2Fc%00?q=1+2&q=3|/users/a b%2Fc%00|a b/c%00|v w|1 2|"
        "127.0.0.1");
    test_expect_body(test_ask(web,
                              "GET http://h:80/users/1 HTTP/1.1\r\nHost: a\r\n"
                              "Connection: close\r\n\r\n"),
                     "GET|http://h:80/users/1|/users/1|1|-|-|127.0.0.1");
}

static void head_is_told(void **state)
{
    const test_route routes[] = {{"GET", "/users/{id}", tell}, {0}};

    (void)state;
    test_web_run(routes, NULL, all_of_the_head_is_told);
}

static int tell_peer(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_text(request, 200, duet_request_peer(request));
}

static void peer_by_ipv6(test_web *web)
{
    test_expect_body(test_get(web, "/"), "::1");
}

static void peer_by_ipv6_is_told(void **state)
{
    const test_route routes[] = {{"GET", "/", tell_peer}, {0}};

    (void)state;
    if (!test_has_ipv6())
        test_skip("no ::1 here");
    test_web_run(routes, &(duet_server_options){.host = "::1"}, peer_by_ipv6);
}

static int count_all(duet_request *request, void *context)
{
    const duet_fields *fields = duet_request_fields(request);
    const duet_query *queries = duet_request_queries(request);

    (void)context;
    assert_ptr_equal(fields, duet_request_fields(request));
    assert_ptr_equal(queries, duet_request_queries(request));
    assert_null(duet_request_parameter(request, "id"));
    return duet_reply_textf(request, 200, "%zu %zu", duet_fields_count(fields),
                            duet_query_count(queries));
}

static void lists_are_complete(test_web *web)
{
    char request[4096] = "GET /?a&b=2&c HTTP/1.1\r\nHost: a\r\n";

    for (int i = 0; i < 98; i++)
        strcat(request, "A: b\r\n");
    strcat(request, "Connection: close\r\n\r\n");
    test_expect_body(test_ask(web, request), "100 3");
    test_expect_body(test_get(web, "/"), "2 0");
}

static void lists_are_made_when_asked_for(void **state)
{
    const test_route routes[] = {{"GET", "/", count_all}, {0}};

    (void)state;
    test_web_run(routes, NULL, lists_are_complete);
}

static int json(duet_request *request, void *context)
{
    json_t *value;
    json_t *again;
    int status = duet_request_json(request, &value);

    (void)context;
    if (status != 0) {
        assert_null(value);
        return status;
    }
    assert_status(duet_request_json(request, &again), 0);
    assert_ptr_equal(value, again);
    return duet_reply_json(request, 200, json_incref(value));
}

static void json_both_ways(test_web *web)
{
    static const char head[] = "POST / HTTP/1.1\r\nHost: a\r\n"
                               "Connection: close\r\nContent-Length: ";
    char request[256];

    snprintf(request, sizeof request, "%s9\r\n\r\n{\"a\": 1} ", head);
    test_expect_body(test_ask(web, request), "{\"a\":1}");
    snprintf(request, sizeof request, "%s1\r\n\r\n7", head);
    test_expect_body(test_ask(web, request), "7");
    snprintf(request, sizeof request, "%s5\r\n\r\n{\"a\":", head);
    test_expect_status(test_ask(web, request), 400);
    snprintf(request, sizeof request, "%s0\r\n\r\n", head);
    test_expect_status(test_ask(web, request), 400);
    snprintf(request, sizeof request, "%s13\r\n\r\n{\"a\":1,\"a\":2}", head);
    test_expect_status(test_ask(web, request), 400);
}

static void json_is_read_and_malformed_is_400(void **state)
{
    const test_route routes[] = {{"POST", "/", json}, {0}};

    (void)state;
    test_web_run(routes, NULL, json_both_ways);
}

/* Reads JSON, and replies with what it has read. */
static const char *ask_nested(test_web *web, size_t depth)
{
    static char request[400000];
    int head = snprintf(request, 200,
                        "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                        "Content-Length: %zu\r\n\r\n",
                        2 * depth);

    memset(request + head, '[', depth);
    memset(request + head + depth, ']', depth);
    request[(size_t)head + 2 * depth] = '\0';
    return test_ask(web, request);
}

static void nest(test_web *web)
{
    test_expect_status(ask_nested(web, 128), 200);
    test_expect_status(ask_nested(web, 129), 400);
    test_expect_status(ask_nested(web, 850), 400);
    test_expect_status(ask_nested(web, 1000), 400);
    test_expect_status(ask_nested(web, 150000), 400);
    test_expect_status(ask_nested(web, 3), 200);
}

static void json_nested_too_deep_is_400(void **state)
{
    const test_route routes[] = {{"POST", "/", json}, {0}};

    (void)state;
    test_web_run(routes, NULL, nest);
}

static void nest_beyond_the_stack(test_web *web)
{
    test_expect_status(ask_nested(web, 16), 200);
    /* The stack is too small, which is not the client's fault. */
    test_expect_status(ask_nested(web, 2048), 500);
    test_expect_status(ask_nested(web, 2049), 400);
}

static void json_that_the_stack_does_not_hold_is_500(void **state)
{
    const test_route routes[] = {{"POST", "/", json}, {0}};
    duet_server_options options = {.json_depth_max = 2048,
                                   .error_log = fopen("/dev/null", "w")};

    (void)state;
    test_web_run(routes, &options, nest_beyond_the_stack);
    fclose(options.error_log);
}

static char trace[64];

static void note(void *argument)
{
    strcat(trace, argument);
}

static int child(void *argument)
{
    (void)argument;
    (void)!duet_sleep(DUET_NEVER);
    strcat(trace, "child ");
    return 0;
}

static int allocate(duet_request *request, void *context)
{
    char *zeroes = duet_request_alloc(request, 3000);

    (void)context;
    for (int i = 0; i < 3000; i++)
        assert_int_equal(zeroes[i], 0);
    trace[0] = '\0';
    assert_status(duet_request_defer(request, note, "first "), 0);
    assert_status(duet_request_defer(request, note, "second "), 0);
    assert_status(duet_spawn(child, NULL, NULL, NULL), 0);
    assert_status(duet_yield(), 0);
    return duet_reply_text(request, 200,
                           duet_request_printf(request, "%05d", 42));
}

static void memory_and_deferred(test_web *web)
{
    test_expect_body(test_get(web, "/"), "00042");
    assert_string_equal(trace, "child second first ");
}

static void deferred_run_last_after_the_tasks(void **state)
{
    const test_route routes[] = {{"GET", "/", allocate}, {0}};

    (void)state;
    test_web_run(routes, NULL, memory_and_deferred);
}

static int echo(duet_request *request, void *context)
{
    size_t length;
    const char *body = duet_request_body(request, &length);

    (void)context;
    assert_int_equal(body[length], '\0');
    assert_ptr_equal(body, duet_request_body(request, NULL));
    return duet_reply_bytes(request, 200, body, length, NULL);
}

static void bodies(test_web *web)
{
    test_expect_body(
        test_ask(web, "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                      "Content-Length: 3\r\n\r\nabc"),
        "abc");
    test_expect_body(
        test_ask(web, "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                      "Transfer-Encoding: chunked\r\n\r\n"
                      "2\r\nab\r\n1\r\nc\r\n0\r\nT: u\r\n\r\n"),
        "abc");
    test_expect_body(
        test_ask(web,
                 "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
        "");
}

static void extend_a_chunk(test_web *web)
{
    test_expect_body(
        test_ask(web, "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                      "Transfer-Encoding: chunked\r\n\r\n"
                      "2\r\nab\r\n1;x=y\r\nc\r\n0\r\n\r\n"),
        "abc");
}

static void extension_of_a_chunk_is_passed_over(void **state)
{
    const test_route routes[] = {{"POST", "/", echo}, {0}};

    (void)state;
    test_web_run(routes, NULL, extend_a_chunk);
}

static void body_is_whole(void **state)
{
    const test_route routes[] = {{"POST", "/", echo}, {0}};

    (void)state;
    test_web_run(routes, NULL, bodies);
}

TEST_MAIN(test(head_is_told), test(peer_by_ipv6_is_told),
          test(lists_are_made_when_asked_for),
          test(json_is_read_and_malformed_is_400),
          test(json_nested_too_deep_is_400),
          test(json_that_the_stack_does_not_hold_is_500),
          test(deferred_run_last_after_the_tasks), test(body_is_whole),
          test(extension_of_a_chunk_is_passed_over))
