/* SPDX-License-Identifier: MIT */
/* What a server may say: lenient where framing is not touched, and bounded in
 * all that it can send without end. Every answer is to one request: what is
 * refused is not asked for again. */
#include "support/test.h"
#include "support/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <duet/duet.h>

static test_wire wire;
static duet_session *session;

static int in_loop(void *argument)
{
    void (*const *body)(void) = argument;

    assert_status(duet_session_open(NULL, &session), 0);
    (*body)();
    duet_session_close(session);
    test_wire_stop(&wire);
    return 0;
}

typedef struct setting {
    test_wire_serve *serve;
    void (*body)(void);
} setting;

static int start(void *argument)
{
    setting *self = argument;

    test_wire_start(&wire, self->serve);
    return in_loop(&self->body);
}

static void run(test_wire_serve *serve, void (*body)(void))
{
    setting self = {.serve = serve, .body = body};

    assert_status(duet_run(start, &self, NULL), 0);
}

static const char *url(void)
{
    static char text[64];

    snprintf(text, sizeof text, "http://127.0.0.1:%d/", wire.port);
    return text;
}

/* Gets "/" with one request; returns the code, the response in either case. */
static int get(const duet_fetch_options *options, duet_response **out_response)
{
    duet_fetch_options own = {0};
    duet_response *failed;
    int requests = wire.requests;
    int status;

    if (options != NULL)
        own = *options;
    own.out_failed = &failed;
    status = duet_get(session, url(), &own, out_response, duet_in_ms(30000));
    assert_int_equal(wire.requests, requests + 1);
    if (status == 0) {
        assert_null(failed);
    } else {
        assert_null(*out_response);
        assert_non_null(failed);
        *out_response = failed;
    }
    return status;
}

/* --- one answer, then the end -------------------------------------------- */

static const char *reply;

static void serve_reply(test_wire *self, int descriptor, int number)
{
    (void)number;
    if (test_wire_read(self, descriptor))
        test_wire_write(descriptor, reply);
}

typedef struct row {
    const char *reply;
    int code;
    duet_phase phase;
    int http_status;
    const char *body;
} row;

static void expect_rows(const row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        duet_response *response;
        int status;

        reply = rows[i].reply;
        status = get(NULL, &response);
        if (status != rows[i].code ||
            (status != 0 && duet_error_phase() != rows[i].phase))
            print_error("row %zu: %s\n", i, duet_error_detail());
        assert_status(status, rows[i].code);
        if (status != 0)
            assert_int_equal(duet_error_phase(), rows[i].phase);
        assert_int_equal(duet_response_status(response), rows[i].http_status);
        assert_string_equal(duet_response_body(response, NULL), rows[i].body);
        duet_response_free(response);
    }
}

#define OK "HTTP/1.1 200 OK\r\n"
#define CHUNKED OK "Transfer-Encoding: chunked\r\n\r\n"
#define HEAD DUET_PHASE_HEAD
#define BODY DUET_PHASE_BODY

static void take_odd_heads(void)
{
    static const row rows[] = {
        {OK "Set-Cookie: a=\x01\r\nContent-Length: 2\r\n\r\nok", 0, 0, 200,
         "ok"},
        {OK "X Echo set: 1\r\nContent-Length: 2\r\n\r\nok", 0, 0, 200, "ok"},
        {OK "X-A : 1\r\nContent-Length: 2\r\n\r\nok", 0, 0, 200, "ok"},
        {OK "X-A\x7f: 1\r\nContent-Length: 2\r\n\r\nok", 0, 0, 200, "ok"},
        {OK ": 1\r\nContent-Length: 2\r\n\r\nok", 0, 0, 200, "ok"},
        {"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", 0, 0, 200, "ok"},
        {"HTTP/1.0 404 \xff\r\n\r\nno", 0, 0, 404, "no"},
        {OK "Content-Length: 2\n\nok", 0, 0, 200, "ok"},
        {OK "Content-Length : 2\r\n\r\nok", DUET_EPROTOCOL, HEAD, 200, ""},
        {OK "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", DUET_EPROTOCOL,
         HEAD, 200, ""},
        {OK "Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc", DUET_EPROTOCOL,
         HEAD, 200, ""},
        {"HTTP/1.1 200 O\r\n nothing\r\n\r\n", DUET_EPROTOCOL, HEAD, 200, ""},
        {OK "nothing\r\n\r\n", DUET_EPROTOCOL, HEAD, 200, ""},
        {"HTTP/1.1 2000 OK\r\n\r\n", DUET_EPROTOCOL, HEAD, 0, ""},
        {"HTTP/1.1 OK\r\n\r\n", DUET_EPROTOCOL, HEAD, 0, ""},
        {"HTTP/7.7 200 OK\r\n\r\n", DUET_EPROTOCOL, HEAD, 0, ""},
    };

    expect_rows(rows, sizeof rows / sizeof rows[0]);
}

