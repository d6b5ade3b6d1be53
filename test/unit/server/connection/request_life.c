/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runtime/context/context.h"
#include "server/request/request.h"
#include "server/request/server_state.h"
#include "support/memory.h"
#include "support/valgrind.h"
#include "support/web.h"

static int hello(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_text(request, 200, "hello");
}

static const test_route routes[] = {{"GET", "/", hello}, {0}};

static void ask_again_and_again(test_web *web)
{
    int client = test_connect(web);

    for (int i = 0; i < 10; i++) {
        test_send(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        test_receive_until(web, client, "hello");
        assert_int_equal(web->server->pool_count, 1);
    }
    test_send(client, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    test_expect_status(test_receive(web, client), 200);
}

static void one_connection_needs_one_request_object(void **state)
{
    (void)state;
    test_web_run(routes, NULL, ask_again_and_again);
}

/* A client with a thread of its own, whose allocations do not fail. */
typedef struct blocking_client {
    uint16_t port;
    atomic_bool is_done;
    char reply[1024];
} blocking_client;

static void *ask_blocking(void *argument)
{
    static const char request[] =
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    blocking_client *client = argument;
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons(client->port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    size_t length = 0;
    ssize_t count = 1;

    if (connect(descriptor, (struct sockaddr *)&address, sizeof address) == 0 &&
        send(descriptor, request, sizeof request - 1, MSG_NOSIGNAL) > 0) {
        while (count > 0 && length < sizeof client->reply - 1) {
            count = recv(descriptor, client->reply + length,
                         sizeof client->reply - 1 - length, 0);
            length += count > 0 ? (size_t)count : 0;
        }
    }
    close(descriptor);
    client->is_done = true;
    return NULL;
}

static bool is_done(void *client)
{
    return ((blocking_client *)client)->is_done;
}

/* Is the request answered if the `nth` allocation fails? */
static bool answers_without(test_web *web, int nth)
{
    blocking_client client = {.port = duet_server_port(web->server)};
    pthread_t thread;

    assert_int_equal(pthread_create(&thread, NULL, ask_blocking, &client), 0);
    test_fail_allocation(nth);
    test_until(is_done, &client);
    test_fail_allocation(0);
    pthread_join(thread, NULL);
    return strstr(client.reply, "hello") != NULL;
}

static void ask_while_each_allocation_fails(test_web *web)
{
    int refused = 0;

    /* A client may get nothing, 503, or its reply; the server goes on. */
    assert_status(duet_sleep(duet_in_ms(1)), 0);
    for (int nth = 1; nth < 12; nth++)
        refused += !answers_without(web, nth);
    assert_true(refused > 0);
    assert_true(answers_without(web, 1000));
}

static void no_memory_refuses_one_request_and_harms_no_other(void **state)
{
    (void)state;
    test_web_run(routes, NULL, ask_while_each_allocation_fails);
}

static void ask_with_many_fields(test_web *web)
{
    char request[4096] = "GET / HTTP/1.1\r\nHost: a\r\n";

    for (int i = 0; i < 200; i++)
        strcat(request, "A: b\r\n");
    strcat(request, "\r\n");
    test_expect_status(test_ask(web, request), 431);
}

static void too_many_fields_are_431(void **state)
{
    (void)state;
    test_web_run(routes, NULL, ask_with_many_fields);
}

static void ask_paths(test_web *web)
{
    const char *reply = test_get(web, "/nope");

    test_expect_status(reply, 404);
    test_expect_body(reply, "404 Not Found\n");
    reply = test_ask(web, "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
                          "Connection: close\r\n\r\nabc");
    test_expect_status(reply, 405);
    assert_non_null(strstr(reply, "\r\nAllow: GET, HEAD\r\n"));
    reply = test_ask(web, "HEAD / HTTP/1.1\r\nHost: a\r\n"
                          "Connection: close\r\n\r\n");
    test_expect_body(reply, "");
    assert_non_null(strstr(reply, "\r\nContent-Length: 5\r\n"));
}

static void paths_and_methods_without_route_are_refused(void **state)
{
    (void)state;
    test_web_run(routes, NULL, ask_paths);
}

static int tell_path(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_text(request, 200, duet_request_path(request));
}

static void expect_path(test_web *web, const char *target, const char *path)
{
    test_expect_body(test_get(web, target), path);
}

static void ask_targets(test_web *web)
{
    expect_path(web, "/a://b/c", "/a://b/c");
    expect_path(web, "/a?http://b/c", "/a");
    expect_path(web, "/http://b", "/http://b");
    expect_path(web, "http://b/c", "/c");
    expect_path(web, "http://b", "/");
    expect_path(web, "http://b?/c", "/");
    expect_path(web, "http://b/c://d/e", "/c://d/e");
}

static void path_is_what_follows_an_authority_only_if_there_is_one(void **state)
{
    const test_route all[] = {{"GET", "/{rest*}", tell_path}, {0}};

    (void)state;
    test_web_run(all, NULL, ask_targets);
}

/* The longest that is remembered, one more, and the longest of all. */
static void ask_hosts(test_web *web)
{
    const duet_server *server = web->server;
    static const size_t lengths[] = {1, sizeof server->known_host,
                                     sizeof server->known_host + 1, 2000, 3};

    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        char request[4096];
        int length = (int)lengths[i];

        snprintf(request, sizeof request,
                 "GET / HTTP/1.1\r\nHost: %0*d\r\nConnection: close\r\n\r\n",
                 length, 0);
        for (int times = 0; times < 2; times++) {
            test_expect_status(test_ask(web, request), 200);
            assert_true(server->known_host_length <= sizeof server->known_host);
            assert_true((server->known_host_length == lengths[i]) ==
                        (lengths[i] <= sizeof server->known_host));
        }
    }
}

static void host_is_remembered_as_far_as_there_is_room(void **state)
{
    (void)state;
    test_web_run(routes, NULL, ask_hosts);
}

/* From the 404 to the 503 there is no address space for a stack; the pages are
 * the server's own. */
static void take_room_behind_404(duet_request *request, int status,
                                 const char *detail, void *context)
{
    struct rlimit limit;

    (void)request;
    (void)context;
    assert_int_equal(getrlimit(RLIMIT_AS, &limit), 0);
    limit.rlim_cur = status == 404 ? 1 : limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_AS, &limit), 0);
    if (status != 404)
        assert_string_equal(detail, "no memory for the handler's task");
}

