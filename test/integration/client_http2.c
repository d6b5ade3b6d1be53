/* SPDX-License-Identifier: MIT */
/* The client against servers of HTTP/2, good and bad (test/support/http2.py):
 * many streams on one connection, and what becomes of them when a stream or the
 * connection ends. Each request is on the wire at most twice, and nothing is
 * lost. */
#include "support/peer.h"
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <duet/duet.h>

enum { MANY = 100, POLL_MS = 5, UPLOAD_BYTES = 1000000 };

static test_peer server;
static test_peer narrow; /* takes one stream at a time */
static bool has_http2;   /* libcurl before 8.2 is kept from it */

/* --- the servers --------------------------------------------------------- */

static void start_peer(test_peer *peer, const char *streams)
{
    char port[16];

    test_peer_init(peer);
    test_command(peer->folder, "openssl", "req", "-x509", "-newkey", "ec",
                 "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                 "server.key", "-out", "server.pem", "-days", "30", "-subj",
                 "/CN=server", NULL);
    test_file_write(peer->folder, "requests", "", 0);
    snprintf(port, sizeof port, "%d", peer->port);
    test_peer_start(peer, DUET_PYTHON, DUET_SOURCE_DIR "/test/support/http2.py",
                    port, streams, NULL);
}

/* How many lines that end with `end` a peer has written. */
static int count_requests(const test_peer *peer, const char *end)
{
    char name[TEST_FOLDER_BYTES + 16];
    char line[256];
    int count = 0;
    FILE *file;

    snprintf(name, sizeof name, "%s/requests", peer->folder);
    file = fopen(name, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        const char *found = strstr(line, end);

        count += found != NULL && strcmp(found + strlen(end), "\n") == 0;
    }
    fclose(file);
    return count;
}

static void wait_for_requests(const char *end, int count)
{
    while (count_requests(&server, end) < count)
        assert_status(duet_sleep(duet_in_ms(POLL_MS)), 0);
}

/* --- a session ----------------------------------------------------------- */

static int fetch(duet_session *session, const char *method, const char *path,
                 duet_response **response)
{
    static const char body[UPLOAD_BYTES];
    duet_fetch_options options = {0};
    char url[128];

    if (strcmp(method, "POST") == 0) {
        options.body = body;
        options.body_bytes = sizeof body;
    }
    snprintf(url, sizeof url, "https://127.0.0.1:%d%s", server.port, path);
    return duet_fetch(session, method, url, &options, response,
                      duet_in_ms(200000));
}

static void expect(duet_session *session, const char *path, const char *body)
{
    duet_response *response;
    int status = fetch(session, "GET", path, &response);

    if (status != 0)
        print_error("%s: %s\n", path, duet_error_message(status));
    assert_status(status, 0);
    assert_int_equal(duet_response_status(response), 200);
    assert_string_equal(duet_response_body(response, NULL), body);
    duet_response_free(response);
}

/* The number of the connection that is used now. */
static int ask(duet_session *session)
{
    duet_response *response;
    int number;

    assert_status(fetch(session, "GET", "/number", &response), 0);
    number = atoi(duet_response_body(response, NULL));
    duet_response_free(response);
    return number;
}

/* One of many requests at the same time. */
typedef struct one {
    duet_session *session;
    const char *method;
    char path[64];
    char body[64]; /* of the answer */
} one;

static int fetch_one(void *argument)
{
    one *self = argument;
    duet_response *response;
    int status = fetch(self->session, self->method, self->path, &response);

    if (status != 0) {
        snprintf(self->body, sizeof self->body, "%s",
                 duet_error_message(status));
        return status;
    }
    snprintf(self->body, sizeof self->body, "%s",
             duet_response_body(response, NULL));
    status = duet_response_status(response);
    duet_response_free(response);
    return status == 200 ? 0 : DUET_EPROTOCOL;
}

static duet_task *begin(one *self)
{
    duet_task *task;

    assert_status(duet_spawn(fetch_one, self, NULL, &task), 0);
    return task;
}

static void end(duet_task *task, int expected)
{
    int result;

    assert_status(duet_join(task, &result, DUET_NEVER), 0);
    assert_status(result, expected);
}

