/* SPDX-License-Identifier: MIT */
/* A response whose body is read as it comes, from a server that says on the
 * wire what it is told. On real time, as libcurl's clock is its own. */
#include "client/curl/state.h"
#include "client/session/session.h"
#include "support/test.h"
#include "support/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <duet/duet.h>

enum { LONG = 3000000 };

static test_wire wire;
static duet_session *session;
static duet_event *go; /* the server waits for it between two parts */
static size_t sent;    /* bytes of a long body */

/* What is sent: the first part at once, the second after `go`. */
static const char *first;
static const char *second;

static char pattern(size_t position)
{
    return (char)('a' + position % 23);
}

/* --- servers ------------------------------------------------------------- */

static void serve_parts(test_wire *self, int descriptor, int number)
{
    (void)number;
    while (test_wire_read(self, descriptor)) {
        test_wire_write(descriptor, first);
        if (second == NULL)
            continue;
        if (duet_event_wait(go, DUET_NEVER) != 0)
            return;
        test_wire_write(descriptor, second);
        if (strstr(first, "close") != NULL)
            return;
    }
}

static bool write_all(int descriptor, const char *bytes, size_t count)
{
    while (count > 0) {
        ssize_t taken = send(descriptor, bytes, count, MSG_NOSIGNAL);

        if (taken < 0 && errno == EAGAIN) {
            if (duet_wait_writable(descriptor, DUET_NEVER) != 0)
                return false;
            continue;
        }
        if (taken < 0)
            return false;
        bytes += taken;
        count -= (size_t)taken;
    }
    return true;
}

/* LONG bytes of the pattern, in chunks if `first` says so. */
static void serve_long(test_wire *self, int descriptor, int number)
{
    char piece[10000];
    char line[32];
    bool is_chunked;

    (void)number;
    while (test_wire_read(self, descriptor)) {
        is_chunked = strstr(first, "chunked") != NULL;
        test_wire_write(descriptor, first);
        for (sent = 0; sent < LONG; sent += sizeof piece) {
            for (size_t i = 0; i < sizeof piece; i++)
                piece[i] = pattern(sent + i);
            snprintf(line, sizeof line, "%zx\r\n", sizeof piece);
            if ((is_chunked && !write_all(descriptor, line, strlen(line))) ||
                !write_all(descriptor, piece, sizeof piece) ||
                (is_chunked && !write_all(descriptor, "\r\n", 2)))
                return;
        }
        if (is_chunked)
            test_wire_write(descriptor, "0\r\nX-Trailer: 1\r\n\r\n");
    }
}

/* --- runs ---------------------------------------------------------------- */

typedef struct setting {
    test_wire_serve *serve;
    void (*body)(void);
} setting;

