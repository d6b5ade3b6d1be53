/* SPDX-License-Identifier: MIT */
#include "server/connection/request_body.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/request/server_state.h"
#include "support/test.h"
#include "support/web.h"

enum { LARGE_BYTES = 4 << 20 };

static int started; /* handlers */
static int ended;
static int result_of_read;
static size_t most; /* in a ring */

/* --- handlers ------------------------------------------------------------ */

static int read_it(duet_request *request, char *bytes, size_t size)
{
    int status = duet_read_exactly(duet_request_reader(request), bytes, size,
                                   DUET_NEVER);

    bytes[status == 0 ? size : 0] = '\0';
    return status;
}

/* Tells of the first four bytes when it has them, and then of the rest. */
static int four_by_four(duet_request *request, void *context)
{
    duet_writer *writer;
    char bytes[5];
    int status;

    (void)context;
    started++;
    assert_status(duet_reply_stream(request, 200, NULL, &writer, DUET_NEVER),
                  0);
    while ((status = read_it(request, bytes, 4)) == 0)
        assert_status(duet_writef(writer, DUET_NEVER, "<%s>", bytes), 0);
    result_of_read = status;
    ended++;
    return status == DUET_EEMPTY ? 0 : status;
}

static int count_it(duet_request *request, void *context)
{
    duet_reader *reader = duet_request_reader(request);
    const duet__request_body *body = duet__request_body_of(request);
    uint64_t sum = 0;
    const char *bytes;
    size_t length;
    int status;

    (void)context;
    started++;
    if (request->head.framing.expects_continue)
        assert_string_equal(duet_request_field(request, "Expect"),
                            "100-continue");
    while ((status = duet_read_next(reader, &bytes, &length, DUET_NEVER)) ==
           0) {
        most = body->ring.length > most ? body->ring.length : most;
        for (size_t i = 0; i < length; i++)
            sum = sum * 31 + (unsigned char)bytes[i];
    }
    result_of_read = status;
    ended++;
    if (status != DUET_EEMPTY)
        return status;
    return duet_reply_textf(request, 200, "%llu %llu",
                            (unsigned long long)duet_reader_count(reader),
                            (unsigned long long)sum);
}

static int slowly(duet_request *request, void *context)
{
    assert_status(duet_sleep(duet_in_ms(30)), 0);
    return count_it(request, context);
}

static int reads_nothing(duet_request *request, void *context)
{
    (void)context;
    started++;
    return duet_reply_text(request, 200, "enough");
}

static int waits_elsewhere(duet_request *request, void *context)
{
    (void)request;
    (void)context;
    started++;
    result_of_read = duet_sleep(DUET_NEVER);
    ended++;
    return result_of_read;
}

static int echo(duet_request *request, void *context)
{
    duet_reader *reader = duet_request_reader(request);
    const duet_reply_stream_options options = {
        .length_bytes = duet_reader_remaining(reader)};
    duet_writer *writer;

    (void)context;
    started++;
    assert_status(
        duet_reply_stream(request, 200, &options, &writer, DUET_NEVER), 0);
    result_of_read = duet_copy(reader, writer, NULL, DUET_NEVER);
    ended++;
    return result_of_read;
}

static int twice(duet_request *request, void *context)
{
    duet_reader *reader = duet_request_reader(request);
    char bytes[2][5] = {"", ""};

    (void)context;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(duet_reader_remaining(reader), 4);
        assert_status(duet_read_exactly(reader, bytes[i], 4, DUET_NEVER), 0);
        assert_status(duet_reader_rewind(reader, DUET_NEVER), 0);
    }
    return duet_reply_textf(request, 200, "%s%s", bytes[0], bytes[1]);
}

static const test_route routes[] = {{"POST", "/four", four_by_four},
                                    {"POST", "/count", count_it},
                                    {"POST", "/slowly", slowly},
                                    {"POST", "/nothing", reads_nothing},
                                    {"POST", "/elsewhere", waits_elsewhere},
                                    {"POST", "/echo", echo},
                                    {"POST", "/twice", twice},
                                    {0}};

static const duet_route_options streaming = {.streams_body = true,
                                             .body_bytes_max = LARGE_BYTES};

static void run(void (*body)(test_web *web))
{
    static char text[4096];
    FILE *log = fmemopen(text, sizeof text, "w");
    const duet_server_options options = {.error_log = log};

    started = ended = result_of_read = 0;
    most = 0;
    test_options_of_routes = &streaming;
    test_web_run(routes, &options, body);
    test_options_of_routes = NULL;
    fclose(log);
}