/* `count` of `form`, numbered, each of which is answered with its own path. */
static void fetch_all(duet_session *session, const char *form, int count)
{
    static one ones[MANY];
    static duet_call calls[MANY];
    const duet_gather_options all = {.collect_errors = true};

    for (int i = 0; i < count; i++) {
        ones[i] = (one){.session = session, .method = "GET"};
        snprintf(ones[i].path, sizeof ones[i].path, "%s%d", form, i);
        calls[i] = (duet_call){.function = fetch_one, .argument = &ones[i]};
    }
    assert_status(duet_gather(calls, (size_t)count, &all, DUET_NEVER), 0);
    for (int i = 0; i < count; i++) {
        assert_string_equal(ones[i].body, ones[i].path);
        assert_in_range(count_requests(&server, ones[i].path), 1, 2);
    }
}

static int run_body(void *argument)
{
    void (*const *body)(duet_session * session) = argument;
    const duet_session_options options = {.insecure_no_verify = true,
                                          .per_host_max = MANY};
    duet_session *session;

    assert_status(duet_session_open(&options, &session), 0);
    (*body)(session);
    duet_session_close(session);
    return 0;
}

static void run(void (*body)(duet_session *session))
{
    if (!has_http2)
        test_skip("this libcurl speaks HTTP/1.1 only in duet");
    assert_status(duet_run(run_body, &body, NULL), 0);
}

/* --- what is spoken ------------------------------------------------------ */

static int ask_what_is_spoken(void *argument)
{
    const duet_session_options options = {.insecure_no_verify = true};
    duet_session *session;
    duet_response *response;

    (void)argument;
    assert_status(duet_session_open(&options, &session), 0);
    assert_status(fetch(session, "GET", "/number", &response), 0);
    has_http2 = strcmp(duet_response_body(response, NULL), "HTTP/1.1") != 0;
    duet_response_free(response);
    duet_session_close(session);
    return 0;
}

static int start_servers(void **state)
{
    (void)state;
    if (!test_has_program("openssl"))
        test_skip_all("no openssl: HTTP/2 is not tried");
    start_peer(&server, "1000");
    start_peer(&narrow, "1");
    assert_status(duet_run(ask_what_is_spoken, NULL, NULL), 0);
    return 0;
}

static int stop_servers(void **state)
{
    (void)state;
    test_peer_stop(&server);
    test_peer_stop(&narrow);
    return 0;
}

static void get_in_any_version(duet_session *session)
{
    for (int i = 0; i < 3; i++) {
        duet_response *response;

        assert_status(fetch(session, "GET", "/number", &response), 0);
        assert_int_equal(duet_response_status(response), 200);
        duet_response_free(response);
    }
}

static void host_of_both_versions_is_answered_in_either(void **state)
{
    void (*body)(duet_session * session) = get_in_any_version;

    (void)state;
    assert_status(duet_run(run_body, &body, NULL), 0);
}

/* --- many streams -------------------------------------------------------- */

static void share(duet_session *session)
{
    int number = ask(session);

    fetch_all(session, "/together/100/share", MANY);
    assert_int_equal(ask(session), number);
}

static void many_streams_share_a_connection(void **state)
{
    (void)state;
    run(share);
}

/* The second begins when the first has no answer yet, so that nothing but the
 * number of the stream says what an answer belongs to. */
static void overtake(duet_session *session)
{
    one held = {.session = session, .method = "GET", .path = "/hold"};
    one upload = {.session = session, .method = "POST", .path = "/length"};
    int before = count_requests(&server, "/hold");
    duet_task *task = begin(&held);
    char number[32];

    wait_for_requests("/hold", before + 1);
    end(begin(&upload), 0);
    assert_string_equal(upload.body, "1000000");
    snprintf(number, sizeof number, "%d", ask(session));
    expect(session, "/release", number);
    end(task, 0);
    assert_string_equal(held.body, number);
    assert_int_equal(count_requests(&server, "/hold"), before + 1);
}

static void second_stream_is_answered_before_the_first_head(void **state)
{
    (void)state;
    run(overtake);
}

/* The second goes out on a connection of which nothing has told yet that it is
 * of HTTP/2, and its answer comes while the bytes of the third wait to be sent:
 * more than it has itself. */
static void crowd(duet_session *session)
{
    one ones[] = {{.session = session, .method = "GET", .path = "/hold"},
                  {.session = session, .method = "GET", .path = "/hold"},
                  {.session = session, .method = "POST", .path = "/flood"}};
    int before = count_requests(&server, "/hold");
    duet_task *tasks[3];

    for (int i = 0; i < 3; i++) {
        tasks[i] = begin(&ones[i]);
        if (i < 2)
            wait_for_requests("/hold", before + i + 1);
    }
    for (int i = 0; i < 3; i++)
        end(tasks[i], 0);
    assert_string_equal(ones[0].body, ones[1].body);
    assert_string_equal(ones[2].body, "1000000");
    assert_int_equal(count_requests(&server, "/hold"), before + 2);
    assert_int_equal(count_requests(&server, "/flood"), 1);
}

