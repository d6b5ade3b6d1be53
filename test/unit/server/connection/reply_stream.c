/* SPDX-License-Identifier: MIT */
#include "server/connection/reply_stream.h"

#include <unistd.h>

#include "server/request/server_state.h"
#include "support/test.h"
#include "support/web.h"

static duet_writer *begin(duet_request *request,
                          const duet_reply_stream_options *options)
{
    duet_writer *writer;

    assert_status(duet_reply_stream(request, 200, options, &writer, DUET_NEVER),
                  0);
    assert_non_null(writer);
    return writer;
}

static void put(duet_writer *writer, const char *text)
{
    assert_status(duet_write_text(writer, text, DUET_NEVER), 0);
}

/* --- handlers ------------------------------------------------------------ */

static int two_pieces(duet_request *request, void *context)
{
    duet_writer *writer =
        begin(request, &(duet_reply_stream_options){.content_type = "a/b"});

    (void)context;
    put(writer, "one ");
    assert_status(duet_writer_flush(writer, DUET_NEVER), 0);
    put(writer, "two");
    assert_int_equal(duet_writer_count(writer), 7);
    return 0;
}

static int slowly(duet_request *request, void *context)
{
    duet_writer *writer = begin(request, NULL);

    (void)context;
    put(writer, "first ");
    assert_status(duet_sleep(duet_in_ms(1)), 0);
    put(writer, "second");
    assert_status(duet_sleep(duet_in_ms(1)), 0);
    return duet_writer_end(writer, DUET_NEVER);
}

static duet_event *first_has_come; /* to the client */

static int in_two_steps(duet_request *request, void *context)
{
    duet_writer *writer = begin(request, NULL);

    (void)context;
    put(writer, "first ");
    assert_status(duet_event_wait(first_has_come, DUET_NEVER), 0);
    put(writer, "second");
    return duet_writer_end(writer, DUET_NEVER);
}

static int nothing(duet_request *request, void *context)
{
    (void)context;
    (void)begin(request, NULL);
    return 0;
}

static int five_bytes(duet_request *request, void *context)
{
    (void)context;
    put(begin(request, &(duet_reply_stream_options){.length_bytes = 5}),
        "12345");
    return 0;
}

static int too_few(duet_request *request, void *context)
{
    duet_writer *writer =
        begin(request, &(duet_reply_stream_options){.length_bytes = 5});

    (void)context;
    put(writer, "1234");
    assert_status(duet_writer_flush(writer, DUET_NEVER), 0);
    assert_status(duet_writer_end(writer, DUET_NEVER), DUET_ETRUNCATED);
    return DUET_ETRUNCATED;
}

static int too_many(duet_request *request, void *context)
{
    duet_writer *writer =
        begin(request, &(duet_reply_stream_options){.length_bytes = 5});

    (void)context;
    put(writer, "1234");
    assert_status(duet_writer_flush(writer, DUET_NEVER), 0);
    assert_status(duet_write_text(writer, "56", DUET_NEVER), DUET_ETOOLARGE);
    assert_status(duet_write_text(writer, "5", DUET_NEVER), DUET_ETOOLARGE);
    return DUET_ETOOLARGE;
}

static int fails(duet_request *request, void *context)
{
    duet_writer *writer = begin(request, NULL);

    (void)context;
    put(writer, "a part");
    return DUET_EJSON;
}

static int gives_up(duet_request *request, void *context)
{
    duet_writer *writer = begin(request, NULL);

    (void)context;
    put(writer, "a part");
    assert_status(duet_writer_flush(writer, DUET_NEVER), 0);
    duet_writer_give_up(writer);
    assert_status(duet_write_text(writer, "more", DUET_NEVER), DUET_ECLOSED);
    assert_status(duet_sleep(duet_in_ms(1)), 0); /* and is not cancelled */
    return 0;
}