/* --- helpers ------------------------------------------------------------- */

#define POST(target, fields)                                                   \
    "POST " target " HTTP/1.1\r\nHost: a\r\n" fields "\r\n"

static bool has_started(void *argument)
{
    return started >= *(int *)argument;
}

static bool has_ended(void *argument)
{
    return ended >= *(int *)argument;
}

static void await_start(int count)
{
    test_until(has_started, &count);
}

static void await_end(int count)
{
    test_until(has_ended, &count);
}

static void has(const char *reply, const char *part)
{
    if (strstr(reply, part) == NULL)
        fail_msg("no \"%s\" in \"%s\"", part, reply);
}

static char *large_body(void)
{
    char *bytes = malloc(LARGE_BYTES + 1);

    assert_non_null(bytes);
    for (size_t i = 0; i < LARGE_BYTES; i++)
        bytes[i] = (char)('a' + i % 23);
    bytes[LARGE_BYTES] = '\0';
    return bytes;
}

static const char *expected_count(void)
{
    static char text[60];
    char *bytes = large_body();
    uint64_t sum = 0;

    for (size_t i = 0; i < LARGE_BYTES; i++)
        sum = sum * 31 + (unsigned char)bytes[i];
    free(bytes);
    snprintf(text, sizeof text, "%d %llu", LARGE_BYTES,
             (unsigned long long)sum);
    return text;
}

/* In chunks of many sizes, or as it is. */
static void send_large(int client, bool is_chunked)
{
    char *bytes = large_body();
    char size[20];
    size_t place = 0;

    if (!is_chunked)
        test_send(client, bytes);
    for (size_t piece = 1; is_chunked && place < LARGE_BYTES;
         piece = piece * 3 % 100000 + 1) {
        char after;

        if (piece > LARGE_BYTES - place)
            piece = LARGE_BYTES - place;
        snprintf(size, sizeof size, "%zx\r\n", piece);
        test_send(client, size);
        after = bytes[place + piece];
        bytes[place + piece] = '\0';
        test_send(client, bytes + place);
        bytes[place + piece] = after;
        place += piece;
        test_send(client, "\r\n");
    }
    if (is_chunked)
        test_send(client, "0\r\n\r\n");
    free(bytes);
}

/* --- cases --------------------------------------------------------------- */

static void send_piece_by_piece(test_web *web)
{
    int client = test_connect(web);

    test_send(client, POST("/four", "Content-Length: 10\r\n"));
    await_start(1);
    test_send(client, "abcd");
    test_receive_until(web, client, "<abcd>");
    test_send(client, "ef");
    test_send(client, "gh");
    test_receive_until(web, client, "<efgh>");
    test_send(client, "ij");
    await_end(1);
    assert_status(result_of_read, DUET_ETRUNCATED);
    close(client);
    client = test_connect(web);
    test_send(client, POST("/four", "Transfer-Encoding: chunked\r\n"));
    await_start(2);
    test_send(client, "3\r\nabc\r\n");
    test_send(client, "2\r\nde\r\n");
    test_receive_until(web, client, "<abcd>");
    test_send(client, "3\r\nfgh\r\n0\r\n\r\n");
    test_receive_until(web, client, "<efgh>\r\n0\r\n\r\n");
    assert_status(result_of_read, DUET_EEMPTY);
    close(client);
}

static void body_is_read_while_it_comes(void **state)
{
    (void)state;
    run(send_piece_by_piece);
}

static void send_all_kinds(test_web *web)
{
    static const char *const targets[] = {"/count", "/slowly"};

    for (int i = 0; i < 4; i++) {
        int client = test_connect(web);
        char head[200];

        snprintf(head, sizeof head,
                 "POST %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n%s\r\n",
                 targets[i / 2],
                 i % 2 ? "Transfer-Encoding: chunked\r\n"
                       : "Content-Length: 4194304\r\n");
        test_send(client, head);
        send_large(client, i % 2);
        test_expect_body(test_receive(web, client), expected_count());
        assert_in_range(most, 1, DUET__RING_BYTES);
    }
}

static void large_body_arrives_whole_through_the_ring(void **state)
{
    (void)state;
    run(send_all_kinds);
}

static int send_all_of_it(void *argument)
{
    send_large(*(int *)argument, false);
    return 0;
}