static void ask_without_stack(test_web *web)
{
    int client = test_connect(web);

    /* The second needs nothing but its task. */
    test_send(client, "GET /none HTTP/1.1\r\nHost: a\r\n\r\n"
                      "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    test_receive_until(web, client, "503 Service Unavailable\n");
    assert_non_null(strstr(web->reply, "\r\nRetry-After: "));
    test_send(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    test_expect_body(test_receive_until(web, client, "hello"), "hello");
    close(client);
}

/* --- one request after another ------------------------------------------- */

static void count_call(void *argument)
{
    ++*(int *)argument;
}

static int deferred_calls;

/* Leaves something in all that a request has. */
static int use_everything(duet_request *request, void *context)
{
    const duet_fields *fields = duet_request_fields(request);
    struct json_t *json;

    (void)context;
    assert_string_equal(duet_request_path(request), "/first/a b");
    assert_string_equal(duet_request_parameter(request, "name"), "a b");
    assert_string_equal(duet_request_query(request, "q"), "1");
    assert_string_equal(duet_request_field(request, "X-First"), "2");
    assert_int_equal(duet_fields_count(fields), 3);
    assert_status(duet_request_json(request, &json), DUET_EJSON);
    memset(duet_request_alloc(request, 512), 'a', 512);
    assert_status(duet_request_defer(request, count_call, &deferred_calls), 0);
    duet_request_keep_on_disconnect(request);
    assert_status(duet_reply_field(request, "X-Reply", "3"), 0);
    assert_status(duet_reply_field(request, "Content-Type", "a/b"), 0);
    return duet_reply_text(request, 201, "first");
}

static int see_nothing(duet_request *request, void *context)
{
    static const char zeros[512];
    size_t bytes = 1;
    struct json_t *json;

    (void)context;
    assert_string_equal(duet_request_method(request), "GET");
    assert_string_equal(duet_request_target(request), "/second");
    assert_string_equal(duet_request_path(request), "/second");
    assert_null(duet_request_parameter(request, "name"));
    assert_null(duet_request_query(request, "q"));
    assert_int_equal(duet_query_count(duet_request_queries(request)), 0);
    assert_null(duet_request_field(request, "X-First"));
    assert_int_equal(duet_fields_count(duet_request_fields(request)), 1);
    assert_string_equal(duet_request_body(request, &bytes), "");
    assert_int_equal(bytes, 0);
    assert_status(duet_request_json(request, &json), DUET_EJSON);
    assert_null(json);
    assert_string_equal(duet_request_peer(request), "127.0.0.1");
    assert_memory_equal(duet_request_alloc(request, 512), zeros, 512);
    assert_false(request->run.keeps_on_disconnect);
    assert_int_equal(deferred_calls, 1);
    return 204;
}

static const test_route two_routes[] = {
    {"POST", "/first/{name}", use_everything},
    {"GET", "/second", see_nothing},
    {0}};

/* Fills the idle request, but for its place in the pool, with rubbish. */
static void spoil_idle_request(const test_web *web)
{
    char *idle =
        (char *)DUET__MEMBER(web->server->pool.next, duet_request, link);
    size_t start = offsetof(duet_request, link) + sizeof(duet__link);

    assert_int_equal(web->server->pool_count, 1);
    memset(idle + start, 0xAA, sizeof(duet_request) - start);
}

static void ask_one_behind_another(test_web *web)
{
    int client = test_connect(web);
    const char *reply;

    for (int i = 0; i < 2; i++) {
        deferred_calls = 0;
        test_send(client, "POST /first/a%20b?q=1 HTTP/1.1\r\nHost: a\r\n"
                          "X-First: 2\r\nContent-Length: 1\r\n\r\n{");
        reply = test_receive_until(web, client, "first");
        test_expect_status(reply, 201);
        if (i > 0)
            spoil_idle_request(web);
        test_send(client, "GET /second HTTP/1.1\r\nHost: a\r\n\r\n");
        reply = test_receive_until(web, client, "\r\n\r\n");
        test_expect_status(reply, 204);
        assert_null(strstr(reply, "X-Reply"));
        assert_null(strstr(reply, "a/b"));
    }
    close(client);
}

static void request_sees_nothing_of_the_one_before_it(void **state)
{
    (void)state;
    test_web_run(two_routes, NULL, ask_one_behind_another);
}

static void request_whose_task_has_no_memory_gets_503(void **state)
{
    /* No other task has such a stack. */
    const duet_server_options options = {.stack_bytes = 3 * 1024 * 1024};

    (void)state;
#if defined DUET__ADDRESS_SANITIZER || defined DUET__THREAD_SANITIZER
    test_skip("a sanitizer needs address space itself");
#endif
    if (test_on_valgrind())
        test_skip("Valgrind needs address space itself");
    test_web_run_with_error_page(routes, &options, ask_without_stack,
                                 take_room_behind_404);
}

TEST_MAIN(test(request_sees_nothing_of_the_one_before_it),
          test(path_is_what_follows_an_authority_only_if_there_is_one),
          test(host_is_remembered_as_far_as_there_is_room),
          test(request_whose_task_has_no_memory_gets_503),
          test(one_connection_needs_one_request_object),
          test(no_memory_refuses_one_request_and_harms_no_other),
          test(too_many_fields_are_431),
          test(paths_and_methods_without_route_are_refused))
