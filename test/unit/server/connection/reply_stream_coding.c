/* SPDX-License-Identifier: MIT */
#include "server/connection/reply_stream_coding.h"

#include <stdio.h>
#include <stdlib.h>

#include "support/memory.h"
#include "support/test.h"
#include "support/web.h"

static const duet_reply_stream_options compressing = {
    .content_type = "text/plain", .compresses = true};

static duet_event *first_was_read;
static int fails_at; /* the allocation of duet_reply_stream() */

static duet_writer *begin(duet_request *request)
{
    duet_writer *writer;

    assert_status(
        duet_reply_stream(request, 200, &compressing, &writer, DUET_NEVER), 0);
    return writer;
}

static void put(duet_writer *writer, const char *text)
{
    assert_status(duet_write_text(writer, text, DUET_NEVER), 0);
}

/* --- handlers ------------------------------------------------------------ */

static int lines(duet_request *request, void *context)
{
    duet_writer *writer = begin(request);

    (void)context;
    for (int i = 0; i < 20000; i++)
        assert_status(duet_writef(writer, DUET_NEVER, "%d\n", i % 10), 0);
    assert_int_equal(duet_writer_count(writer), 40000);
    return 0;
}

static int ends_and_closes(duet_request *request, void *context)
{
    duet_writer *writer = begin(request);

    (void)context;
    put(writer, "all");
    assert_status(duet_writer_end(writer, DUET_NEVER), 0);
    duet_writer_close(writer);
    return 0;
}

static int flushes(duet_request *request, void *context)
{
    duet_writer *writer = begin(request);

    (void)context;
    put(writer, "first");
    assert_status(duet_writer_flush(writer, DUET_NEVER), 0);
    assert_status(duet_event_wait(first_was_read, DUET_NEVER), 0);
    put(writer, "second");
    return 0;
}

static int gives_up(duet_request *request, void *context)
{
    duet_writer *writer = begin(request);

    (void)context;
    put(writer, "a part");
    assert_status(duet_writer_flush(writer, DUET_NEVER), 0);
    duet_writer_give_up(writer);
    assert_status(duet_write_text(writer, "more", DUET_NEVER), DUET_ECLOSED);
    return 0;
}

static int fails(duet_request *request, void *context)
{
    (void)context;
    put(begin(request), "a part");
    return DUET_EJSON;
}

static int of_status(duet_request *request, void *context)
{
    duet_writer *writer;
    const char *status = duet_request_parameter(request, "status");

    (void)context;
    assert_status(duet_reply_field(request, "ETag", "\"a\""), 0);
    assert_status(duet_reply_stream(request, (int)strtol(status, NULL, 10),
                                    &compressing, &writer, DUET_NEVER),
                  0);
    put(writer, "text");
    return 0;
}

static int of_length(duet_request *request, void *context)
{
    const duet_reply_stream_options options = {.length_bytes = 5,
                                               .compresses = true};
    duet_writer *writer;

    (void)context;
    assert_status(
        duet_reply_stream(request, 200, &options, &writer, DUET_NEVER),
        DUET_EINVAL);
    assert_null(writer);
    return duet_reply_text(request, 200, "refused");
}

static int without_memory(duet_request *request, void *context)
{
    duet_writer *writer;
    int status;

    (void)context;
    test_fail_allocation(fails_at);
    status = duet_reply_stream(request, 200, &compressing, &writer, DUET_NEVER);
    test_fail_allocation(0);
    if (status == 0)
        return duet_write_text(writer, "coded", DUET_NEVER);
    assert_status(status, DUET_ENOMEM);
    return duet_reply_text(request, 200, "no memory");
}

static const test_route routes[] = {
    {"GET", "/lines", lines},
    {"GET", "/closes", ends_and_closes},
    {"GET", "/flushes", flushes},
    {"GET", "/gives-up", gives_up},
    {"GET", "/fails", fails},
    {"GET", "/status/{status}", of_status},
    {"GET", "/length", of_length},
    {"GET", "/memory", without_memory},
    {0},
};

/* --- asking -------------------------------------------------------------- */

static const char *ask(test_web *web, const char *line, const char *accepts)
{
    char request[256];

    snprintf(request, sizeof request,
             "%s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
             "Accept-Encoding: %s\r\n\r\n",
             line, accepts);
    return test_ask(web, request);
}

static void expect(const char *reply, const char *part)
{
    if (strstr(reply, part) == NULL)
        fail_msg("no \"%s\" in \"%.400s\"", part, reply);
}

/* What the client makes of it. */
static int get(test_web *web, const char *path, const char *accepts,
               duet_response **out_response)
{
    const char *const fields[] = {accepts, NULL};
    const duet_fetch_options options = {.field_lines = fields};
    duet_session *session;
    char url[128];
    int status;

    snprintf(url, sizeof url, "%s%s", duet_server_url(web->server), path);
    assert_status(duet_session_open(NULL, &session), 0);
    status = duet_get(session, url, &options, out_response, DUET_NEVER);
    duet_session_close(session);
    return status;
}

/* --- the body ------------------------------------------------------------ */

