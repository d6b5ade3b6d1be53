/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <jansson.h>
#include <unistd.h>

#include "server/request/request.h"
#include "support/memory.h"
#include "support/web.h"

static int wrong(duet_request *request, void *context)
{
    (void)context;
    assert_status(duet_reply_text(request, 200, "kept"), 0);
    assert_status(duet_reply_text(request, 199, "x"), DUET_EINVAL);
    assert_status(duet_reply_textf(request, 600, "x"), DUET_EINVAL);
    assert_status(duet_reply_bytes(request, 0, "x", 1, NULL), DUET_EINVAL);
    assert_status(duet_reply_bytes(request, 200, "x", 1, "a\nb"), DUET_EFIELD);
    assert_status(duet_reply_json(request, 200, NULL), DUET_ENOMEM);
    assert_status(duet_reply_json(request, 1, json_true()), DUET_EINVAL);
    assert_status(duet_reply_field(request, "a b", "x"), DUET_EFIELD);
    assert_status(duet_reply_field(request, "", "x"), DUET_EFIELD);
    assert_status(duet_reply_field(request, "A", ""), DUET_EFIELD);
    assert_status(duet_reply_field(request, "A", "x\r\nB: y"), DUET_EFIELD);
    assert_status(duet_reply_field(request, "content-LENGTH", "1"),
                  DUET_EFIELD);
    assert_status(duet_reply_field(request, "Connection", "close"),
                  DUET_EFIELD);
    return 0;
}

static int right(duet_request *request, void *context)
{
    (void)context;
    assert_status(duet_reply_field(request, "A", "1"), 0);
    assert_status(duet_reply_field(request, "a", "2\t3"), 0);
    assert_status(duet_reply_field(request, "content-type", "x/y"), 0);
    assert_status(duet_reply_json(request, 200, json_pack("{s:i}", "gone", 1)),
                  0);
    return duet_reply_bytes(request, 201, "a\0b", 3, "image/png");
}

static int empty(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_text(request, 204, "not sent");
}

static int reset_content(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_text(request, 205, "not sent");
}

static int json(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_json(request, 200, json_pack("{s:[iib]}", "a", 1, 2, 1));
}

/* A value of the application's own, 100000 deep. */
static int deep(duet_request *request, void *context)
{
    json_t *json = json_integer(1);

    (void)context;
    for (int i = 0; i < 100000; i++)
        json = json_pack("[o]", json);
    assert_status(duet_reply_json(request, 1, json_incref(json)), DUET_EINVAL);
    assert_status(duet_reply_json(request, 200, json), DUET_EJSON);
    return duet_reply_text(request, 200, "kept");
}

static int printed(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_textf(request, 200, "%0*d", 3000, 7);
}

static void ask(test_web *web)
{
    const char *reply = test_get(web, "/wrong");

    test_expect_status(reply, 200);
    test_expect_body(reply, "kept");
    reply = test_get(web, "/right");
    test_expect_status(reply, 201);
    assert_non_null(strstr(reply, "\r\nA: 1\r\na: 2\t3\r\n"));
    assert_non_null(strstr(reply, "\r\nContent-Type: x/y\r\n"));
    assert_null(strstr(reply, "image/png"));
    assert_non_null(strstr(reply, "\r\nContent-Length: 3\r\n"));
    reply = test_get(web, "/empty");
    test_expect_status(reply, 204);
    test_expect_body(reply, "");
    assert_null(strstr(reply, "\r\nContent-"));
    reply = test_get(web, "/reset");
    test_expect_status(reply, 205);
    test_expect_body(reply, "");
    assert_non_null(strstr(reply, "\r\nContent-Length: 0\r\n"));
    test_expect_body(test_get(web, "/deep"), "kept");
    reply = test_get(web, "/json");
    test_expect_body(reply, "{\"a\":[1,2,true]}");
    assert_non_null(strstr(reply, "\r\nContent-Type: application/json\r\n"));
    reply = test_get(web, "/printed");
    assert_int_equal(strlen(strstr(reply, "\r\n\r\n") + 4), 3000);
}

static void replies_are_sent_as_they_were_filled(void **state)
{
    const test_route routes[] = {
        {"GET", "/wrong", wrong},         {"GET", "/right", right},
        {"GET", "/empty", empty},         {"GET", "/json", json},
        {"GET", "/reset", reset_content}, {"GET", "/deep", deep},
        {"GET", "/printed", printed},     {0}};

    (void)state;
    test_web_run(routes, NULL, ask);
}

static int head(duet_request *request, void *context)
{
    (void)context;
    if (strcmp(duet_request_path(request), "/fails") == 0) {
        assert_status(duet_reply_field(request, "content-length", "9"), 0);
        return 500;
    }
    assert_status(duet_reply_text(request, 200, ""), 0);
    assert_status(duet_reply_field(request, "Content-Length", "-1"),
                  DUET_EFIELD);
    assert_status(duet_reply_field(request, "Content-Length", "4567890123"), 0);
    return 0;
}