/* What libcurl keeps of a response may not outlive it: a folded line that
 * follows the status line would continue the last field of another response.
 * Newer versions of libcurl refuse it. */
static void fold_into_nothing(void)
{
    static const char *const folded[] = {
        OK " X: y\r\nContent-Length: 2\r\n\r\nok",
        OK "\tX: y\r\nA: b\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 100 Continue\r\n\r\n" OK
        " X: y\r\nContent-Length: 2\r\n\r\nok",
    };

    for (int i = 0; i < 12; i++) {
        duet_response *response;
        int status;

        reply = i % 2 == 0 ? OK "Long-Enough: to be freed and used again\r\n"
                                "Content-Length: 2\r\n\r\nok"
                           : folded[i / 2 % 3];
        status = get(NULL, &response);
        if (i % 2 == 0 || status != DUET_EPROTOCOL)
            assert_status(status, 0);
        assert_null(duet_fields_get(duet_response_fields(response), "X"));
        duet_response_free(response);
    }
}

static void folded_line_continues_no_other_response(void **state)
{
    (void)state;
    run(serve_reply, fold_into_nothing);
}

/* Newer versions of libcurl (8.14 does, 7.88 does not) refuse such a status
 * line before we see it. */
static void take_blanks(void)
{
    duet_response *response;
    int status;

    reply = "HTTP/1.1  200  OK\r\nContent-Length: 2\r\n\r\nok";
    status = get(NULL, &response);
    if (status != 0) {
        assert_status(status, DUET_EPROTOCOL);
        assert_non_null(strstr(duet_error_detail(), "Unsupported HTTP/1"));
    } else {
        assert_string_equal(duet_response_body(response, NULL), "ok");
    }
    duet_response_free(response);
}

static void blanks_in_the_status_line_are_taken_where_libcurl_does(void **state)
{
    (void)state;
    run(serve_reply, take_blanks);
}

static void odd_field_costs_itself_and_not_the_page(void **state)
{
    (void)state;
    run(serve_reply, take_odd_heads);
}

static void refuse_chunks(void)
{
    static const row rows[] = {
        {CHUNKED "2;ext=\"x\"\r\nok\r\n0\r\nT: t\r\n\r\n", 0, 0, 200, "ok"},
        {OK "Transfer-Encoding: chunked\r\n"
            "Transfer-Encoding: Chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
         0, 0, 200, "ok"},
        {CHUNKED "0x2\r\nok\r\n0\r\n\r\n", DUET_EPROTOCOL, BODY, 200, ""},
        {CHUNKED "g\r\nok\r\n0\r\n\r\n", DUET_EPROTOCOL, BODY, 200, ""},
        {CHUNKED "-2\r\nok\r\n0\r\n\r\n", DUET_EPROTOCOL, BODY, 200, ""},
        {CHUNKED "\r\nok\r\n0\r\n\r\n", DUET_EPROTOCOL, BODY, 200, ""},
        {CHUNKED "2\r\nokx\r\n0\r\n\r\n", DUET_EPROTOCOL, BODY, 200, "ok"},
        {CHUNKED "2\r\nok\r\nzz\r\n\r\n", DUET_EPROTOCOL, BODY, 200, "ok"},
        {CHUNKED "fffffffffffffffff\r\nok", DUET_EPROTOCOL, BODY, 200, ""},
        {CHUNKED "ffffffffffffffff\r\nok", DUET_EPROTOCOL, BODY, 200, ""},
        {CHUNKED "2\r\nok\r\n0\r\nT: t\r\n\rx", DUET_EPROTOCOL, BODY, 200,
         "ok"},
        {CHUNKED "5\r\nok", DUET_ETRUNCATED, BODY, 200, "ok"},
        {CHUNKED "2\r\nok\r\n", DUET_ETRUNCATED, BODY, 200, "ok"},
        {CHUNKED "2\r\nok\r\n0\r\n", DUET_ETRUNCATED, BODY, 200, "ok"},
        {OK "Transfer-Encoding: nonsense\r\n\r\nok", DUET_EPROTOCOL, HEAD, 200,
         ""},
    };

    expect_rows(rows, sizeof rows / sizeof rows[0]);
}

