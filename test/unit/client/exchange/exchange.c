/* SPDX-License-Identifier: MIT */
/* One call of duet_fetch(): phases that end, and what the server may do. On
 * real time, as libcurl's clock is its own. */
#include "client/session/session.h"
#include "support/dns.h"
#include "support/test.h"
#include "support/wire.h"

#include <stdio.h>
#include <time.h>

#include <duet/duet.h>

static test_wire wire;
static duet_session *session;
static const char *const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

typedef struct setting {
    test_wire_serve *serve;
    void (*body)(void);
    duet_session_options options;
} setting;

static int in_setting(void *argument)
{
    const setting *self = argument;

    test_wire_start(&wire, self->serve);
    assert_status(duet_session_open(&self->options, &session), 0);
    self->body();
    if (session != NULL) {
        assert_int_equal(session->admission.running, 0);
        assert_int_equal(session->admission.waiting, 0);
        assert_int_equal(session->exchanges, 0);
    }
    duet_session_close(session);
    test_wire_stop(&wire);
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

/* Fetches and expects a code, and if that is a failure, a phase. */
static void expect(const char *method, const char *url,
                   const duet_fetch_options *options, int code,
                   duet_phase phase)
{
    duet_response *response;
    int status =
        duet_fetch(session, method, url, options, &response, duet_in_ms(60000));

    if (status != code)
        print_error("%s\n", duet_error_detail());
    assert_status(status, code);
    if (code != 0) {
        assert_null(response);
        if (duet_error_phase() != phase)
            print_error("%s\n", duet_error_detail());
        assert_int_equal(duet_error_phase(), phase);
    }
    duet_response_free(response);
}

/* --- what the server says ------------------------------------------------ */

static const char *reply; /* of serve_reply() */

static void serve_reply(test_wire *self, int descriptor, int number)
{
    (void)number;
    while (test_wire_read(self, descriptor)) {
        test_wire_write(descriptor, reply);
        if (strstr(reply, "close") != NULL)
            return;
    }
}

static void serve_reset(test_wire *self, int descriptor, int number)
{
    (void)number;
    test_wire_read(self, descriptor);
    test_wire_write(descriptor, reply);
    (void)!duet_sleep(duet_in_ms(20)); /* else the reset overtakes the bytes */
    test_wire_reset(descriptor);
}

static void expect_replies(void)
{
    static const struct {
        const char *text;
        int code;
        duet_phase phase;
    } rows[] = {
        {"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall", 0, 0},
        {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nabc",
         DUET_ETRUNCATED, DUET_PHASE_BODY},
        {"HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked"
         "\r\n\r\n5\r\nabc",
         DUET_ETRUNCATED, DUET_PHASE_BODY},
        {"HTTP/1.1 200 OK\r\nConnection: close\r\nX: y", DUET_ETRUNCATED,
         DUET_PHASE_HEAD},
        {"HTTP/1.1 101 Switching\r\nConnection: close\r\nUpgrade: x\r\n\r\n",
         DUET_EPROTOCOL, DUET_PHASE_HEAD},
        {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n"
         "Content-Length: 2\r\n\r\nab",
         DUET_EPROTOCOL, DUET_PHASE_HEAD},
        {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Encoding: gzip"
         "\r\n\r\nabc",
         DUET_ECODING, DUET_PHASE_BODY},
        {"no HTTP at all, close\r\n\r\n", DUET_EPROTOCOL, DUET_PHASE_HEAD},
        {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: x\r\n\r\n",
         DUET_EPROTOCOL, DUET_PHASE_HEAD},
        {"HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: ftp://a/\r\n"
         "Content-Length: 0\r\n\r\n",
         DUET_EREDIRECT, DUET_PHASE_NONE},
        {"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /\r\n\r\n",
         DUET_EREDIRECTS, DUET_PHASE_NONE},
        {"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", 0, 0},
        {"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation:\r\n\r\n", 0, 0},
        {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0"
         "\r\n\r\n",
         0, 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        reply = rows[i].text;
        expect("GET", url_of("/"), NULL, rows[i].code, rows[i].phase);
    }
}

static void replies_are_taken_or_refused_with_a_reason(void **state)
{
    (void)state;
    run(serve_reply, expect_replies);
}

static void expect_reset(void)
{
    reply = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc";
    expect("GET", url_of("/"), NULL, DUET_ETRUNCATED, DUET_PHASE_BODY);
    reply = "";
    expect("GET", url_of("/"), NULL, DUET_ECONNRESET, DUET_PHASE_FIRST_BYTE);
}

static void reset_is_told_by_what_had_come(void **state)
{
    (void)state;
    run(serve_reset, expect_reset);
}

/* --- a used connection that is closed ------------------------------------ */

/* The first connection answers once and closes on its second request. */
static void serve_once(test_wire *self, int descriptor, int number)
{
    while (test_wire_read(self, descriptor)) {
        if (number == 0 && self->requests > 1)
            return;
        test_wire_write(descriptor, OK);
    }
}

static void get_twice(void)
{
    expect("GET", url_of("/1"), NULL, 0, 0);
    expect("GET", url_of("/2"), NULL, 0, 0);
    assert_int_equal(wire.connections, 2);
    assert_int_equal(wire.requests, 3);
}

static void idempotent_request_is_sent_again(void **state)
{
    (void)state;
    run(serve_once, get_twice);
}

static void post_second(void)
{
    const duet_fetch_options options = {.body = "x", .body_bytes = 1};

    expect("POST", url_of("/1"), &options, 0, 0);
    expect("POST", url_of("/2"), &options, DUET_EDISCONNECTED,
           DUET_PHASE_FIRST_BYTE);
    assert_int_equal(wire.requests, 2);
    expect("POST", url_of("/3"), &options, 0, 0);
}

static void post_is_never_sent_twice(void **state)
{
    (void)state;
    run(serve_once, post_second);
}

/* --- what is sent -------------------------------------------------------- */

static void send_body(void)
{
    const duet_fetch_options options = {.body = "a\0b", .body_bytes = 3};
    duet_response *response;

    reply = OK;
    expect("POST", url_of("/x?y#z"), &options, 0, 0);
    assert_memory_equal(wire.head, "POST /x?y HTTP/1.1\r\n", 20);
    assert_memory_equal(wire.body, "a\0b", 3);
    assert_non_null(
        strstr(wire.head, "\r\nContent-Type: application/octet-stream\r\n"));
    assert_non_null(strstr(wire.head, "\r\nContent-Length: 3\r\n"));
    assert_null(strstr(wire.head, "Expect"));
    expect("POST", url_of("/"), NULL, 0, 0);
    assert_non_null(strstr(wire.head, "\r\nContent-Length: 0\r\n"));
    assert_null(strstr(wire.head, "Content-Type"));
    assert_status(duet_put(session, url_of("/"), "{}", 2,
                           &(duet_fetch_options){.content_type = "text/x"},
                           &response, DUET_NEVER),
                  0);
    duet_response_free(response);
    assert_non_null(strstr(wire.head, "\r\nContent-Type: text/x\r\n"));
    expect("GET", url_of("/"), NULL, 0, 0);
    assert_null(strstr(wire.head, "Content-"));
    assert_non_null(
        strstr(wire.head, "\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n"));
    assert_status(duet_get(session, url_of("/"),
                           &(duet_fetch_options){.keeps_coding = true},
                           &response, DUET_NEVER),
                  0);
    duet_response_free(response);
    assert_null(strstr(wire.head, "Accept-Encoding"));
    expect("GET", url_of("/"), NULL, 0, 0);
    assert_non_null(strstr(wire.head, "Accept-Encoding"));
}

static void body_is_sent_with_its_length_and_type(void **state)
{
    (void)state;
    run(serve_reply, send_body);
}

/* Expects a refusal for this field. */
static void expect_refused_field(const char *name, const char *value, int code)
{
    duet_fetch_options options = {0};
    duet_session_options of_session = {0};
    duet_session *other;
    duet_fields *fields;

    assert_status(duet_fields_new(NULL, &fields), 0);
    assert_status(duet_fields_add(fields, name, value), 0);
    assert_status(duet_fields_add(fields, name, value), 0);
    options.fields = fields;
    expect("GET", url_of("/"), &options, code, DUET_PHASE_NONE);
    assert_status(duet_fields_set(fields, name, value), 0);
    if (strcmp(value, "a") != 0)
        expect("GET", url_of("/"), &options, code, DUET_PHASE_NONE);
    of_session.fields = fields;
    if (strcmp(value, "a") != 0)
        assert_status(duet_session_open(&of_session, &other), code);
    duet_fields_free(fields);
}

static void refuse_texts(void)
{
    static const char *const types[] = {"text/plain\r\nX: y", "a\nb", "a\rb",
                                        "a\x01", "a\x7f"};
    duet_fetch_options options = {.body = "x", .body_bytes = 1};
    duet_session_options of_session = {.user_agent = "a\r\nB: c"};
    duet_session *other;

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        options.content_type = types[i];
        expect("POST", url_of("/"), &options, DUET_EFIELD, DUET_PHASE_NONE);
        expect("GET", url_of("/"), &options, DUET_EFIELD, DUET_PHASE_NONE);
    }
    assert_non_null(strstr(duet_error_detail(), "content_type: byte 2"));
    expect_refused_field("Host", "a b", DUET_EFIELD);
    expect_refused_field("Host", "a/b", DUET_EFIELD);
    expect_refused_field("host", "", DUET_EFIELD);
    expect_refused_field("HOST", "a", DUET_EFIELD); /* twice */
    expect_refused_field("Content-Length", "1", DUET_EINVAL);
    expect_refused_field("transfer-encoding", "chunked", DUET_EINVAL);
    expect("GET\r\nX: y", url_of("/"), NULL, DUET_EINVAL, DUET_PHASE_NONE);
    expect("GET", url_of("/\r\nX: y"), NULL, DUET_EURL, DUET_PHASE_NONE);
    expect("GET", "http://127.0.0.1:80\\@localhost/", NULL, DUET_EURL,
           DUET_PHASE_NONE);
    assert_status(duet_session_open(&of_session, &other), DUET_EFIELD);
    assert_int_equal(wire.connections, 0);
}

static void text_that_would_break_the_head_is_refused(void **state)
{
    (void)state;
    run(serve_reply, refuse_texts);
}

static void refuse_requests(void)
{
    const duet_fetch_options body = {.body = "x", .body_bytes = 1};
    const duet_fetch_options redirects = {.max_redirects = -2};

    expect("GET", "ftp://a/", NULL, DUET_ESCHEME, DUET_PHASE_NONE);
    expect("GET", "nonsense", NULL, DUET_EURL, DUET_PHASE_NONE);
    expect("G T", url_of("/"), NULL, DUET_EINVAL, DUET_PHASE_NONE);
    expect("", url_of("/"), NULL, DUET_EINVAL, DUET_PHASE_NONE);
    expect("CONNECT", url_of("/"), NULL, DUET_EINVAL, DUET_PHASE_NONE);
    expect("HEAD", url_of("/"), &body, DUET_EINVAL, DUET_PHASE_NONE);
    expect("GET", url_of("/"), &redirects, DUET_EINVAL, DUET_PHASE_NONE);
    assert_int_equal(wire.connections, 0);
}

static void bad_requests_are_refused_before_anything_is_sent(void **state)
{
    (void)state;
    run(serve_reply, refuse_requests);
}

/* --- redirects ----------------------------------------------------------- */

static void serve_redirects(test_wire *self, int descriptor, int number)
{
    char text[256];

    (void)number;
    while (test_wire_read(self, descriptor)) {
        if (strncmp(self->head, "POST /see", 9) == 0)
            snprintf(text, sizeof text,
                     "HTTP/1.1 303 See Other\r\nContent-Length: 0\r\n"
                     "Location: /seen\r\n\r\n");
        else if (strncmp(self->head, "POST /keep", 10) == 0)
            snprintf(text, sizeof text,
                     "HTTP/1.1 307 Moved\r\nContent-Length: 4\r\n"
                     "Location: /kept\r\n\r\nmove");
        else if (strncmp(self->head, "GET /away", 9) == 0)
            snprintf(text, sizeof text,
                     "HTTP/1.1 302 Moved\r\nContent-Length: 0\r\n"
                     "Location: http://localhost:%d/there\r\n\r\n",
                     self->port);
        else
            snprintf(text, sizeof text, "%s", OK);
        test_wire_write(descriptor, text);
    }
}

static void follow(void)
{
    duet_fetch_options options = {.body = "data", .body_bytes = 4};

    expect("POST", url_of("/see"), &options, 0, 0);
    assert_memory_equal(wire.head, "GET /seen", 9);
    assert_string_equal(wire.body, "");
    expect("POST", url_of("/keep"), &options, 0, 0);
    assert_memory_equal(wire.head, "POST /kept", 10);
    assert_string_equal(wire.body, "data");
}

static void redirect_keeps_or_changes_the_method(void **state)
{
    (void)state;
    run(serve_redirects, follow);
}

static void follow_away(void)
{
    duet_fetch_options options = {0};
    duet_session_options with_fields = {0};
    duet_fields *fields;

    assert_status(duet_fields_new(NULL, &fields), 0);
    assert_status(duet_fields_add(fields, "Authorization", "secret"), 0);
    assert_status(duet_fields_add(fields, "X-Kept", "1"), 0);
    options.fields = fields;
    expect("GET", url_of("/here"), &options, 0, 0);
    assert_non_null(strstr(wire.head, "secret"));
    expect("GET", url_of("/away"), &options, 0, 0);
    assert_memory_equal(wire.head, "GET /there", 10);
    assert_null(strstr(wire.head, "secret"));
    assert_non_null(strstr(wire.head, "X-Kept"));
    /* The session's fields stay at the origin, too. */
    duet_session_close(session);
    with_fields.fields = fields;
    assert_status(duet_session_open(&with_fields, &session), 0);
    duet_fields_free(fields);
    expect("GET", url_of("/here"), NULL, 0, 0);
    assert_non_null(strstr(wire.head, "secret"));
    expect("GET", url_of("/away"), NULL, 0, 0);
    assert_null(strstr(wire.head, "secret"));
    assert_non_null(strstr(wire.head, "X-Kept"));
}

static void redirect_to_another_origin_loses_credentials(void **state)
{
    (void)state;
    run(serve_redirects, follow_away);
}

/* --- phases that last too long ------------------------------------------- */

static int heard; /* connections on which something came */

static void serve_silence(test_wire *self, int descriptor, int number)
{
    (void)number;
    if (duet_wait_readable(descriptor, DUET_NEVER) != 0)
        return;
    heard++;
    if (strcmp(reply, "") != 0 && test_wire_read(self, descriptor))
        test_wire_write(descriptor, reply);
    test_wire_wait_for_end(descriptor);
}

/* Keeps the loop so long that libcurl's limit and ours are over at once. */
static int keep_the_loop(void *argument)
{
    struct timespec moment = {.tv_nsec = 40000000};
    int status = duet_sleep(duet_in_ms(10));

    (void)argument;
    nanosleep(&moment, NULL);
    return status;
}

static void time_out(void)
{
    const duet_fetch_options first_byte = {.first_byte_ms = 20};
    const duet_fetch_options idle = {.idle_ms = 20};
    const duet_fetch_options connect = {.connect_ms = 20};
    const duet_fetch_options tls = {.tls_ms = 20};
    test_full_port full;
    char url[64];

    reply = "";
    expect("GET", url_of("/"), &first_byte, DUET_ETIMEDOUT,
           DUET_PHASE_FIRST_BYTE);
    assert_non_null(strstr(duet_error_detail(), "first byte 127.0.0.1:"));
    reply = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc";
    expect("GET", url_of("/"), &idle, DUET_ETIMEDOUT, DUET_PHASE_BODY);
    reply = "";
    snprintf(url, sizeof url, "https://127.0.0.1:%d/", wire.port);
    expect("GET", url, &tls, DUET_ETIMEDOUT, DUET_PHASE_TLS);
    test_full_port_open(&full);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/", full.port);
    expect("GET", url, &connect, DUET_ETIMEDOUT, DUET_PHASE_CONNECT);
    assert_non_null(strstr(duet_error_detail(), ": no answer after "));
    assert_status(duet_spawn(keep_the_loop, NULL, NULL, NULL), 0);
    expect("GET", url, &connect, DUET_ETIMEDOUT, DUET_PHASE_CONNECT);
    assert_non_null(strstr(duet_error_detail(), ": no answer after "));
    test_full_port_close(&full);
}

static void phase_timeout_names_its_phase(void **state)
{
    (void)state;
    run(serve_silence, time_out);
}

static test_dns dns;

static void open_with_dns(void)
{
    duet_session_options options = {.per_host_max = 1};

    duet_session_close(session);
    test_dns_start(&dns);
    options.dns_servers = dns.address;
    assert_status(duet_session_open(&options, &session), 0);
}

static void time_out_resolving(void)
{
    const duet_fetch_options options = {.resolve_ms = 20};
    duet_response *response;

    open_with_dns();
    expect("GET", "http://silent.test/", &options, DUET_ETIMEDOUT,
           DUET_PHASE_RESOLVE);
    expect("GET", "http://missing.test/", NULL, DUET_ERESOLVE,
           DUET_PHASE_RESOLVE);
    assert_status(
        duet_get(session, "http://silent.test/", NULL, &response, DUET_NOW),
        DUET_ETIMEDOUT);
    test_dns_stop(&dns);
}

static void resolving_has_a_timeout_of_its_own(void **state)
{
    (void)state;
    run(serve_silence, time_out_resolving);
}

/* --- giving up in each phase --------------------------------------------- */

typedef struct fetcher {
    const char *url;
    const duet_fetch_options *options;
    int status;
    duet_phase phase;
    duet_task *task;
} fetcher;

static int fetch(void *argument)
{
    fetcher *self = argument;
    duet_response *response;

    self->status =
        duet_get(session, self->url, self->options, &response, DUET_NEVER);
    self->phase = duet_error_phase();
    duet_response_free(response);
    return 0;
}

enum { FETCHERS = 5 };

/* One for each phase: waits for a slot, for a name, for a connection, for
 * TLS, for an answer. */
static void start_fetchers(fetcher *fetchers, test_full_port *full)
{
    static char urls[FETCHERS][256];
    static const duet_phase phases[FETCHERS] = {
        DUET_PHASE_FIRST_BYTE, DUET_PHASE_QUEUE, DUET_PHASE_RESOLVE,
        DUET_PHASE_CONNECT, DUET_PHASE_TLS};

    reply = "";
    heard = 0;
    open_with_dns();
    dns.questions = 0;
    test_full_port_open(full);
    snprintf(urls[0], sizeof urls[0], "%s", url_of("/"));
    snprintf(urls[1], sizeof urls[1], "%s", url_of("/"));
    snprintf(urls[2], sizeof urls[2], "http://silent.test/");
    snprintf(urls[3], sizeof urls[3], "http://127.0.0.1:%d/", full->port);
    snprintf(urls[4], sizeof urls[4], "https://127.0.0.1:%d/", wire.port);
    for (int i = 0; i < FETCHERS; i++) {
        fetchers[i] = (fetcher){.url = urls[i], .phase = phases[i]};
        assert_status(duet_spawn(fetch, &fetchers[i], NULL, &fetchers[i].task),
                      0);
    }
    while (heard < 2 || dns.questions == 0)
        (void)!duet_sleep(duet_in_ms(1));
    assert_int_equal(session->admission.running, FETCHERS - 2);
    assert_int_equal(session->admission.waiting, 1);
}

static void expect_ends(fetcher *fetchers, int code)
{
    static const duet_phase phases[FETCHERS] = {
        DUET_PHASE_FIRST_BYTE, DUET_PHASE_QUEUE, DUET_PHASE_RESOLVE,
        DUET_PHASE_CONNECT, DUET_PHASE_TLS};

    for (int i = 0; i < FETCHERS; i++) {
        assert_status(duet_join(fetchers[i].task, NULL, DUET_NEVER), 0);
        assert_status(fetchers[i].status, code);
        assert_int_equal(fetchers[i].phase, phases[i]);
    }
}

static void cancel_all(void)
{
    fetcher fetchers[FETCHERS];
    test_full_port full;

    start_fetchers(fetchers, &full);
    for (int i = FETCHERS - 1; i >= 0; i--)
        duet_task_cancel(fetchers[i].task);
    expect_ends(fetchers, DUET_ECANCELED);
    assert_int_equal(session->admission.running, 0);
    test_full_port_close(&full);
    test_dns_stop(&dns);
}

static void cancelling_ends_every_phase_and_frees_its_slot(void **state)
{
    (void)state;
    run(serve_silence, cancel_all);
}

static void close_session(void)
{
    fetcher fetchers[FETCHERS];
    test_full_port full;

    start_fetchers(fetchers, &full);
    duet_session_close(session);
    session = NULL;
    expect_ends(fetchers, DUET_ECLOSED);
    test_full_port_close(&full);
    test_dns_stop(&dns);
}

static void closing_the_session_ends_every_phase(void **state)
{
    (void)state;
    run(serve_silence, close_session);
}

static void cancel_then_get(void)
{
    char url[256];
    fetcher first = {.url = url};
    const duet_fetch_options options = {.queue_ms = 20};

    reply = "";
    open_with_dns();
    snprintf(url, sizeof url, "%s", url_of("/"));
    assert_status(duet_spawn(fetch, &first, NULL, &first.task), 0);
    (void)!duet_yield();
    expect("GET", url, &options, DUET_ETIMEDOUT, DUET_PHASE_QUEUE);
    duet_task_cancel(first.task);
    assert_status(duet_join(first.task, NULL, DUET_NEVER), 0);
    assert_int_equal(session->admission.running, 0);
    test_dns_stop(&dns);
}

static void queue_has_a_timeout_of_its_own(void **state)
{
    (void)state;
    run(serve_silence, cancel_then_get);
}

TEST_MAIN(test(replies_are_taken_or_refused_with_a_reason),
          test(reset_is_told_by_what_had_come),
          test(idempotent_request_is_sent_again),
          test(post_is_never_sent_twice),
          test(body_is_sent_with_its_length_and_type),
          test(text_that_would_break_the_head_is_refused),
          test(bad_requests_are_refused_before_anything_is_sent),
          test(redirect_keeps_or_changes_the_method),
          test(redirect_to_another_origin_loses_credentials),
          test(phase_timeout_names_its_phase),
          test(resolving_has_a_timeout_of_its_own),
          test(cancelling_ends_every_phase_and_frees_its_slot),
          test(closing_the_session_ends_every_phase),
          test(queue_has_a_timeout_of_its_own))