static void answer_is_one_while_the_bytes_of_another_stream_wait(void **state)
{
    (void)state;
    run(crowd);
}

static void stall(duet_session *session)
{
    one stalled = {.session = session, .method = "GET", .path = "/stall"};
    one upload = {.session = session, .method = "POST", .path = "/upload"};
    int number = ask(session);
    duet_task *download = begin(&stalled);
    duet_task *sending = begin(&upload);
    char text[32];

    wait_for_requests("/stall", 1);
    wait_for_requests("POST /upload", 1);
    fetch_all(session, "/together/10/stall", 10);
    snprintf(text, sizeof text, "%d", number);
    expect(session, "/release", text);
    end(download, 0);
    end(sending, 0);
    assert_string_equal(stalled.body, "halfhalf");
    assert_string_equal(upload.body, "1000000");
}

static void others_go_on_while_streams_stall(void **state)
{
    (void)state;
    run(stall);
}

/* The loop does next to nothing while uploads have no window. */
static void expect_rest(void)
{
    duet_loop_counters before;
    duet_loop_counters after;

    duet_loop_get_counters(duet_current_loop(), &before);
    assert_status(duet_sleep(duet_in_ms(50)), 0);
    duet_loop_get_counters(duet_current_loop(), &after);
    assert_in_range(after.turns - before.turns, 1, 50);
}

/* The second request is begun when the bytes that open the window of the upload
 * have arrived and nobody has read them: it reads them, as it is sent, and
 * nothing more comes until the upload has ended. */
static void open_window(duet_session *session, const char *kind)
{
    one upload = {.session = session, .method = "POST"};
    one held = {.session = session, .method = "GET", .path = "/hold"};
    int full = count_requests(&server, "FULL");
    int wide = count_requests(&server, "WIDE");
    duet_task *sending;
    duet_task *waiting;
    char number[32];

    snprintf(upload.path, sizeof upload.path, "/narrow/%s", kind);
    sending = begin(&upload);
    wait_for_requests("FULL", full + 1);
    snprintf(number, sizeof number, "%d", ask(session));
    expect_rest();
    test_file_write(server.folder, "widen", "", 0);
    while (count_requests(&server, "WIDE") == wide)
        usleep(POLL_MS * 1000); /* the loop stands still */
    waiting = begin(&held);
    end(sending, 0);
    assert_string_equal(upload.body, "1000000");
    expect(session, "/release", number);
    end(waiting, 0);
    assert_string_equal(held.body, number);
}

static void open_window_of_stream(duet_session *session)
{
    open_window(session, "stream");
}

static void open_window_of_connection(duet_session *session)
{
    open_window(session, "connection");
}

static void open_window_of_all_streams(duet_session *session)
{
    open_window(session, "settings");
}

static void another_stream_reads_that_an_upload_may_go_on(void **state)
{
    (void)state;
    run(open_window_of_stream);
}

static void another_stream_reads_that_the_connection_has_room(void **state)
{
    (void)state;
    run(open_window_of_connection);
}

static void another_stream_reads_settings_that_let_an_upload_go_on(void **state)
{
    (void)state;
    run(open_window_of_all_streams);
}

static void give_up(duet_session *session)
{
    one held = {.session = session, .method = "GET", .path = "/hold"};
    int before = count_requests(&server, "/hold");
    int number = ask(session);
    duet_task *task = begin(&held);

    wait_for_requests("/hold", before + 1);
    duet_task_cancel(task);
    end(task, DUET_ECANCELED);
    assert_int_equal(ask(session), number);
    fetch_all(session, "/together/10/cancel", 10);
    assert_int_equal(ask(session), number);
}

static void cancelled_stream_leaves_the_connection_to_others(void **state)
{
    (void)state;
    run(give_up);
}

/* --- what ends ----------------------------------------------------------- */

static void refuse_beside(duet_session *session, const char *method,
                          const char *path, int expected, int requests)
{
    one held = {.session = session, .method = "GET", .path = "/hold"};
    one bad = {.session = session, .method = method};
    int before = count_requests(&server, "/hold");
    int number = ask(session);
    duet_task *task = begin(&held);
    char text[32];

    wait_for_requests("/hold", before + 1);
    snprintf(bad.path, sizeof bad.path, "%s", path);
    end(begin(&bad), expected);
    assert_int_equal(count_requests(&server, path), requests);
    snprintf(text, sizeof text, "%d", number);
    expect(session, "/release", text);
    end(task, 0);
    assert_string_equal(held.body, text);
}