static void get_it_back(test_web *web)
{
    enum { ROOM = LARGE_BYTES + 1000 };
    char *bytes = malloc(ROOM);
    char *expected = large_body();
    int client = test_connect(web);
    duet_task *sender;
    size_t length = 0;
    ssize_t count = 1;

    assert_non_null(bytes);
    test_send(client, POST("/echo", "Content-Length: 4194304\r\n"));
    assert_status(duet_spawn(send_all_of_it, &client, NULL, &sender), 0);
    while (count > 0) {
        assert_status(duet_wait_readable(client, DUET_NEVER), 0);
        count = recv(client, bytes + length, ROOM - 1 - length, 0);
        length += count > 0 ? (size_t)count : 0;
        assert_true(length < ROOM - 1);
    }
    assert_int_equal(count, 0);
    assert_status(duet_join(sender, NULL, DUET_NEVER), 0);
    bytes[length] = '\0';
    has(bytes, "Content-Length: 4194304\r\n");
    assert_string_equal(strstr(bytes, "\r\n\r\n") + 4, expected);
    free(expected);
    free(bytes);
    close(client);
}

static void body_is_sent_back_while_it_comes(void **state)
{
    (void)state;
    run(get_it_back);
}

static void expect_100(test_web *web)
{
    int client = test_connect(web);
    const char *reply;

    test_send(client, POST("/count", "Expect: 100-continue\r\n"
                                     "Content-Length: 3\r\n"));
    assert_string_equal(test_receive_until(web, client, "\r\n\r\n"),
                        "HTTP/1.1 100 Continue\r\n\r\n");
    assert_int_equal(started, 1);
    test_send(client, "abc");
    test_receive_until(web, client, "3 96354");
    test_send(client, POST("/nothing", "Expect: 100-continue\r\n"
                                       "Content-Length: 3\r\n"));
    reply = test_receive(web, client);
    test_expect_status(reply, 200);
    has(reply, "\r\nConnection: close\r\n");
    test_expect_body(reply, "enough");
}

static void client_is_told_to_send_when_the_handler_reads(void **state)
{
    (void)state;
    run(expect_100);
}

static void read_none(test_web *web)
{
    int client = test_connect(web);
    const char *reply;

    /* A small rest is thrown away, and the connection is kept. */
    test_send(client, POST("/nothing", "Content-Length: 10\r\n") "01234");
    await_start(1);
    test_send(client, "56789" POST("/count", "Content-Length: 1\r\n") "a");
    has(test_receive_until(web, client, "1 97"), "enough");
    /* A larger one is not waited for. */
    test_send(client, POST("/nothing", "Content-Length: 100000\r\n") "0");
    reply = test_receive(web, client);
    has(reply, "\r\nConnection: close\r\n");
    test_expect_body(reply, "enough");
    reply = test_ask(
        web, POST("/nothing", "Transfer-Encoding: chunked\r\n") "1\r\na");
    has(reply, "\r\nConnection: close\r\n");
    test_expect_body(reply, "enough");
}

static void what_is_not_read_is_thrown_away_or_closes(void **state)
{
    (void)state;
    run(read_none);
}

static void ask_again(test_web *web)
{
    int client = test_connect(web);

    for (int i = 0; i < 10; i++) {
        test_send(client, POST("/count", "Content-Length: 1\r\n") "a");
        test_receive_until(web, client, "1 97");
        test_send(client, POST("/echo", "Content-Length: 4\r\n") "abcd");
        test_receive_until(web, client, "abcd");
        test_send(client,
                  POST("/count",
                       "Transfer-Encoding: chunked\r\n") "1\r\nb\r\n0\r\n\r"
                                                         "\n" POST("/count",
                                                                   "Content-"
                                                                   "Length: "
                                                                   "0\r\n"));
        test_receive_until(web, client, "0 0");
        has(web->reply, "1 98");
    }
    assert_int_equal(web->server->connections.accepted, 1);
    close(client);
}

static void connection_is_kept_behind_a_streamed_body(void **state)
{
    (void)state;
    run(ask_again);
}

static void send_too_much(test_web *web)
{
    int client;

    test_expect_status(
        test_ask(web, POST("/count", "Content-Length: 4194305\r\n")), 413);
    assert_int_equal(started, 0);
    client = test_connect(web);
    test_send(client,
              POST("/count", "Transfer-Encoding: chunked\r\n") "400001\r\n");
    send_large(client, false);
    test_send(client, "1");
    test_expect_status(test_receive(web, client), 413);
    assert_status(result_of_read, DUET_ETOOLARGE);
}

static void body_above_the_routes_limit_is_refused(void **state)
{
    (void)state;
    run(send_too_much);
}

static bool nobody_is_there(void *argument)
{
    duet_server_counts counts;

    duet_server_count(((test_web *)argument)->server, &counts);
    return counts.connections == 0 && counts.running == 0;
}