static void bad_chunk_is_a_breach_of_protocol(void **state)
{
    (void)state;
    run(serve_reply, refuse_chunks);
}

/* --- without end --------------------------------------------------------- */

static const char *forever; /* what follows `reply` for ever */
static size_t sent_bytes;

static void serve_forever(test_wire *self, int descriptor, int number)
{
    char piece[8192] = "";
    size_t length = 0;

    (void)number;
    sent_bytes = 0;
    if (!test_wire_read(self, descriptor))
        return;
    test_wire_write(descriptor, reply);
    while (length + strlen(forever) < sizeof piece)
        length += (size_t)sprintf(piece + length, "%s", forever);
    for (;;) {
        ssize_t count = send(descriptor, piece, length, MSG_NOSIGNAL);

        if (count < 0 && errno != EAGAIN)
            return;
        if (count < 0 && duet_wait_writable(descriptor, DUET_NEVER) != 0)
            return;
        if (count > 0)
            sent_bytes += (size_t)count;
        (void)!duet_yield();
    }
}

static void take_what_never_ends(void)
{
    static const struct {
        const char *reply;
        const char *forever;
        duet_phase phase;
    } rows[] = {
        {"", "HTTP/1.1 100 Continue\r\n\r\n", DUET_PHASE_FIRST_BYTE},
        {"", "HTTP/1.1 103 Hints\r\nLink: </a>\r\n\r\n", DUET_PHASE_NONE},
        {"HTTP/1.1 ", "a", DUET_PHASE_NONE},
        {"HTTP/1.1 200 ", "a", HEAD},
        {OK, "A: b\r\n", HEAD},
        {OK, "A\x01: b\r\n", HEAD},
        {OK "A: b\r\n", " c\r\n", HEAD},
        {OK "A: b\r\n", "a", HEAD},
        {CHUNKED "2\r\nok\r\n0\r\n", "T: t\r\n", BODY},
        {CHUNKED "2\r\nok\r\n0\r\nT: ", "t", BODY},
        {CHUNKED "2;", "e", BODY},
        {CHUNKED "2\r\nok\r\n0;", "e", BODY},
        {CHUNKED, "1;eeeeeeeeeeeeeeeeeeeeeeeeee\r\nb\r\n", BODY},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        duet_response *response;
        int status;

        reply = rows[i].reply;
        forever = rows[i].forever;
        status = get(NULL, &response);
        if (status != DUET_ETOOLARGE)
            print_error("row %zu: %s\n", i, duet_error_detail());
        assert_status(status, DUET_ETOOLARGE);
        if (rows[i].phase != DUET_PHASE_NONE)
            assert_int_equal(duet_error_phase(), rows[i].phase);
        duet_response_free(response);
    }
}

static void all_that_can_go_on_for_ever_has_a_bound(void **state)
{
    (void)state;
    run(serve_forever, take_what_never_ends);
}

/* --- answers that say enough before their end ---------------------------- */

/* A redirect whose body never comes, and a page. */
static void serve_stalled_redirect(test_wire *self, int descriptor, int number)
{
    (void)number;
    while (test_wire_read(self, descriptor)) {
        if (strncmp(self->head, "GET /there", 10) == 0) {
            test_wire_write(descriptor, OK "Content-Length: 2\r\n\r\nok");
            continue;
        }
        test_wire_write(descriptor, reply);
        if (strstr(reply, "stall") != NULL)
            test_wire_wait_for_end(descriptor);
    }
}

static void follow_on_the_head(void)
{
    duet_response *response;

    reply = "HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 50\r\n"
            "\r\nthe rest stalls";
    assert_status(duet_get(session, url(), NULL, &response, duet_in_ms(30000)),
                  0);
    assert_string_equal(duet_response_body(response, NULL), "ok");
    assert_int_equal(duet_response_redirects(response), 1);
    duet_response_free(response);
    assert_int_equal(wire.connections, 2);
    /* One whose body came with its head keeps its connection. */
    reply = "HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 4\r\n"
            "\r\nwhol";
    assert_status(duet_get(session, url(), NULL, &response, duet_in_ms(30000)),
                  0);
    assert_int_equal(duet_response_redirects(response), 1);
    duet_response_free(response);
    assert_int_equal(wire.connections, 2);
}

static void redirect_is_followed_on_its_head(void **state)
{
    (void)state;
    run(serve_stalled_redirect, follow_on_the_head);
}

static bool resets;