static int in_setting(void *argument)
{
    const setting *self = argument;

    second = NULL;
    assert_status(duet_event_new(&go), 0);
    test_wire_start(&wire, self->serve);
    assert_status(duet_session_open(NULL, &session), 0);
    self->body();
    if (session != NULL) {
        assert_int_equal(session->admission.running, 0);
        assert_int_equal(session->exchanges, 0);
    }
    duet_session_close(session);
    test_wire_stop(&wire);
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

static duet_response *open_with(const duet_fetch_options *options)
{
    duet_response *response;
    int status = duet_open(session, "GET", url_of("/"), options, &response,
                           duet_in_ms(60000));

    if (status != 0)
        print_error("%s\n", duet_error_message(status));
    assert_status(status, 0);
    return response;
}

/* Expects these bytes as the next. */
static void expect_bytes(duet_response *response, const char *bytes)
{
    char buffer[64];

    assert_status(duet_read_exactly(duet_response_reader(response), buffer,
                                    strlen(bytes), duet_in_ms(60000)),
                  0);
    assert_memory_equal(buffer, bytes, strlen(bytes));
}

static void expect_end(duet_response *response, int status)
{
    const char *bytes;
    size_t length;

    for (int i = 0; i < 2; i++) {
        assert_status(duet_read_next(duet_response_reader(response), &bytes,
                                     &length, duet_in_ms(60000)),
                      status);
        assert_null(bytes);
        assert_int_equal(length, 0);
    }
}

static const duet__transfer *running(void)
{
    const duet__list *list = &session->driver->running;

    assert_false(duet__list_is_empty(list));
    return DUET__MEMBER(list->next, duet__transfer, link);
}

/* Waits until receiving is paused. */
static void wait_until_full(void)
{
    while (!running()->is_full)
        assert_status(duet_sleep(duet_in_ms(1)), 0);
}

/* --- reading ------------------------------------------------------------- */

static void read_parts(void)
{
    duet_response *response;

    first = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nA: b\r\n\r\nabc";
    second = "def";
    response = open_with(NULL);
    assert_int_equal(duet_response_status(response), 200);
    assert_string_equal(duet_fields_get(duet_response_fields(response), "A"),
                        "b");
    assert_string_equal(duet_response_body(response, NULL), "");
    assert_int_equal(duet_reader_remaining(duet_response_reader(response)), 6);
    expect_bytes(response, "abc");
    assert_int_equal(duet_reader_remaining(duet_response_reader(response)), 3);
    assert_int_equal(session->admission.running, 1);
    duet_event_set(go);
    expect_bytes(response, "def");
    expect_end(response, DUET_EEMPTY);
    assert_int_equal(duet_reader_remaining(duet_response_reader(response)), 0);
    assert_int_equal(session->admission.running, 0);
    assert_int_equal(session->exchanges, 0);
    duet_response_free(response);
}

static void body_is_read_as_it_comes(void **state)
{
    (void)state;
    run(serve_parts, read_parts);
}

static void read_nothing(void)
{
    static const char *const heads[] = {
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        ("HTTP/1.1 100 Continue\r\n\r\n"
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    };

    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        duet_response *response;

        first = heads[i];
        response = open_with(NULL);
        expect_end(response, DUET_EEMPTY);
        duet_response_free(response);
        response = open_with(NULL); /* not read at all */
        duet_response_free(response);
    }
    assert_int_equal(wire.connections, 1);
}

static void body_of_nothing_ends_at_once(void **state)
{
    (void)state;
    run(serve_parts, read_nothing);
}

static void expect_pattern(duet_response *response)
{
    duet_reader *reader = duet_response_reader(response);
    size_t count = 0;
    const char *bytes;
    size_t length;
    int status;

    while ((status = duet_read_next(reader, &bytes, &length,
                                    duet_in_ms(60000))) == 0) {
        for (size_t i = 0; i < length; i++)
            if (bytes[i] != pattern(count + i))
                fail_msg("byte %zu", count + i);
        count += length;
    }
    assert_status(status, DUET_EEMPTY);
    assert_int_equal(count, LONG);
}

static void read_slowly(void)
{
    static const char *const heads[] = {
        "HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    };
    static const int rings[] = {1024, 0, 100000, 5000000};

    for (size_t i = 0; i < 8; i++) {
        const duet_fetch_options options = {.ring_bytes = rings[i / 2]};
        duet_response *response;

        first = heads[i % 2];
        response = open_with(&options);
        if (rings[i / 2] < LONG)
            wait_until_full();
        expect_pattern(response);
        duet_response_free(response);
    }
    assert_int_equal(wire.connections, 1);
}

static void slow_reader_holds_the_server_and_loses_nothing(void **state)
{
    (void)state;
    run(serve_long, read_slowly);
}

static void read_lines(void)
{
    const char *line;
    duet_response *response;

    first = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\none\ntw";
    second = "o\nthree";
    response = open_with(NULL);
    duet_event_set(go);
    for (int i = 0; i < 3; i++) {
        static const char *const lines[] = {"one", "two", "three"};

        assert_status(duet_read_line(duet_response_reader(response), &line,
                                     NULL, DUET_NEVER),
                      0);
        assert_string_equal(line, lines[i]);
    }
    expect_end(response, DUET_EEMPTY);
    duet_response_free(response);
}

static void lines_are_read_across_pieces(void **state)
{
    (void)state;
    run(serve_parts, read_lines);
}

/* --- ends that are none -------------------------------------------------- */

static void expect_cuts(void)
{
    static const struct {
        const char *first;
        const char *second;
        int code;
    } rows[] = {
        {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 9\r\n\r\nabc",
         "", DUET_ETRUNCATED},
        {"HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: "
         "chunked\r\n\r\n3\r\nabc\r\n",
         "5\r\nx", DUET_ETRUNCATED},
        {"HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: "
         "chunked\r\n\r\n3\r\nabc\r\n",
         "nonsense\r\n", DUET_EPROTOCOL},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        duet_response *response;

        first = rows[i].first;
        second = rows[i].second;
        duet_event_clear(go);
        response = open_with(NULL);
        expect_bytes(response, "abc");
        duet_event_set(go);
        if (rows[i].second[0] == '5')
            expect_bytes(response, "x");
        expect_end(response, rows[i].code);
        assert_int_equal(session->admission.running, 0);
        duet_response_free(response);
    }
}

static void body_that_is_cut_off_never_ends_well(void **state)
{
    (void)state;
    run(serve_parts, expect_cuts);
}

static void expect_limits(void)
{
    const duet_fetch_options options = {.body_bytes_max = 4};
    duet_response *response;

    first = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde";
    assert_status(
        duet_open(session, "GET", url_of("/"), &options, &response, DUET_NEVER),
        DUET_ETOOLARGE);
    assert_null(response);
    first = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
    response = open_with(&options);
    expect_bytes(response, "abcd");
    expect_end(response, DUET_ETOOLARGE);
    duet_response_free(response);
    first = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabcd";
    response = open_with(&options);
    expect_bytes(response, "abcd");
    expect_end(response, DUET_EEMPTY);
    duet_response_free(response);
}

static void longer_body_than_the_limit_is_refused(void **state)
{
    (void)state;
    run(serve_parts, expect_limits);
}

static void expect_silence(void)
{
    const duet_fetch_options options = {.idle_ms = 20};
    const char *bytes;
    size_t length;
    duet_response *response;

    first = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc";
    second = "de";
    response = open_with(&options);
    expect_bytes(response, "abc");
    expect_end(response, DUET_ETIMEDOUT);
    assert_int_equal(session->admission.running, 0);
    duet_response_free(response);
    response = open_with(NULL);
    expect_bytes(response, "abc");
    assert_status(duet_read_next(duet_response_reader(response), &bytes,
                                 &length, duet_in_ms(5)),
                  DUET_ETIMEDOUT); /* a deadline ends the call only */
    duet_event_set(go);
    expect_bytes(response, "de");
    expect_end(response, DUET_EEMPTY);
    duet_response_free(response);
}

static void silent_server_times_out_and_a_deadline_does_not_end_it(void **state)
{
    (void)state;
    run(serve_parts, expect_silence);
}

static void read_after_a_pause(void)
{
    const duet_fetch_options options = {.idle_ms = 1000, .ring_bytes = 1024};
    duet_response *response;

    first = "HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n";
    response = open_with(&options);
    wait_until_full();
    assert_status(duet_sleep(duet_in_ms(1100)), 0);
    expect_pattern(response);
    duet_response_free(response);
}

static void slow_reader_is_not_taken_for_a_silent_server(void **state)
{
    (void)state;
    run(serve_long, read_after_a_pause);
}

/* --- given up ------------------------------------------------------------ */

static void free_early(void)
{
    const duet_fetch_options options = {.ring_bytes = 1024};
    duet_response *response;

    first = "HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n";
    response = open_with(&options);
    wait_until_full();
    duet_response_free(response);
    assert_int_equal(session->admission.running, 0);
    assert_int_equal(session->exchanges, 0);
    response = open_with(&options);
    assert_false(duet_response_reused(response));
    expect_bytes(response, "abc");
    duet_response_free(response);
    response = open_with(NULL);
    expect_pattern(response);
    assert_int_equal(wire.connections, 3);
    duet_response_free(response);
}

static void freed_in_the_middle_it_gives_its_connection_up(void **state)
{
    (void)state;
    run(serve_long, free_early);
}

static void free_near_the_end(void)
{
    static char text[40000];
    const duet_fetch_options options = {.ring_bytes = 1024};
    duet_response *response;
    int head = snprintf(text, sizeof text,
                        "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", 30000);

    memset(text + head, 'x', 30000);
    text[head + 30000] = '\0';
    first = text;
    for (int i = 0; i < 4; i++) {
        response = open_with(&options);
        assert_int_equal(duet_response_reused(response), i > 0);
        wait_until_full();
        if (i % 2 == 1)
            expect_bytes(response, "xxx");
        duet_response_free(response);
        assert_int_equal(session->admission.running, 0);
    }
    response = open_with(NULL);
    duet_response_free(response);
    assert_int_equal(wire.connections, 1);
}

static void freed_near_the_end_it_keeps_its_connection(void **state)
{
    (void)state;
    run(serve_parts, free_near_the_end);
}

typedef struct opener {
    bool has_head;
    int status;
    duet_task *task;
} opener;

static int open_and_read(void *argument)
{
    opener *self = argument;
    duet_response *response;
    const char *bytes;
    size_t length;

    self->status =
        duet_open(session, "GET", url_of("/"), NULL, &response, DUET_NEVER);
    self->has_head = self->status == 0;
    while (self->status == 0)
        self->status = duet_read_next(duet_response_reader(response), &bytes,
                                      &length, DUET_NEVER);
    duet_response_free(response);
    return 0;
}

/* Starts one and lets it come to where it waits. */
static void start_opener(opener *self, const char *text)
{
    int requests = wire.requests;

    *self = (opener){.status = 1};
    first = text;
    second = "";
    assert_status(duet_spawn(open_and_read, self, NULL, &self->task), 0);
    while (wire.requests == requests || self->has_head != (strlen(text) > 0))
        assert_status(duet_sleep(duet_in_ms(1)), 0);
}

static void expect_opener(opener *self, int status)
{
    assert_status(duet_join(self->task, NULL, DUET_NEVER), 0);
    assert_status(self->status, status);
}

static void cancel_each(void)
{
    opener one;

    start_opener(&one, "");
    duet_task_cancel(one.task);
    expect_opener(&one, DUET_ECANCELED);
    assert_int_equal(session->admission.running, 0);
    start_opener(&one, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc");
    duet_task_cancel(one.task);
    expect_opener(&one, DUET_ECANCELED);
}

static void cancelling_ends_it_at_each_wait(void **state)
{
    (void)state;
    run(serve_parts, cancel_each);
}

static void close_session(void)
{
    static const char text[] =
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc";
    duet_response *response;
    duet_response *unread;
    opener one;

    start_opener(&one, text);
    response = open_with(NULL);
    unread = open_with(NULL);
    duet_session_close(session);
    session = NULL;
    expect_opener(&one, DUET_ECLOSED);
    expect_bytes(response, "abc");
    expect_end(response, DUET_ECLOSED);
    duet_response_free(response);
    duet_response_free(unread);
}

static void closing_the_session_ends_it(void **state)
{
    (void)state;
    run(serve_parts, close_session);
}

static void close_reader(void)
{
    duet_response *response;
    const char *bytes;
    size_t length;

    first = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc";
    response = open_with(NULL);
    duet_reader_close(duet_response_reader(response));
    assert_int_equal(session->admission.running, 0);
    assert_status(duet_read_next(duet_response_reader(response), &bytes,
                                 &length, DUET_NEVER),
                  DUET_ECLOSED);
    assert_int_equal(duet_response_status(response), 200);
    duet_response_free(response);
}

static void closing_the_reader_gives_the_rest_up(void **state)
{
    (void)state;
    run(serve_parts, close_reader);
}

/* --- options ------------------------------------------------------------- */

static duet_body_sink refuse;
static int refuse(void *context, const void *bytes, size_t count)
{
    (void)context;
    (void)bytes;
    (void)count;
    return DUET_EIO;
}

static void expect_refusals(void)
{
    const duet_fetch_options wrong[] = {
        {.ring_bytes = -1},
        {.ring_bytes = 1023},
        {.ring_bytes = (int64_t)1 << 31},
        {.body_sink = refuse},
    };
    duet_response *failed;
    const duet_fetch_options options = {.out_failed = &failed};
    duet_response *response;

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_status(duet_open(session, "GET", url_of("/"), &wrong[i],
                                &response, DUET_NEVER),
                      DUET_EINVAL);
    assert_int_equal(wire.connections, 0);
    first = "HTTP/1.1 302 Found\r\nLocation: ftp://a/\r\nContent-Length: 0"
            "\r\n\r\n";
    assert_status(
        duet_open(session, "GET", url_of("/"), &options, &response, DUET_NEVER),
        DUET_EREDIRECT);
    assert_int_equal(duet_response_status(failed), 302);
    duet_response_free(failed);
}

static void failure_before_the_head_is_told(void **state)
{
    (void)state;
    run(serve_parts, expect_refusals);
}

static void read_whole(void)
{
    duet_response *response;
    duet_reader *reader;

    first = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde";
    assert_status(duet_get(session, url_of("/"), NULL, &response, DUET_NEVER),
                  0);
    reader = duet_response_reader(response);
    assert_ptr_equal(reader, duet_response_reader(response));
    assert_int_equal(duet_reader_remaining(reader), 5);
    expect_bytes(response, "abcde");
    expect_end(response, DUET_EEMPTY);
    assert_true(duet_reader_can_rewind(reader));
    assert_status(duet_reader_rewind(reader, DUET_NEVER), 0);
    expect_bytes(response, "abc");
    assert_string_equal(duet_response_body(response, NULL), "abcde");
    duet_response_free(response);
}

static void fetched_body_can_be_read_and_rewound(void **state)
{
    (void)state;
    run(serve_parts, read_whole);
}

TEST_MAIN(test(body_is_read_as_it_comes), test(body_of_nothing_ends_at_once),
          test(slow_reader_holds_the_server_and_loses_nothing),
          test(lines_are_read_across_pieces),
          test(body_that_is_cut_off_never_ends_well),
          test(longer_body_than_the_limit_is_refused),
          test(silent_server_times_out_and_a_deadline_does_not_end_it),
          test(slow_reader_is_not_taken_for_a_silent_server),
          test(freed_in_the_middle_it_gives_its_connection_up),
          test(freed_near_the_end_it_keeps_its_connection),
          test(cancelling_ends_it_at_each_wait),
          test(closing_the_session_ends_it),
          test(closing_the_reader_gives_the_rest_up),
          test(failure_before_the_head_is_told),
          test(fetched_body_can_be_read_and_rewound))