static int replies_otherwise(duet_request *request, void *context)
{
    duet_writer *writer = begin(request, NULL);

    (void)context;
    put(writer, "a part");
    assert_status(duet_writer_flush(writer, DUET_NEVER), 0);
    assert_status(duet_reply_field(request, "A", "b"), DUET_ESTATE);
    return duet_reply_text(request, 500, "late");
}

static int without_body(duet_request *request, void *context)
{
    duet_writer *writer;

    (void)context;
    assert_status(duet_reply_stream(request, 204, NULL, &writer, DUET_NEVER),
                  0);
    put(writer, "dropped");
    return 0;
}

static int with_trailer(duet_request *request, void *context)
{
    duet_writer *writer;

    (void)context;
    assert_status(duet_reply_trailer(request, "Digest", "1"), DUET_ESTATE);
    writer = begin(request, NULL);
    put(writer, "body");
    assert_status(duet_reply_trailer(request, "Digest", "abc"), 0);
    assert_status(duet_reply_trailer(request, "content-type", "a/b"),
                  DUET_EFIELD);
    assert_status(duet_reply_trailer(request, "Set-Cookie", "a"), DUET_EFIELD);
    assert_status(duet_reply_trailer(request, "A", "b\r\nc"), DUET_EFIELD);
    assert_status(duet_writer_end(writer, DUET_NEVER), 0);
    assert_status(duet_reply_trailer(request, "Late", "1"), DUET_ESTATE);
    return 0;
}

static int refused_calls(duet_request *request, void *context)
{
    duet_writer *writer;

    (void)context;
    assert_status(duet_reply_stream(request, 99, NULL, &writer, DUET_NEVER),
                  DUET_EINVAL);
    assert_null(writer);
    assert_status(
        duet_reply_stream(request, 200,
                          &(duet_reply_stream_options){.ring_bytes = 1},
                          &writer, DUET_NEVER),
        DUET_EINVAL);
    assert_status(
        duet_reply_stream(request, 200,
                          &(duet_reply_stream_options){.content_type = "\n"},
                          &writer, DUET_NEVER),
        DUET_EFIELD);
    put(begin(request, NULL), "good");
    assert_status(duet_reply_stream(request, 200, NULL, &writer, DUET_NEVER),
                  DUET_ESTATE);
    return 0;
}

static int until_it_fails(duet_request *request, void *context)
{
    duet_writer *writer = begin(request, NULL);
    char bytes[4096] = {0};
    int status;

    (void)context;
    do
        status = duet_write(writer, bytes, sizeof bytes, DUET_NEVER);
    while (status == 0);
    return status;
}

static int hello(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_text(request, 200, "hello");
}

static const test_route routes[] = {{"GET", "/", hello},
                                    {"GET", "/two", two_pieces},
                                    {"GET", "/slowly", slowly},
                                    {"GET", "/two-steps", in_two_steps},
                                    {"GET", "/nothing", nothing},
                                    {"GET", "/five", five_bytes},
                                    {"GET", "/few", too_few},
                                    {"GET", "/many", too_many},
                                    {"GET", "/fails", fails},
                                    {"GET", "/gives-up", gives_up},
                                    {"GET", "/otherwise", replies_otherwise},
                                    {"GET", "/204", without_body},
                                    {"GET", "/trailer", with_trailer},
                                    {"GET", "/refused", refused_calls},
                                    {"GET", "/endless", until_it_fails},
                                    {0}};

/* --- what the client gets ------------------------------------------------ */

static const char *ask(test_web *web, const char *target, const char *fields)
{
    char request[200];

    snprintf(request, sizeof request,
             "GET %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n%s\r\n",
             target, fields);
    return test_ask(web, request);
}

static void has(const char *reply, const char *part)
{
    if (strstr(reply, part) == NULL)
        fail_msg("no \"%s\" in \"%s\"", part, reply);
}

static void has_not(const char *reply, const char *part)
{
    if (strstr(reply, part) != NULL)
        fail_msg("\"%s\" in \"%s\"", part, reply);
}