/* Answers as soon as the head of an upload has come, and reads no more. */
static void serve_early(test_wire *self, int descriptor, int number)
{
    (void)number;
    if (duet_wait_readable(descriptor, DUET_NEVER) != 0)
        return;
    self->requests++;
    test_wire_write(descriptor, OK "Content-Length: 2\r\n\r\nok");
    if (resets)
        return; /* what is unread makes it a reset */
    (void)!duet_sleep(DUET_NEVER);
}

static void upload(void)
{
    enum { BYTES = 64 << 20 };
    duet_fetch_options options = {.body = calloc(1, BYTES),
                                  .body_bytes = BYTES};
    duet_response *response;

    assert_non_null(options.body);
    for (int i = 0; i < 2; i++) {
        resets = i == 0;
        assert_status(duet_fetch(session, "PUT", url(), &options, &response,
                                 duet_in_ms(30000)),
                      0);
        assert_string_equal(duet_response_body(response, NULL), "ok");
        duet_response_free(response);
    }
    assert_int_equal(wire.requests, 2);
    free((void *)options.body);
}

static void whole_answer_before_the_upload_ended_is_a_response(void **state)
{
    (void)state;
    run(serve_early, upload);
}

/* --- what a failure leaves ----------------------------------------------- */

static void serve_part(test_wire *self, int descriptor, int number)
{
    (void)number;
    while (test_wire_read(self, descriptor)) {
        if (strncmp(self->head, "GET / ", 6) == 0) {
            test_wire_write(descriptor, "HTTP/1.1 302 Found\r\nLocation: /b#c"
                                        "\r\nContent-Length: 0\r\n\r\n");
            continue;
        }
        test_wire_write(descriptor, reply);
        return;
    }
}

static void look_at_failures(void)
{
    duet_response *failed = NULL;
    duet_response *response;
    duet_fetch_options options = {.out_failed = &failed};
    char expected[80];

    snprintf(expected, sizeof expected, "%sb#c", url());
    reply = OK "Content-Length: 9\r\nA: b\r\n\r\nabc";
    assert_status(
        duet_get(session, url(), &options, &response, duet_in_ms(30000)),
        DUET_ETRUNCATED);
    assert_null(response);
    assert_int_equal(duet_response_status(failed), 200);
    assert_string_equal(duet_response_url(failed), expected);
    assert_string_equal(duet_fields_get(duet_response_fields(failed), "a"),
                        "b");
    assert_string_equal(duet_response_body(failed, NULL), "abc");
    assert_int_equal(duet_response_redirects(failed), 1);
    assert_true(duet_response_timings(failed).first_byte_ns > 0);
    assert_true(duet_response_timings(failed).total_ns >=
                duet_response_timings(failed).first_byte_ns);
    duet_response_free(failed);
    reply = ""; /* a connection that is closed without an answer */
    assert_status(
        duet_get(session, url(), &options, &response, duet_in_ms(30000)),
        DUET_EDISCONNECTED);
    assert_int_equal(duet_response_status(failed), 0);
    assert_int_equal(duet_fields_count(duet_response_fields(failed)), 0);
    assert_string_equal(duet_response_body(failed, NULL), "");
    duet_response_free(failed);
    options.max_redirects = 1;
    reply = "HTTP/1.1 301 Moved\r\nLocation: /d\r\nContent-Length: 0\r\n\r\n";
    assert_status(
        duet_get(session, url(), &options, &response, duet_in_ms(30000)),
        DUET_EREDIRECTS);
    assert_int_equal(duet_response_status(failed), 301);
    assert_string_equal(
        duet_fields_get(duet_response_fields(failed), "Location"), "/d");
    assert_string_equal(duet_response_url(failed), expected);
    duet_response_free(failed);
    assert_status(
        duet_get(session, "nonsense", &options, &response, duet_in_ms(30000)),
        DUET_EURL);
    assert_null(failed);
    reply = OK "Content-Length: 0\r\n\r\n";
    assert_status(
        duet_get(session, url(), &options, &response, duet_in_ms(30000)), 0);
    assert_null(failed);
    duet_response_free(response);
}

static void failure_leaves_what_is_known(void **state)
{
    (void)state;
    run(serve_part, look_at_failures);
}

TEST_MAIN(test(odd_field_costs_itself_and_not_the_page),
          test(folded_line_continues_no_other_response),
          test(blanks_in_the_status_line_are_taken_where_libcurl_does),
          test(bad_chunk_is_a_breach_of_protocol),
          test(all_that_can_go_on_for_ever_has_a_bound),
          test(redirect_is_followed_on_its_head),
          test(whole_answer_before_the_upload_ended_is_a_response),
          test(failure_leaves_what_is_known))
