/* SPDX-License-Identifier: MIT */
/* Peers that vanish, as a host does that loses its power or its way to us: from
 * then on nothing reaches them, and nothing comes from them, not even an
 * acknowledgement. A timeout ends what was under way, with its own code, and
 * nothing stays taken. */
#include "support/test.h"

#include <errno.h>
#include <linux/filter.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <duet/descriptor.h>

#include "support/client.h"
#include "support/web.h"

/* The system drops all that comes for the socket before TCP sees it. */
static void vanish(int descriptor)
{
    struct sock_filter drop = BPF_STMT(BPF_RET | BPF_K, 0);
    struct sock_fprog program = {.len = 1, .filter = &drop};

    assert_int_equal(setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER,
                                &program, sizeof program),
                     0);
}

/* --- clients of our server ----------------------------------------------- */

enum { SOON_MS = 50, LARGE_BYTES = 32 * 1024 * 1024 };

/* All off but what a case is about. */
static duet_server_options no_limits(void)
{
    return (duet_server_options){
        .header_timeout_ms = DUET_NO_LIMIT,
        .body_timeout_ms = DUET_NO_LIMIT,
        .handler_timeout_ms = DUET_NO_LIMIT,
        .send_timeout_ms = DUET_NO_LIMIT,
        .keep_alive_timeout_ms = DUET_NO_LIMIT,
    };
}

static int hello(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_text(request, 200, "hello");
}

static int wait_for_ever(duet_request *request, void *context)
{
    (void)request;
    (void)context;
    return duet_sleep(DUET_NEVER);
}

static int large(duet_request *request, void *context)
{
    char *bytes = calloc(1, LARGE_BYTES);

    (void)context;
    assert_non_null(bytes);
    duet_request_defer(request, free, bytes);
    return duet_reply_bytes(request, 200, bytes, LARGE_BYTES, NULL);
}

static const test_route routes[] = {{"GET", "/", hello},
                                    {"POST", "/", hello},
                                    {"GET", "/wait", wait_for_ever},
                                    {"GET", "/large", large},
                                    {0}};

static bool nobody_is_there(void *argument)
{
    const test_web *web = argument;
    duet_server_counts counts;

    duet_server_count(web->server, &counts);
    return counts.connections == 0 && counts.running == 0;
}

static bool handler_runs(void *argument)
{
    const test_web *web = argument;
    duet_server_counts counts;

    duet_server_count(web->server, &counts);
    return counts.running == 1;
}

static void expect_end_of(test_web *web, int client)
{
    vanish(client);
    test_until(nobody_is_there, web);
    close(client);
}