static void read_chunks(test_web *web)
{
    const char *reply = ask(web, "/two", "");

    test_expect_status(reply, 200);
    has(reply, "\r\nTransfer-Encoding: chunked\r\n");
    has(reply, "\r\nContent-Type: a/b\r\n");
    has_not(reply, "Content-Length");
    test_expect_body(reply, "4\r\none \r\n3\r\ntwo\r\n0\r\n\r\n");
    test_expect_body(ask(web, "/nothing", ""), "0\r\n\r\n");
    test_expect_body(ask(web, "/refused", ""), "4\r\ngood\r\n0\r\n\r\n");
}

static void body_of_unknown_length_is_sent_in_chunks(void **state)
{
    (void)state;
    test_web_run(routes, NULL, read_chunks);
}

static void read_slowly(test_web *web)
{
    int client = test_connect(web);

    assert_status(duet_event_new(&first_has_come), 0);
    test_send(client, "GET /two-steps HTTP/1.1\r\nHost: a\r\n\r\n");
    test_receive_until(web, client, "6\r\nfirst \r\n");
    duet_event_set(first_has_come);
    test_receive_until(web, client, "6\r\nsecond\r\n0\r\n\r\n");
    close(client);
    duet_event_free(first_has_come);
}

static void what_is_held_back_is_sent_when_the_task_waits(void **state)
{
    (void)state;
    test_web_run(routes, NULL, read_slowly);
}

static void read_from_old(test_web *web)
{
    const char *reply = test_ask(web, "GET /two HTTP/1.0\r\n\r\n");

    test_expect_status(reply, 200);
    has(reply, "\r\nConnection: close\r\n");
    has_not(reply, "chunked");
    test_expect_body(reply, "one two");
    reply = test_ask(web, "GET /five HTTP/1.0\r\n\r\n");
    has(reply, "\r\nContent-Length: 5\r\n");
    test_expect_body(reply, "12345");
}

static void client_of_old_gets_no_chunks(void **state)
{
    (void)state;
    test_web_run(routes, NULL, read_from_old);
}

static void expect_part(const char *reply, const char *part)
{
    test_expect_status(reply, 200);
    has(reply, part);
    has_not(reply, "0\r\n\r\n");
}

static void read_parts(test_web *web)
{
    static const char *const parts[][2] = {
        {"/few", "1234"},
        {"/many", "1234"},
        {"/fails", "6\r\na part\r\n"},
        {"/gives-up", "6\r\na part\r\n"},
        {"/otherwise", "6\r\na part\r\n"},
    };

    test_expect_body(ask(web, "/five", ""), "12345");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        expect_part(ask(web, parts[i][0], ""), parts[i][1]);
    /* Where only the connection's end delimits it, it is reset. */
    has(test_ask(web, "GET /fails HTTP/1.0\r\n\r\n"), "RESET");
    has(test_ask(web, "GET /gives-up HTTP/1.0\r\n\r\n"), "RESET");
}

static FILE *log_of(char *text, size_t size)
{
    FILE *log = fmemopen(text, size, "w");

    assert_non_null(log);
    return log;
}

static void body_that_is_given_up_is_not_whole_for_the_client(void **state)
{
    static char text[4096];
    FILE *log = log_of(text, sizeof text);
    const duet_server_options options = {.error_log = log};

    (void)state;
    test_web_run(routes, &options, read_parts);
    fclose(log);
    has(text, "/few: DUET_ETRUNCATED");
    has(text, "/many: DUET_ETOOLARGE");
    has(text, "/fails: DUET_EJSON");
    has(text, "/otherwise: DUET_ESTATE");
    has_not(text, "/gives-up");
}