static void leave_in(test_web *web, const char *request, int end)
{
    const struct linger reset = {.l_onoff = 1, .l_linger = 0};
    int before = started;
    int client = test_connect(web);

    result_of_read = 0;
    test_send(client, request);
    await_start(before + 1);
    if (end == 1)
        setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    if (end == 2)
        shutdown(client, SHUT_WR);
    else
        close(client);
    await_end(before + 1);
    test_until(nobody_is_there, web);
    if (end == 2)
        close(client);
}

static void leave(test_web *web)
{
    for (int end = 0; end < 3; end++) {
        leave_in(web, POST("/count", "Content-Length: 10\r\n") "abc", end);
        assert_status(result_of_read, DUET_EDISCONNECTED);
        leave_in(
            web,
            POST("/count", "Transfer-Encoding: chunked\r\n") "3\r\nabc\r\n",
            end);
        assert_status(result_of_read, DUET_EDISCONNECTED);
        leave_in(web, POST("/echo", "Content-Length: 10\r\n") "abc", end);
        assert_status(result_of_read, DUET_EDISCONNECTED);
        leave_in(web, POST("/elsewhere", "Content-Length: 10\r\n") "abc", end);
        assert_status(result_of_read, DUET_ECANCELED);
    }
}

static void reader_or_handler_hears_of_a_client_that_leaves(void **state)
{
    (void)state;
    run(leave);
}

static void break_the_chunks(test_web *web)
{
    const char *reply = test_ask(
        web,
        POST("/count", "Transfer-Encoding: chunked\r\n") "3\r\nabc\r\nx\r\n");

    int client;

    test_expect_status(reply, 400);
    await_end(1);
    assert_status(result_of_read, DUET_EPROTOCOL);
    /* Behind the begin of a reply there is no other. */
    client = test_connect(web);
    test_send(client,
              POST("/four", "Transfer-Encoding: chunked\r\n") "4\r\nabcd\r\n");
    test_receive_until(web, client, "<abcd>");
    test_send(client, "x\r\n");
    reply = test_receive(web, client);
    assert_null(strstr(reply, "400"));
    assert_null(strstr(reply, "0\r\n\r\n"));
    await_end(2);
}

static void malformed_chunk_ends_the_body(void **state)
{
    (void)state;
    run(break_the_chunks);
}

static void pause_for_long(test_web *web)
{
    int client = test_connect(web);

    test_send(client, POST("/count", "Content-Length: 10\r\n") "abc");
    test_expect_status(test_receive(web, client), 408);
    assert_status(result_of_read, DUET_ETIMEDOUT);
}

static void client_that_pauses_is_refused(void **state)
{
    const duet_route_options hasty = {.streams_body = true,
                                      .body_timeout_ms = 50};

    (void)state;
    test_options_of_routes = &hasty;
    test_web_run_virtual(routes, NULL, pause_for_long);
    test_options_of_routes = NULL;
}

static void read_collected(test_web *web)
{
    int client = test_connect(web);

    test_send(client, POST("/twice", "Content-Length: 4\r\n") "abcd");
    test_receive_until(web, client, "abcdabcd");
    test_send(client, POST("/count", "Content-Length: 0\r\n"));
    test_receive_until(web, client, "0 0");
    close(client);
}

static void collected_body_is_read_in_the_same_way(void **state)
{
    (void)state;
    test_web_run(routes, NULL, read_collected);
}

static void stop_in_the_middle(test_web *web)
{
    int client = test_connect(web);

    test_send(client, POST("/count", "Content-Length: 10\r\n") "abc");
    await_start(1);
    duet_server_stop(web->server, DUET_NOW);
    web->server = NULL;
    assert_int_equal(ended, 1);
    assert_status(result_of_read, DUET_ECANCELED);
    close(client);
}

static void server_that_stops_cancels_the_reading(void **state)
{
    (void)state;
    run(stop_in_the_middle);
}

TEST_MAIN(test(body_is_read_while_it_comes),
          test(large_body_arrives_whole_through_the_ring),
          test(body_is_sent_back_while_it_comes),
          test(client_is_told_to_send_when_the_handler_reads),
          test(what_is_not_read_is_thrown_away_or_closes),
          test(connection_is_kept_behind_a_streamed_body),
          test(body_above_the_routes_limit_is_refused),
          test(reader_or_handler_hears_of_a_client_that_leaves),
          test(malformed_chunk_ends_the_body),
          test(client_that_pauses_is_refused),
          test(collected_body_is_read_in_the_same_way),
          test(server_that_stops_cancels_the_reading))
