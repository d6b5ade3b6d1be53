/* SPDX-License-Identifier: MIT */
/* Requests whose bodies come out of readers, to a server that says on the wire
 * what it is told. On real time, as libcurl's clock is its own. */
#include "client/session/session.h"
#include "support/test.h"
#include "support/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <duet/duet.h>

enum { SEEN_BYTES = 1 << 20 };

static test_wire wire;
static duet_session *session;
static duet_event *go;
static duet_event *paused;
static char seen[SEEN_BYTES]; /* the newest request, as it came */
static size_t seen_length;
static char last[4096]; /* the newest one that was whole */

static const char OK[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/* --- a source ------------------------------------------------------------ */

/* What a reader of the tests does. */
typedef struct source {
    const char *const *pieces; /* up to NULL */
    size_t next;
    int64_t announced; /* -1: nothing */
    int failure;       /* at the end; 0: none */
    bool waits;        /* for `go`, before each piece but the first */
    bool rewinds;
    int closed;
} source;

static int next(void *context, const char **out_bytes, size_t *out_length,
                duet_deadline deadline)
{
    source *self = context;
    int status = 0;

    if (self->waits && self->next > 0) {
        duet_event_set(paused);
        status = duet_event_wait(go, deadline);
    }
    if (status != 0)
        return status;
    if (self->pieces[self->next] == NULL)
        return self->failure != 0 ? self->failure : DUET_EEMPTY;
    *out_bytes = self->pieces[self->next++];
    *out_length = strlen(*out_bytes);
    return 0;
}

static int rewind_source(void *context, duet_deadline deadline)
{
    source *self = context;

    (void)deadline;
    self->next = 0;
    return 0;
}

static int64_t remaining(void *context)
{
    const source *self = context;

    return self->announced;
}

static duet_reader *reader_of(source *self)
{
    static const duet_reader_functions once = {.next = next,
                                               .remaining = remaining};
    static const duet_reader_functions again = {
        .next = next, .remaining = remaining, .rewind = rewind_source};
    duet_reader *reader;

    assert_status(
        duet_reader_new(self->rewinds ? &again : &once, self, &reader), 0);
    return reader;
}

/* --- servers ------------------------------------------------------------- */

static const char *reply;
static const char *first_reply; /* to the first request; NULL: as the others */

static bool ends_with(const char *end)
{
    size_t length = strlen(end);

    return seen_length >= length &&
           memcmp(seen + seen_length - length, end, length) == 0;
}

/* Has all of the request come? */
static bool is_whole(void)
{
    const char *body = strstr(seen, "\r\n\r\n");
    const char *field = strstr(seen, "\r\nContent-Length: ");

    if (body == NULL)
        return false;
    if (field != NULL && field < body)
        return (size_t)(seen + seen_length - body - 4) >=
               strtoul(field + 18, NULL, 10);
    field = strstr(seen, "\r\nTransfer-Encoding: chunked");
    return field == NULL || field > body || ends_with("0\r\n\r\n");
}

static bool has_head(void)
{
    return strstr(seen, "\r\n\r\n") != NULL;
}

/* Reads until is_there(); false at the end. */
static bool read_until(int descriptor, bool (*is_there)(void))
{
    while (!is_there()) {
        ssize_t count = recv(descriptor, seen + seen_length,
                             SEEN_BYTES - 1 - seen_length, 0);

        if (count == 0 || (count < 0 && errno != EAGAIN) ||
            (count < 0 && duet_wait_readable(descriptor, DUET_NEVER) != 0))
            return false;
        seen_length += count > 0 ? (size_t)count : 0;
        seen[seen_length] = '\0';
    }
    return true;
}

static void forget(void)
{
    seen_length = 0;
    seen[0] = '\0';
}

static void serve_whole(test_wire *self, int descriptor, int number)
{
    (void)number;
    for (forget(); read_until(descriptor, is_whole); forget()) {
        const char *text =
            self->requests++ == 0 && first_reply != NULL ? first_reply : reply;

        snprintf(last, sizeof last, "%s", seen);
        test_wire_write(descriptor, text);
        if (strstr(text, "close") != NULL)
            return;
    }
}

/* The first connection is closed when its second request comes. */
static void serve_once(test_wire *self, int descriptor, int number)
{
    for (forget(); read_until(descriptor, is_whole); forget()) {
        if (number == 0 && self->requests > 0)
            return;
        self->requests++;
        snprintf(last, sizeof last, "%s", seen);
        test_wire_write(descriptor, OK);
    }
}

/* Says 100 (Continue) when it has the head. */
static void serve_continue(test_wire *self, int descriptor, int number)
{
    (void)number;
    forget();
    if (!read_until(descriptor, has_head))
        return;
    assert_non_null(strstr(seen, "\r\nExpect: 100-continue\r\n"));
    assert_string_equal(strstr(seen, "\r\n\r\n"), "\r\n\r\n");
    if (first_reply != NULL)
        test_wire_write(descriptor, first_reply);
    if (!read_until(descriptor, is_whole))
        return;
    self->requests++;
    snprintf(last, sizeof last, "%s", seen);
    test_wire_write(descriptor, reply);
}

/* Answers as soon as the head is there, and reads no more. */
static void serve_head(test_wire *self, int descriptor, int number)
{
    (void)number;
    forget();
    if (!read_until(descriptor, has_head))
        return;
    self->requests++;
    test_wire_write(descriptor, reply);
    test_wire_wait_for_end(descriptor);
}

/* --- runs ---------------------------------------------------------------- */

typedef struct setting {
    test_wire_serve *serve;
    void (*body)(void);
} setting;

static int in_setting(void *argument)
{
    const setting *self = argument;

    reply = OK;
    first_reply = NULL;
    assert_status(duet_event_new(&go), 0);
    assert_status(duet_event_new(&paused), 0);
    test_wire_start(&wire, self->serve);
    assert_status(duet_session_open(NULL, &session), 0);
    self->body();
    assert_int_equal(session->admission.running, 0);
    assert_int_equal(session->exchanges, 0);
    duet_session_close(session);
    test_wire_stop(&wire);
    duet_event_free(paused);
    duet_event_free(go);
    return 0;
}

static void run(test_wire_serve *serve, void (*body)(void))
{
    setting self = {.serve = serve, .body = body};

    assert_status(duet_run(in_setting, &self, NULL), 0);
}

static const char *url_of(const char *path)
{
    static char url[256];

    snprintf(url, sizeof url, "http://127.0.0.1:%d%s", wire.port, path);
    return url;
}

static int send_with(const char *method, source *from,
                     const duet_fetch_options *more, int expected)
{
    duet_fetch_options options = {0};
    duet_reader *reader = reader_of(from);
    duet_response *response;
    int status;
    int answer = 0;

    if (more != NULL)
        options = *more;
    options.body_reader = reader;
    status = duet_fetch(session, method, url_of("/"), &options, &response,
                        duet_in_ms(60000));
    if (status != expected)
        print_error("%s\n", duet_error_message(status));
    assert_status(status, expected);
    if (status == 0)
        answer = duet_response_status(response);
    duet_response_free(response);
    duet_reader_close(reader);
    return answer;
}

static void expect_last(const char *field, const char *body)
{
    const char *at = strstr(last, "\r\n\r\n");

    assert_non_null(at);
    if (strcasestr(last, field) == NULL)
        fail_msg("%s", last);
    assert_string_equal(at + 4, body);
}

/* --- sending ------------------------------------------------------------- */

static const char *const three[] = {"one", "two", "three", NULL};

static const char in_chunks[] =
    "3\r\none\r\n3\r\ntwo\r\n5\r\nthree\r\n0\r\n\r\n";
static const char chunked[] = "\r\nTransfer-Encoding: chunked\r\n";

static void send_each(void)
{
    static const char *const nothing[] = {NULL};

    send_with("POST", &(source){three, .announced = 11}, NULL, 0);
    expect_last("\r\nContent-Length: 11\r\n", "onetwothree");
    assert_null(strstr(last, "Expect"));
    send_with("PUT", &(source){three, .announced = -1}, NULL, 0);
    expect_last(chunked, in_chunks);
    send_with("POST", &(source){nothing, .announced = 0}, NULL, 0);
    expect_last("\r\nContent-Length: 0\r\n", "");
    send_with("POST", &(source){nothing, .announced = -1}, NULL, 0);
    expect_last(chunked, "0\r\n\r\n");
    assert_int_equal(wire.connections, 1);
}

static void body_is_sent_by_length_or_in_chunks(void **state)
{
    (void)state;
    run(serve_whole, send_each);
}

static int let_go(void *unused)
{
    (void)unused;
    while (duet_event_wait(paused, DUET_NEVER) == 0) {
        duet_event_clear(paused);
        duet_sleep(duet_in_ms(50));
        duet_event_set(go);
        duet_yield();
        duet_event_clear(go);
    }
    return 0;
}

static void send_slowly(void)
{
    const duet_fetch_options options = {.idle_ms = 30};
    duet_task *task;

    assert_status(duet_spawn(let_go, NULL, NULL, &task), 0);
    send_with("POST", &(source){three, .announced = -1, .waits = true},
              &options, 0);
    expect_last(chunked, in_chunks);
    duet_task_cancel(task);
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
}

static void slow_reader_is_not_taken_for_a_silent_server(void **state)
{
    (void)state;
    run(serve_whole, send_slowly);
}

/* --- sending again ------------------------------------------------------- */

static void follow(void)
{
    first_reply = "HTTP/1.1 307 Keep\r\nLocation: /kept\r\n"
                  "Content-Length: 0\r\n\r\n";
    send_with("POST", &(source){three, .announced = 11, .rewinds = true}, NULL,
              0);
    expect_last("\r\nContent-Length: 11\r\n", "onetwothree");
    assert_memory_equal(last, "POST /kept", 10);
    assert_int_equal(wire.requests, 2);
    wire.requests = 0;
    send_with("POST", &(source){three, .announced = 11}, NULL, DUET_ENOTSUP);
    assert_non_null(strstr(duet_error_message(DUET_ENOTSUP), "once only"));
    wire.requests = 0;
    first_reply = "HTTP/1.1 303 See\r\nLocation: /seen\r\n"
                  "Content-Length: 0\r\n\r\n";
    send_with("POST", &(source){three, .announced = -1}, NULL, 0);
    assert_memory_equal(last, "GET /seen", 9);
}

static void redirect_sends_again_what_can_be_rewound(void **state)
{
    (void)state;
    run(serve_whole, follow);
}

static void send_twice(void)
{
    send_with("PUT", &(source){three, .announced = 11}, NULL, 0);
    send_with("PUT", &(source){three, .announced = 11, .rewinds = true}, NULL,
              0);
    expect_last("\r\nContent-Length: 11\r\n", "onetwothree");
    assert_int_equal(wire.connections, 2);
}

static void send_twice_once_only(void)
{
    send_with("PUT", &(source){three, .announced = 11}, NULL, 0);
    send_with("PUT", &(source){three, .announced = 11}, NULL,
              DUET_EDISCONNECTED);
    assert_int_equal(wire.connections, 1);
    send_with("PUT", &(source){three, .announced = 11}, NULL, 0);
}

static void post_twice(void)
{
    send_with("POST", &(source){three, .announced = 11}, NULL, 0);
    send_with("POST", &(source){three, .announced = 11, .rewinds = true}, NULL,
              DUET_EDISCONNECTED);
    assert_int_equal(wire.connections, 1);
}

static void lost_connection_is_replaced_if_all_can_be_sent_again(void **state)
{
    (void)state;
    run(serve_once, send_twice);
    run(serve_once, send_twice_once_only);
    run(serve_once, post_twice);
}

/* --- readers that fail --------------------------------------------------- */

static void fail_each(void)
{
    static const struct {
        int64_t announced;
        int failure;
        int code;
        const char *text;
    } rows[] = {
        {-1, DUET_EIO, DUET_EIO, "input or output error"},
        {11, DUET_EIO, DUET_EIO, "input or output error"}, /* after all */
        {20, DUET_EIO, DUET_EIO, "input or output error"},
        {12, 0, DUET_ETRUNCATED, "ended after 11 of 12 bytes"},
        {10, 0, DUET_ETOOLARGE, "more than the 10 bytes"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        source from = {three, .announced = rows[i].announced,
                       .failure = rows[i].failure};

        wire.requests = 0;
        last[0] = '\0';
        send_with("POST", &from, NULL, rows[i].code);
        assert_int_equal(wire.requests, rows[i].announced == 11);
        if (rows[i].code != 0 &&
            strstr(duet_error_message(rows[i].code), rows[i].text) == NULL)
            fail_msg("%s", duet_error_message(rows[i].code));
    }
}

static void reader_that_fails_cuts_the_request_off(void **state)
{
    (void)state;
    run(serve_whole, fail_each);
}

/* --- servers that do not wait -------------------------------------------- */

static int64_t endless(void *context)
{
    (void)context;
    return -1;
}

static int next_megabyte(void *context, const char **out_bytes,
                         size_t *out_length, duet_deadline deadline)
{
    static char bytes[1 << 20];

    (void)context;
    (void)deadline;
    *out_bytes = bytes;
    *out_length = sizeof bytes;
    return 0;
}

static duet_reader *endless_reader(void)
{
    static const duet_reader_functions functions = {.next = next_megabyte,
                                                    .remaining = endless};
    static int nothing;
    duet_reader *reader;

    assert_status(duet_reader_new(&functions, &nothing, &reader), 0);
    return reader;
}

static void answer_early(void)
{
    static const char *const replies[] = {
        "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 303 See\r\nLocation: /\r\nContent-Length: 2\r\n\r\nok",
    };

    for (size_t i = 0; i < 3; i++) {
        const duet_fetch_options options = {.body_reader = endless_reader(),
                                            .max_redirects = -1};
        duet_response *response;

        reply = replies[i];
        assert_status(duet_fetch(session, "POST", url_of("/"), &options,
                                 &response, duet_in_ms(60000)),
                      0);
        assert_int_equal(duet_response_status(response), atoi(reply + 9));
        duet_response_free(response);
        assert_status(duet_open(session, "POST", url_of("/"), &options,
                                &response, duet_in_ms(60000)),
                      0);
        assert_int_equal(duet_response_status(response), atoi(reply + 9));
        duet_response_free(response);
        assert_int_equal(session->exchanges, 0);
        duet_reader_close(options.body_reader);
    }
}

static void early_reply_ends_the_sending(void **state)
{
    (void)state;
    run(serve_head, answer_early);
}

typedef struct sender {
    source from;
    duet_reader *reader;
    int status;
    duet_task *task;
} sender;

static int send_all(void *argument)
{
    sender *self = argument;
    const duet_fetch_options options = {.body_reader = self->reader};
    duet_response *response;

    self->status = duet_fetch(session, "POST", url_of("/"), &options, &response,
                              DUET_NEVER);
    duet_response_free(response);
    return 0;
}

static void cancel_sender(sender *self)
{
    duet_task_cancel(self->task);
    assert_status(duet_join(self->task, NULL, DUET_NEVER), 0);
    assert_status(self->status, DUET_ECANCELED);
    duet_reader_close(self->reader);
    assert_int_equal(session->admission.running, 0);
}

static void cancel_each(void)
{
    sender waits = {.from = {three, .announced = -1, .waits = true}};
    sender blocked = {.from = {three}};

    reply = "";
    waits.reader = reader_of(&waits.from); /* for the reader */
    assert_status(duet_spawn(send_all, &waits, NULL, &waits.task), 0);
    assert_status(duet_event_wait(paused, DUET_NEVER), 0);
    cancel_sender(&waits);
    blocked.reader = endless_reader(); /* for the server */
    wire.requests = 0;
    assert_status(duet_spawn(send_all, &blocked, NULL, &blocked.task), 0);
    while (wire.requests == 0)
        assert_status(duet_sleep(duet_in_ms(1)), 0);
    cancel_sender(&blocked);
}

static void cancelling_ends_reader_and_request(void **state)
{
    (void)state;
    run(serve_head, cancel_each);
}

/* --- asking before the body ---------------------------------------------- */

static void expect_continue(void)
{
    const duet_fetch_options options = {.expect_continue_ms = 60000};
    const duet_fetch_options soon = {.expect_continue_ms = 1};

    first_reply = "HTTP/1.1 100 Continue\r\n\r\n";
    reply = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nok";
    send_with("POST", &(source){three, .announced = 11}, &options, 0);
    expect_last("\r\nContent-Length: 11\r\n", "onetwothree");
    send_with("POST", &(source){three, .announced = -1}, &options, 0);
    expect_last(chunked, in_chunks);
    first_reply = NULL; /* it does not know about it */
    send_with("POST", &(source){three, .announced = 11}, &soon, 0);
    expect_last("\r\nContent-Length: 11\r\n", "onetwothree");
}

static void body_follows_when_the_server_says_so_or_says_nothing(void **state)
{
    (void)state;
    run(serve_continue, expect_continue);
}

/* Refuses to be asked, once; then takes the whole. */
static void serve_417(test_wire *self, int descriptor, int number)
{
    forget();
    if (!read_until(descriptor, has_head))
        return;
    if (number > 0) {
        if (strstr(seen, "Expect") != NULL)
            test_wire_write(descriptor, "HTTP/1.1 100 Continue\r\n\r\n");
        (void)!read_until(descriptor, is_whole);
        snprintf(last, sizeof last, "%s", seen);
        self->requests++;
    }
    test_wire_write(descriptor, number > 0 ? reply : first_reply);
    test_wire_wait_for_end(descriptor);
}

static void expect_refusal(void)
{
    const duet_fetch_options options = {.expect_continue_ms = 60000};

    first_reply = "HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n";
    wire.requests = 1;
    send_with("POST", &(source){three, .announced = 11}, &options, 0);
    expect_last("\r\nContent-Length: 11\r\n", "onetwothree");
    if (strstr(last, "Expect") != NULL)
        fail_msg("%s", last);
}

static void server_that_refuses_to_be_asked_gets_the_body(void **state)
{
    (void)state;
    run(serve_417, expect_refusal);
}

static void redirect_before_body(void)
{
    const duet_fetch_options options = {.expect_continue_ms = 60000};

    first_reply = "HTTP/1.1 307 Keep\r\nLocation: /kept\r\n"
                  "Content-Length: 0\r\n\r\n";
    wire.requests = 1;
    send_with("POST", &(source){three, .announced = 11}, &options, 0);
    assert_memory_equal(last, "POST /kept", 10);
    expect_last("\r\nContent-Length: 11\r\n", "onetwothree");
}

static void redirect_before_the_body_needs_no_rewinding(void **state)
{
    (void)state;
    run(serve_417, redirect_before_body);
}

TEST_MAIN(test(body_is_sent_by_length_or_in_chunks),
          test(slow_reader_is_not_taken_for_a_silent_server),
          test(redirect_sends_again_what_can_be_rewound),
          test(lost_connection_is_replaced_if_all_can_be_sent_again),
          test(reader_that_fails_cuts_the_request_off),
          test(early_reply_ends_the_sending),
          test(cancelling_ends_reader_and_request),
          test(body_follows_when_the_server_says_so_or_says_nothing),
          test(server_that_refuses_to_be_asked_gets_the_body),
          test(redirect_before_the_body_needs_no_rewinding))
