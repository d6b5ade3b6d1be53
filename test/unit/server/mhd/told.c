/* SPDX-License-Identifier: MIT */
#include "server/mhd/told.h"

#include <unistd.h>

#include "server/request/server_state.h"
#include "support/test.h"
#include "support/web.h"

static int streamed(duet_request *request, void *context)
{
    duet_writer *writer;
    int status = duet_reply_stream(request, 404, NULL, &writer, DUET_NEVER);

    (void)context;
    return status != 0 ? status : duet_write_text(writer, "gone", DUET_NEVER);
}

static int empty(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_bytes(request, 200, NULL, 0, NULL);
}

static const test_route routes[] = {
    {"GET", "/", streamed}, {"GET", "/empty", empty}, {0}};

static void ask_both(test_web *web)
{
    int client = test_connect(web);
    const char *reply;

    assert_null(web->server->mhd.told);
    for (int i = 0; i < 3; i++) {
        test_send(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
                          "GET /empty HTTP/1.1\r\nHost: a\r\n\r\n");
        reply = test_receive_until(web, client, "Content-Length: 0\r\n\r\n");
        test_expect_status(reply, 404);
        reply = strstr(reply, "4\r\ngone\r\n0\r\n\r\n");
        assert_non_null(reply);
        test_expect_status(reply + strlen("4\r\ngone\r\n0\r\n\r\n"), 200);
    }
    assert_non_null(web->server->mhd.told);
    close(client);
}

static void client_gets_each_reply_once(void **state)
{
    (void)state;
    test_web_run(routes, NULL, ask_both);
}

static void log_is_right(test_web *web)
{
    (void)test_get(web, "/");
}

static void access_log_has_what_was_streamed(void **state)
{
    static char text[4096];
    FILE *log = fmemopen(text, sizeof text, "w");
    const duet_server_options options = {.access_log = log};

    (void)state;
    test_web_run(routes, &options, log_is_right);
    fclose(log);
    assert_non_null(strstr(text, "\"GET / HTTP/1.1\" 404 4 "));
}

TEST_MAIN(test(client_gets_each_reply_once),
          test(access_log_has_what_was_streamed))