static void read_heads(test_web *web)
{
    const char *reply = ask(web, "/204", "");

    test_expect_status(reply, 204);
    test_expect_body(reply, "");
    has_not(reply, "chunked");
    reply = test_ask(web, "HEAD /five HTTP/1.1\r\nHost: a\r\n"
                          "Connection: close\r\n\r\n");
    has(reply, "\r\nContent-Length: 5\r\n");
    test_expect_body(reply, "");
    test_expect_body(test_ask(web, "HEAD /two HTTP/1.1\r\nHost: a\r\n"
                                   "Connection: close\r\n\r\n"),
                     "");
}

static void body_of_head_and_204_is_dropped(void **state)
{
    (void)state;
    test_web_run(routes, NULL, read_heads);
}

static void read_trailer(test_web *web)
{
    test_expect_body(ask(web, "/trailer", "TE: gzip;q=1, trailers\r\n"),
                     "4\r\nbody\r\n0\r\nDigest: abc\r\n\r\n");
    test_expect_body(ask(web, "/trailer", ""), "4\r\nbody\r\n0\r\n\r\n");
    test_expect_body(test_ask(web, "GET /trailer HTTP/1.0\r\n\r\n"), "body");
}

static void trailer_follows_for_a_client_that_takes_it(void **state)
{
    (void)state;
    test_web_run(routes, NULL, read_trailer);
}

/* --- the connection goes on ---------------------------------------------- */

static void ask_on(test_web *web)
{
    int client = test_connect(web);

    for (int i = 0; i < 20; i++) {
        test_send(client, "GET /two HTTP/1.1\r\nHost: a\r\n\r\n");
        test_receive_until(web, client, "0\r\n\r\n");
        test_send(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        test_receive_until(web, client, "hello");
        test_send(client, "GET /slowly HTTP/1.1\r\nHost: a\r\n\r\n");
        test_receive_until(web, client, "0\r\n\r\n");
        test_send(client, "HEAD /two HTTP/1.1\r\nHost: a\r\n\r\n");
        test_receive_until(web, client, "\r\n\r\n");
        test_send(client, "GET /five HTTP/1.1\r\nHost: a\r\n\r\n");
        test_receive_until(web, client, "12345");
    }
    assert_int_equal(web->server->connections.accepted, 1);
    close(client);
}

static void connection_is_kept_behind_a_streamed_reply(void **state)
{
    (void)state;
    test_web_run(routes, NULL, ask_on);
}

static void ask_all_at_once(test_web *web)
{
    int client = test_connect(web);

    test_send(client, "GET /slowly HTTP/1.1\r\nHost: a\r\n\r\n"
                      "GET /two HTTP/1.1\r\nHost: a\r\n\r\n"
                      "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    test_receive_until(web, client, "hello");
    has(web->reply, "second\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n");
    has(web->reply, "3\r\ntwo\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n");
    close(client);
}

static void requests_that_came_together_are_answered_in_order(void **state)
{
    (void)state;
    test_web_run(routes, NULL, ask_all_at_once);
}

static void do_not_wait_long(test_web *web)
{
    int client = test_connect(web);

    test_send(client, "GET /endless HTTP/1.1\r\nHost: a\r\n\r\n");
    test_receive_until(web, client, "\r\n\r\n");
    duet_server_stop(web->server, DUET_NOW);
    web->server = NULL;
    close(client);
}

static void server_that_stops_cancels_the_stream(void **state)
{
    (void)state;
    test_web_run(routes, NULL, do_not_wait_long);
}

TEST_MAIN(test(body_of_unknown_length_is_sent_in_chunks),
          test(what_is_held_back_is_sent_when_the_task_waits),
          test(client_of_old_gets_no_chunks),
          test(body_that_is_given_up_is_not_whole_for_the_client),
          test(body_of_head_and_204_is_dropped),
          test(trailer_follows_for_a_client_that_takes_it),
          test(connection_is_kept_behind_a_streamed_reply),
          test(requests_that_came_together_are_answered_in_order),
          test(server_that_stops_cancels_the_stream))