static void vanish_when_idle(test_web *web)
{
    int client = test_connect(web);

    test_send(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    test_receive_until(web, client, "hello");
    expect_end_of(web, client);
}

static void client_that_vanishes_when_idle_is_let_go(void **state)
{
    duet_server_options options = no_limits();

    (void)state;
    options.keep_alive_timeout_ms = SOON_MS;
    test_web_run(routes, &options, vanish_when_idle);
}

static void vanish_within_head(test_web *web)
{
    int client = test_connect(web);

    test_send(client, "GET / HTTP/1.1\r\nHo");
    expect_end_of(web, client);
}

static void client_that_vanishes_within_its_head_is_let_go(void **state)
{
    duet_server_options options = no_limits();

    (void)state;
    options.header_timeout_ms = SOON_MS;
    test_web_run(routes, &options, vanish_within_head);
}

static void vanish_within_body(test_web *web)
{
    int client = test_connect(web);

    test_send(client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n"
                      "Expect: 100-continue\r\n\r\n");
    test_receive_until(web, client, "100 Continue\r\n\r\n");
    test_send(client, "abc");
    expect_end_of(web, client);
}

static void client_that_vanishes_within_its_body_is_let_go(void **state)
{
    duet_server_options options = no_limits();

    (void)state;
    options.body_timeout_ms = SOON_MS;
    test_web_run(routes, &options, vanish_within_body);
}

static void vanish_within_reply(test_web *web)
{
    int client = test_connect(web);

    test_send(client, "GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
    test_receive_until(web, client, "\r\n\r\n");
    expect_end_of(web, client);
}

static void client_that_vanishes_within_the_reply_is_let_go(void **state)
{
    duet_server_options options = no_limits();

    (void)state;
    test_needs_kernel("whole TCP_INFO");
    options.send_timeout_ms = SOON_MS;
    test_web_run(routes, &options, vanish_within_reply);
}

static void vanish_while_handled(test_web *web)
{
    int client = test_connect(web);
    duet_server_counts counts;

    test_send(client, "GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
    test_until(handler_runs, web);
    expect_end_of(web, client);
    duet_server_count(web->server, &counts);
    assert_int_equal(counts.handlers_timed_out, 1);
}

static void client_that_vanishes_while_it_is_handled_is_let_go(void **state)
{
    duet_server_options options = no_limits();

    (void)state;
    options.handler_timeout_ms = SOON_MS;
    options.keep_alive_timeout_ms = SOON_MS;
    test_web_run(routes, &options, vanish_while_handled);
}

/* --- servers of our client ----------------------------------------------- */

/* One place: what keeps it keeps the next exchange out. */
static const duet_session_options one_place = {.connections_max = 1,
                                               .per_host_max = 1};

/* What the first connection is for; any other is served well. */
static const char *before_vanishing;
static test_wire server;

static void serve(test_wire *wire, int descriptor, int number)
{
    if (number > 0) {
        while (test_wire_read(wire, descriptor))
            test_wire_write(descriptor,
                            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        return;
    }
    if (before_vanishing == NULL)
        assert_status(duet_wait_readable(descriptor, DUET_NEVER), 0);
    else if (test_wire_read(wire, descriptor))
        test_wire_write(descriptor, before_vanishing);
    vanish(descriptor);
    (void)!duet_sleep(DUET_NEVER);
}

static int get(duet_session *session, const duet_fetch_options *options)
{
    duet_response *response;
    char url[64];
    int status;

    snprintf(url, sizeof url, "http://127.0.0.1:%d/", server.port);
    status = duet_get(session, url, options, &response, duet_in_ms(30000));
    duet_response_free(response);
    return status;
}

typedef struct vanishing {
    const char *says; /* on the first connection, and then vanishes; NULL for
                       * nothing, before it has read anything */
    duet_fetch_options options;
    int status;      /* of the first request */
    int next_status; /* and of the one behind it */
    duet_phase phase;
} vanishing;

static void ask(const vanishing *row, duet_session *session)
{
    assert_status(get(session, &row->options), row->status);
    if (row->status != 0)
        assert_string_equal(duet_phase_name(duet_error_phase()),
                            duet_phase_name(row->phase));
    assert_status(get(session, row->says != NULL ? &row->options : NULL),
                  row->next_status);
    if (row->next_status != 0)
        assert_string_equal(duet_phase_name(duet_error_phase()),
                            duet_phase_name(row->phase));
    assert_status(get(session, NULL), 0);
}

static int run_row(void *argument)
{
    const vanishing *row = argument;
    duet_session *session;

    before_vanishing = row->says;
    test_wire_start(&server, serve);
    assert_status(duet_session_open(&one_place, &session), 0);
    ask(row, session);
    duet_session_close(session);
    test_wire_stop(&server);
    return 0;
}

static void expect_row(vanishing row)
{
    assert_status(duet_run(run_row, &row, NULL), 0);
}

static void server_that_vanishes_before_its_answer_is_given_up(void **state)
{
    (void)state;
    expect_row((vanishing){
        .says = "",
        .options = {.first_byte_ms = SOON_MS, .idle_ms = DUET_NO_LIMIT},
        .status = DUET_ETIMEDOUT,
        .phase = DUET_PHASE_FIRST_BYTE});
    expect_row((vanishing){
        .says = "HTTP/1.1 200 OK\r\nContent-",
        .options = {.first_byte_ms = SOON_MS, .idle_ms = DUET_NO_LIMIT},
        .status = DUET_ETIMEDOUT,
        .phase = DUET_PHASE_HEAD});
}

static void server_that_vanishes_within_its_body_is_given_up(void **state)
{
    (void)state;
    expect_row((vanishing){
        .says = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
        .options = {.first_byte_ms = DUET_NO_LIMIT, .idle_ms = SOON_MS},
        .status = DUET_ETIMEDOUT,
        .phase = DUET_PHASE_BODY});
}

static void server_that_vanishes_when_idle_costs_one_request(void **state)
{
    (void)state;
    expect_row((vanishing){
        .says = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        .options = {.first_byte_ms = SOON_MS, .idle_ms = DUET_NO_LIMIT},
        .next_status = DUET_ETIMEDOUT,
        .phase = DUET_PHASE_FIRST_BYTE});
}

/* More than the sockets' buffers hold. */
static void server_that_vanishes_within_an_upload_is_given_up(void **state)
{
    char *bytes = calloc(1, LARGE_BYTES);

    (void)state;
    assert_non_null(bytes);
    expect_row((vanishing){.says = NULL,
                           .options = {.body = bytes,
                                       .body_bytes = LARGE_BYTES,
                                       .first_byte_ms = DUET_NO_LIMIT,
                                       .idle_ms = SOON_MS},
                           .status = DUET_ETIMEDOUT,
                           .phase = DUET_PHASE_SEND});
    free(bytes);
}

/* --- not vanished, only slow ---------------------------------------------- */

enum {
    PATIENCE_MS = 4000, /* of the client, for one piece */
    PIECE_BYTES = 256 * 1024,
    PIECE_MS = 40, /* so that all takes longer */
};

static void read_slowly(test_wire *wire, int descriptor, int number)
{
    char *piece = malloc(PIECE_BYTES);
    size_t left = LARGE_BYTES;

    (void)wire;
    (void)number;
    assert_non_null(piece);
    while (left > 0 && duet_wait_readable(descriptor, DUET_NEVER) == 0) {
        ssize_t count = recv(descriptor, piece, PIECE_BYTES, 0);

        if (count <= 0 || duet_sleep(duet_in_ms(PIECE_MS)) != 0)
            break;
        left -= (size_t)count < left ? (size_t)count : left;
    }
    free(piece);
    if (left == 0)
        test_wire_write(descriptor, "HTTP/1.1 204 All\r\n\r\n");
    test_wire_wait_for_end(descriptor);
}

static int upload_slowly(void *bytes)
{
    const duet_fetch_options options = {.body = bytes,
                                        .body_bytes = LARGE_BYTES,
                                        .first_byte_ms = PATIENCE_MS,
                                        .idle_ms = PATIENCE_MS};
    int64_t begin_ns = duet_clock_ns();
    duet_session *session;

    test_wire_start(&server, read_slowly);
    assert_status(duet_session_open(NULL, &session), 0);
    assert_status(get(session, &options), 0);
    /* Else nothing was shown. */
    assert_true(duet_clock_ns() - begin_ns > PATIENCE_MS * INT64_C(1000000));
    duet_session_close(session);
    test_wire_stop(&server);
    return 0;
}

static void upload_that_makes_progress_is_not_cut(void **state)
{
    char *bytes = calloc(1, LARGE_BYTES);

    (void)state;
    assert_non_null(bytes);
    assert_status(duet_run(upload_slowly, bytes, NULL), 0);
    free(bytes);
}

TEST_MAIN(test(upload_that_makes_progress_is_not_cut),
          test(client_that_vanishes_when_idle_is_let_go),
          test(client_that_vanishes_within_its_head_is_let_go),
          test(client_that_vanishes_within_its_body_is_let_go),
          test(client_that_vanishes_within_the_reply_is_let_go),
          test(client_that_vanishes_while_it_is_handled_is_let_go),
          test(server_that_vanishes_before_its_answer_is_given_up),
          test(server_that_vanishes_within_its_body_is_given_up),
          test(server_that_vanishes_when_idle_costs_one_request),
          test(server_that_vanishes_within_an_upload_is_given_up))