static void reset(duet_session *session)
{
    refuse_beside(session, "GET", "/reset", DUET_EDISCONNECTED, 1);
    refuse_beside(session, "GET", "/reset-body", DUET_ETRUNCATED, 1);
}

static void reset_stream_fails_alone(void **state)
{
    (void)state;
    run(reset);
}

static void refuse(duet_session *session)
{
    one twice = {.session = session, .method = "GET", .path = "/refuse/a"};
    one post = {.session = session, .method = "POST", .path = "/refuse/b"};

    ask(session);
    expect(session, "/refuse-once/a", "/refuse-once/a");
    assert_int_equal(count_requests(&server, "/refuse-once/a"), 2);
    end(begin(&twice), DUET_EDISCONNECTED);
    assert_int_equal(count_requests(&server, "/refuse/a"), 2);
    end(begin(&post), DUET_EDISCONNECTED);
    assert_int_equal(count_requests(&server, "/refuse/b"), 1);
}

static void refused_stream_is_sent_once_more_if_idempotent(void **state)
{
    (void)state;
    run(refuse);
}

static void go_away(duet_session *session)
{
    one post = {.session = session, .method = "POST", .path = "/goaway/2/post"};
    one get = {.session = session, .method = "GET", .path = "/goaway/2/get"};
    int number = ask(session);
    duet_task *task;

    fetch_all(session, "/goaway/20/all", 20);
    assert_int_not_equal(ask(session), number);
    task = begin(&get);
    wait_for_requests("/goaway/2/get", 1);
    end(begin(&post), DUET_EDISCONNECTED);
    end(task, 0);
    assert_int_equal(count_requests(&server, "/goaway/2/post"), 1);
}

static void what_goaway_leaves_out_is_sent_once_more_if_idempotent(void **state)
{
    (void)state;
    run(go_away);
}

static void drop(duet_session *session)
{
    one get = {.session = session, .method = "GET", .path = "/drop/get"};

    ask(session);
    fetch_all(session, "/drop-once/10/all", 10);
    end(begin(&get), DUET_EDISCONNECTED);
    assert_int_equal(count_requests(&server, "/drop/get"), 2);
    ask(session);
}

static void streams_of_a_lost_connection_are_sent_once_more(void **state)
{
    (void)state;
    run(drop);
}

static void misdirect(duet_session *session)
{
    duet_response *response;

    assert_status(fetch(session, "GET", "/misdirected", &response), 0);
    assert_int_equal(duet_response_status(response), 421);
    assert_string_equal(duet_response_body(response, NULL), "not here");
    duet_response_free(response);
    assert_in_range(count_requests(&server, "/misdirected"), 1, 2);
    ask(session);
}

static void misdirected_request_is_a_response(void **state)
{
    (void)state;
    run(misdirect);
}

/* --- one stream at a time ------------------------------------------------ */

static void queue(duet_session *session)
{
    int wide = server.port;
    one first = {.session = session, .method = "GET", .path = "/number"};
    duet_call calls[MANY];

    server.port = narrow.port;
    for (int i = 0; i < MANY; i++)
        calls[i] = (duet_call){.function = fetch_one, .argument = &first};
    for (int round = 0; round < 2; round++)
        assert_status(duet_gather(calls, MANY, NULL, DUET_NEVER), 0);
    server.port = wide;
    assert_int_equal(count_requests(&narrow, "/number"), 2 * MANY);
}

static void
server_of_one_stream_at_a_time_is_asked_on_more_connections(void **state)
{
    (void)state;
    run(queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(host_of_both_versions_is_answered_in_either),
        test(many_streams_share_a_connection),
        test(second_stream_is_answered_before_the_first_head),
        test(answer_is_one_while_the_bytes_of_another_stream_wait),
        test(others_go_on_while_streams_stall),
        test(another_stream_reads_that_an_upload_may_go_on),
        test(another_stream_reads_that_the_connection_has_room),
        test(another_stream_reads_settings_that_let_an_upload_go_on),
        test(cancelled_stream_leaves_the_connection_to_others),
        test(reset_stream_fails_alone),
        test(refused_stream_is_sent_once_more_if_idempotent),
        test(what_goaway_leaves_out_is_sent_once_more_if_idempotent),
        test(streams_of_a_lost_connection_are_sent_once_more),
        test(misdirected_request_is_a_response),
        test(server_of_one_stream_at_a_time_is_asked_on_more_connections),
    };

    return cmocka_run_group_tests(tests, start_servers, stop_servers);
}