static void get_lines(test_web *web)
{
    static const char *const codings[] = {"br", "zstd", "gzip"};
    duet_response *response;
    const char *body;
    char accepts[64];
    size_t bytes;

    for (size_t i = 0; i < 3; i++) {
        snprintf(accepts, sizeof accepts, "Accept-Encoding: %s", codings[i]);
        assert_status(get(web, "/lines", accepts, &response), 0);
        assert_string_equal(
            duet_fields_get(duet_response_fields(response), "Content-Encoding"),
            codings[i]);
        body = duet_response_body(response, &bytes);
        assert_int_equal(bytes, 40000);
        assert_memory_equal(body, "0\n1\n2\n3\n", 8);
        assert_string_equal(body + bytes - 4, "8\n9\n");
        assert_true(duet_response_wire_bytes(response) < 4000);
        duet_response_free(response);
    }
    assert_status(get(web, "/closes", "Accept-Encoding: gzip", &response), 0);
    assert_string_equal(duet_response_body(response, NULL), "all");
    duet_response_free(response);
}

static void streamed_body_is_sent_in_each_coding(void **state)
{
    (void)state;
    test_web_run(routes, NULL, get_lines);
}

static void read_while_it_comes(test_web *web)
{
    duet_session *session;
    duet_response *response;
    char url[128];
    char text[8] = "";

    snprintf(url, sizeof url, "%s/flushes", duet_server_url(web->server));
    assert_status(duet_event_new(&first_was_read), 0);
    assert_status(duet_session_open(NULL, &session), 0);
    assert_status(duet_open(session, "GET", url, NULL, &response, DUET_NEVER),
                  0);
    assert_status(
        duet_read_exactly(duet_response_reader(response), text, 5, DUET_NEVER),
        0);
    assert_string_equal(text, "first");
    duet_event_set(first_was_read);
    assert_status(
        duet_read_exactly(duet_response_reader(response), text, 6, DUET_NEVER),
        0);
    assert_string_equal(text, "second");
    duet_response_free(response);
    duet_session_close(session);
    duet_event_free(first_was_read);
}

static void flush_sends_what_was_written_so_far(void **state)
{
    (void)state;
    test_web_run(routes, NULL, read_while_it_comes);
}

static void get_broken_bodies(test_web *web)
{
    duet_response *response;

    assert_status(get(web, "/gives-up", "Accept-Encoding: gzip", &response),
                  DUET_ETRUNCATED);
    assert_status(get(web, "/fails", "Accept-Encoding: zstd", &response),
                  DUET_ETRUNCATED);
}

static void coded_body_that_is_given_up_never_looks_whole(void **state)
{
    duet_server_options options = {.error_log = fopen("/dev/null", "w")};

    (void)state;
    test_web_run(routes, &options, get_broken_bodies);
    fclose(options.error_log);
}

/* --- the head ------------------------------------------------------------ */

static void ask_for_heads(test_web *web)
{
    ask(web, "GET /closes", "x");
    expect(web->reply, "\r\nVary: Accept-Encoding\r\n");
    assert_null(strstr(web->reply, "Content-Encoding"));
    expect(web->reply, "\r\n3\r\nall\r\n0\r\n\r\n");
    ask(web, "HEAD /closes", "br");
    expect(web->reply, "\r\nContent-Encoding: br\r\n");
    test_expect_body(web->reply, "");
    ask(web, "GET /status/200", "gzip");
    expect(web->reply, "\r\nContent-Encoding: gzip\r\n");
    expect(web->reply, "\r\nETag: W/\"a\"\r\n");
    ask(web, "GET /status/206", "gzip");
    assert_null(strstr(web->reply, "Content-Encoding"));
    ask(web, "GET /status/304", "gzip");
    test_expect_status(web->reply, 304);
    assert_null(strstr(web->reply, "Content-Encoding"));
}

static void head_says_how_the_body_is_coded(void **state)
{
    (void)state;
    test_web_run(routes, NULL, ask_for_heads);
}

static void ask_for_a_length(test_web *web)
{
    test_expect_body(ask(web, "GET /length", "gzip"), "refused");
}

static void length_and_coding_together_are_refused(void **state)
{
    (void)state;
    test_web_run(routes, NULL, ask_for_a_length);
}

static void ask_without_memory(test_web *web)
{
    fails_at = 1;
    while (strstr(ask(web, "GET /memory", "br"), "no memory") != NULL) {
        assert_null(strstr(web->reply, "Content-Encoding"));
        fails_at++;
    }
    expect(web->reply, "\r\nContent-Encoding: br\r\n");
    assert_true(fails_at > 1);
}

static void without_memory_another_reply_is_possible(void **state)
{
    (void)state;
    test_web_run(routes, NULL, ask_without_memory);
}

TEST_MAIN(test(streamed_body_is_sent_in_each_coding),
          test(flush_sends_what_was_written_so_far),
          test(coded_body_that_is_given_up_never_looks_whole),
          test(head_says_how_the_body_is_coded),
          test(length_and_coding_together_are_refused),
          test(without_memory_another_reply_is_possible))