static void ask_head(test_web *web)
{
    int socket = test_connect(web);
    const char *reply;

    test_send(socket, "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
    reply = test_receive_until(web, socket, "\r\n\r\n");
    test_expect_status(reply, 200);
    assert_non_null(strstr(reply, "\r\nContent-Length: 4567890123\r\n"));
    /* The connection goes on, so nothing was promised that did not come. */
    test_send(socket, "HEAD /fails HTTP/1.1\r\nHost: a\r\n"
                      "Connection: close\r\n\r\n");
    reply = test_receive(web, socket);
    test_expect_status(reply, 500);
    assert_non_null(strstr(reply, "\r\nContent-Length: 26\r\n"));
}

static void reply_to_head_has_the_length_that_get_would_have(void **state)
{
    const test_route routes[] = {
        {"HEAD", "/", head}, {"HEAD", "/fails", head}, {0}};

    (void)state;
    test_web_run(routes, NULL, ask_head);
}

static duet_request *lean;
static char long_text[8000]; /* longer than what is there at first */

static int add_long_field(void)
{
    duet__reply before = lean->reply;
    int status = duet_reply_field(lean, long_text, long_text);

    if (status != 0)
        assert_memory_equal(&before, &lean->reply, sizeof before);
    return status;
}

static int fill_long_text(void)
{
    duet__reply before = lean->reply;
    int status =
        duet_reply_bytes(lean, 201, long_text, sizeof long_text, long_text);

    if (status != 0)
        assert_memory_equal(&before, &lean->reply, sizeof before);
    return status;
}

static int fill_long_json(void)
{
    duet__reply before = lean->reply;
    int status = duet_reply_json(lean, 202, json_string(long_text));

    if (status != 0)
        assert_memory_equal(&before, &lean->reply, sizeof before);
    return status;
}

static int fill_without_memory(duet_request *request, void *context)
{
    (void)context;
    memset(long_text, 'x', sizeof long_text - 1);
    lean = request;
    test_each_allocation_failing(add_long_field, 2);
    test_each_allocation_failing(fill_long_text, 2);
    test_each_allocation_failing(fill_long_json, 1);
    return duet_reply_text(request, 200, "kept");
}

static void ask_without_memory(test_web *web)
{
    test_expect_body(test_get(web, "/"), "kept");
}

static void reply_without_memory_stays_as_it_was(void **state)
{
    const test_route routes[] = {{"GET", "/", fill_without_memory}, {0}};

    (void)state;
    test_web_run(routes,
                 &(duet_server_options){.connection_memory_bytes = 65536},
                 ask_without_memory);
}

static int unchanged(duet_request *request, void *context)
{
    (void)context;
    assert_status(duet_reply_field(request, "Content-Length", "9"),
                  DUET_EFIELD);
    assert_status(duet_reply_text(request, 304, "not sent"), 0);
    if (strcmp(duet_request_path(request), "/known") == 0)
        return duet_reply_field(request, "Content-Length", "9");
    return 0;
}

/* Said for 304, which is not what is sent. */
static int changed(duet_request *request, void *context)
{
    assert_status(unchanged(request, context), 0);
    assert_status(duet_reply_field(request, "Content-Length", "9"), 0);
    return duet_reply_text(request, 200, "new");
}

static void ask_for_changes(test_web *web)
{
    int client = test_connect(web);
    const char *reply;

    test_send(client, "GET /known HTTP/1.1\r\nHost: a\r\n\r\n");
    reply = test_receive_until(web, client, "\r\n\r\n");
    test_expect_status(reply, 304);
    assert_non_null(strstr(reply, "\r\nContent-Length: 9\r\n"));
    test_send(client, "GET /changed HTTP/1.1\r\nHost: a\r\n\r\n");
    reply = test_receive_until(web, client, "new");
    test_expect_status(reply, 200);
    assert_non_null(strstr(reply, "\r\nContent-Length: 3\r\n"));
    close(client);
    for (int i = 0; i < 20; i++) { /* a shared reply would have both */
        test_expect_status(test_get(web, "/"), 304);
        test_expect_body(web->reply, "");
        assert_null(strstr(web->reply, "Content-"));
        assert_null(strstr(web->reply, "Transfer-"));
    }
}

static void unchanged_tells_no_length_but_that_of_the_page(void **state)
{
    const test_route routes[] = {{"GET", "/", unchanged},
                                 {"GET", "/known", unchanged},
                                 {"GET", "/changed", changed},
                                 {0}};

    (void)state;
    test_web_run(routes, NULL, ask_for_changes);
}

TEST_MAIN(test(reply_without_memory_stays_as_it_was),
          test(unchanged_tells_no_length_but_that_of_the_page),
          test(reply_to_head_has_the_length_that_get_would_have),
          test(replies_are_sent_as_they_were_filled))
