/* SPDX-License-Identifier: MIT */
/* A handler that passes on what it fetches, while it comes: whole bodies, and
 * what each side hears when the other one ends in the middle. */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <duet/duet.h>

#include "support/test.h"
#include "support/web.h"

enum { LARGE_BYTES = 16 << 20, PIECE_BYTES = 30000 };

static duet_session *session;
static int upstream_result;
static int upstreams_ended;

/* --- the server behind --------------------------------------------------- */

static int large(duet_request *request, void *context)
{
    static char bytes[PIECE_BYTES];
    duet_writer *writer;
    size_t left = LARGE_BYTES;
    int status = duet_reply_stream(request, 200, NULL, &writer, DUET_NEVER);

    (void)context;
    memset(bytes, 'x', sizeof bytes);
    while (status == 0 && left > 0) {
        size_t length = left < sizeof bytes ? left : sizeof bytes;

        status = duet_write(writer, bytes, length, DUET_NEVER);
        left -= length;
    }
    return status;
}

static int dies(duet_request *request, void *context)
{
    duet_writer *writer;
    int status = duet_reply_stream(request, 200, NULL, &writer, DUET_NEVER);

    (void)context;
    if (status == 0)
        status = duet_write_text(writer, "a part", DUET_NEVER);
    if (status == 0)
        status = duet_writer_flush(writer, DUET_NEVER);
    duet_writer_give_up(writer);
    return status;
}

static int endless(duet_request *request, void *context)
{
    static char bytes[PIECE_BYTES];
    duet_writer *writer;
    int status = duet_reply_stream(request, 200, NULL, &writer, DUET_NEVER);

    (void)context;
    while (status == 0)
        status = duet_write(writer, bytes, sizeof bytes, DUET_NEVER);
    upstream_result = status;
    upstreams_ended++;
    return status;
}

static int waits(duet_request *request, void *context)
{
    duet_writer *writer;
    int status = duet_reply_stream(request, 200, NULL, &writer, DUET_NEVER);

    (void)context;
    if (status == 0)
        status = duet_write_text(writer, "a part", DUET_NEVER);
    if (status == 0)
        status = duet_sleep(DUET_NEVER);
    upstream_result = status;
    upstreams_ended++;
    return status;
}

/* --- the proxy ----------------------------------------------------------- */

static void release(void *response)
{
    duet_response_free(response);
}

static int pass_on(duet_request *request, void *context)
{
    test_web *web = context;
    const char *url =
        duet_request_printf(request, "%s/%s", duet_server_url(web->server),
                            duet_request_parameter(request, "what"));
    duet_response *response;
    duet_writer *reply;
    int status =
        duet_open(session, "GET", url, NULL, &response, duet_in_ms(60000));

    if (status == 0)
        status = duet_request_defer(request, release, response);
    if (status == 0)
        status = duet_reply_stream(request, 200, NULL, &reply, DUET_NEVER);
    return status != 0 ? status
                       : duet_copy(duet_response_reader(response), reply, NULL,
                                   DUET_NEVER);
}

static const test_route routes[] = {
    {"GET", "/large", large},          {"GET", "/dies", dies},
    {"GET", "/endless", endless},      {"GET", "/waits", waits},
    {"GET", "/proxy/{what}", pass_on}, {0}};

static void (*inner)(test_web *web);

static void with_session(test_web *web)
{
    assert_status(duet_session_open(NULL, &session), 0);
    inner(web);
    duet_session_close(session);
}

static void run(void (*body)(test_web *web))
{
    static char text[4096];
    FILE *log = fmemopen(text, sizeof text, "w");
    const duet_server_options options = {.error_log = log};

    inner = body;
    upstreams_ended = 0;
    test_web_run(routes, &options, with_session);
    fclose(log);
}

/* --- cases --------------------------------------------------------------- */

static void read_all(test_web *web)
{
    static char bytes[65536];
    int client = test_connect(web);
    size_t total = 0;
    ssize_t count;

    test_send(client, "GET /proxy/large HTTP/1.0\r\n\r\n");
    do {
        assert_status(duet_wait_readable(client, DUET_NEVER), 0);
        count = recv(client, bytes, sizeof bytes, 0);
        total += count > 0 ? (size_t)count : 0;
    } while (count > 0);
    assert_int_equal(count, 0);
    assert_in_range(total, LARGE_BYTES + 1, LARGE_BYTES + 300);
    close(client);
}

static void body_is_passed_on_whole(void **state)
{
    (void)state;
    run(read_all);
}

static void read_a_part(test_web *web)
{
    const char *reply = test_get(web, "/proxy/dies");

    test_expect_status(reply, 200);
    assert_null(strstr(reply, "0\r\n\r\n"));
}

static void upstream_that_dies_breaks_the_body(void **state)
{
    (void)state;
    run(read_a_part);
}

static bool upstream_has_ended(void *argument)
{
    return upstreams_ended >= *(int *)argument;
}

static void leave(test_web *web, const char *request, const char *until)
{
    int expected = upstreams_ended + 1;
    int client = test_connect(web);

    test_send(client, request);
    test_receive_until(web, client, until);
    close(client);
    test_until(upstream_has_ended, &expected);
    assert_true(upstream_result == DUET_ECANCELED ||
                upstream_result == DUET_EDISCONNECTED);
}

static void leave_early(test_web *web)
{
    leave(web, "GET /proxy/endless HTTP/1.1\r\nHost: a\r\n\r\n", "\r\n\r\n");
    leave(web, "GET /proxy/waits HTTP/1.1\r\nHost: a\r\n\r\n", "a part");
}

static void client_that_leaves_ends_the_fetch(void **state)
{
    (void)state;
    run(leave_early);
}

TEST_MAIN(test(body_is_passed_on_whole),
          test(upstream_that_dies_breaks_the_body),
          test(client_that_leaves_ends_the_fetch))
