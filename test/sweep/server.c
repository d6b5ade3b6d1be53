/* SPDX-License-Identifier: MIT */
/* server.c - a server that serves one request of each kind, again and again,
 * while each of its allocations and system calls fails in turn.
 *
 * The client speaks raw bytes in a thread of its own, which no fault strikes.
 * Whatever failed, the request gets its reply, a status that says so, or the
 * end of its connection, at once; the next one is served as ever. */
#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <duet/duet.h>
#include <jansson.h>

#include "fault.h"
#include "sweep.h"
#include "support/test.h"

enum {
    REPLY_BYTES = 8192,
    SILENCE_MS = 4000, /* a server that says nothing so long hangs */
    HEADER_MS = 300,   /* for a whole head */
    POLLS_MAX = 300,   /* of one exchange; more is spinning */
};

/* --- the server ----------------------------------------------------------- */

static int hello(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_text(request, 200, "hello");
}

static int echo(duet_request *request, void *context)
{
    size_t count;
    const char *body = duet_request_body(request, &count);

    (void)context;
    return duet_reply_bytes(request, 200, body, count, "text/plain");
}

static int echo_json(duet_request *request, void *context)
{
    json_t *json;
    int status = duet_request_json(request, &json);

    (void)context;
    return status != 0 ? status
                       : duet_reply_json(request, 200, json_incref(json));
}

static int look(duet_request *request, void *context)
{
    const duet_query *queries = duet_request_queries(request);
    const duet_fields *fields = duet_request_fields(request);
    const char *id = duet_request_parameter(request, "id");
    const char *value = duet_request_query(request, "b");
    int status;

    (void)context;
    if (queries == NULL || fields == NULL || id == NULL || value == NULL)
        return DUET_ENOMEM;
    status = duet_reply_field(request, "X-Path", duet_request_path(request));
    return status != 0 ? status
                       : duet_reply_textf(request, 200, "%s %s", id, value);
}

static int wait_a_little(duet_request *request, void *context)
{
    int status = duet_sleep(duet_in_ms(1));

    (void)context;
    return status != 0 ? status : duet_reply_text(request, 200, "waited");
}

static int give_up(duet_request *request, void *context)
{
    (void)request;
    (void)context;
    return DUET_EIO;
}

static void error_page(duet_request *request, int status, const char *detail,
                       void *context)
{
    (void)context;
    (void)!duet_reply_textf(request, status, "%d, sorry%s", status,
                            detail != NULL ? "" : "?");
}

/* --- requests ------------------------------------------------------------- */

typedef struct trial {
    const char *name;
    const char *request;
    int status; /* of its reply if nothing fails */
    const char *body;
} trial;

#define TEXT16 "abcdefghijklmnop"
#define TEXT256                                                                \
    TEXT16 TEXT16 TEXT16 TEXT16 TEXT16 TEXT16 TEXT16 TEXT16 TEXT16 TEXT16      \
        TEXT16 TEXT16 TEXT16 TEXT16 TEXT16 TEXT16
#define TEXT2048 TEXT256 TEXT256 TEXT256 TEXT256 TEXT256 TEXT256 TEXT256 TEXT256

static const trial trials[] = {
    {"small", "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n", 200, "hello"},
    {"body",
     "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"
     "12345",
     200, "12345"},
    {"chunks",
     "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
     "3\r\n123\r\n2\r\n45\r\n0\r\n\r\n",
     200, "12345"},
    {"json",
     "POST /json HTTP/1.1\r\nHost: a\r\nContent-Length: 56\r\n\r\n"
     "{\"a\":[1234567890123456789,2.5,\"\\u00e9" TEXT16 "\"]}",
     200, "{\"a\":[1234567890123456789,2.5,\"\xc3\xa9" TEXT16 "\"]}"},
    {"look",
     "GET /look/%C3%A9?a=1&b=%20x HTTP/1.1\r\nHost: a\r\nX-A: b \r\n\r\n", 200,
     "\xc3\xa9  x"},
    {"long", "GET /hello?" TEXT2048 " HTTP/1.1\r\nHost: a\r\n\r\n", 200,
     "hello"},
    {"wait", "GET /wait HTTP/1.1\r\nHost: a\r\n\r\n", 200, "waited"},
    {"failure", "GET /fail HTTP/1.1\r\nHost: a\r\n\r\n", 500, "500, sorry"},
    {"no route", "GET /none HTTP/1.1\r\nHost: a\r\n\r\n", 404, "404, sorry"},
    {"no method", "DELETE /hello HTTP/1.1\r\nHost: a\r\n\r\n", 405,
     "405, sorry"},
    {"asterisk", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 200, ""},
    {"no host", "GET /hello HTTP/1.1\r\n\r\n", 400, "400, sorry"},
    {"malformed", "GET /hello HTTP/1.1\r\nHost : a\r\n\r\n", 400, "400, sorry"},
    {"too large",
     "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5000000\r\n\r\n", 413,
     "413, sorry"},
};

enum { TRIALS = sizeof trials / sizeof *trials };

static const fault faults[] = {
    {"memory", FAULT_MEMORY, ENOMEM},
    {"accept EMFILE", FAULT_ACCEPT, EMFILE},
    {"accept ENFILE", FAULT_ACCEPT, ENFILE},
    {"accept ENOMEM", FAULT_ACCEPT, ENOMEM},
    {"accept ECONNABORTED", FAULT_ACCEPT, ECONNABORTED},
    {"accept EINTR", FAULT_ACCEPT, EINTR},
    {"accept EAGAIN", FAULT_ACCEPT, EAGAIN},
    {"accept EPERM", FAULT_ACCEPT, EPERM},
    {"epoll_ctl ENOMEM", FAULT_EPOLL_CTL, ENOMEM},
    {"epoll_ctl ENOSPC", FAULT_EPOLL_CTL, ENOSPC},
    {"epoll_wait EINTR", FAULT_EPOLL_WAIT, EINTR},
    {"send ECONNRESET", FAULT_SEND, ECONNRESET},
    {"send EPIPE", FAULT_SEND, EPIPE},
    {"send EINTR", FAULT_SEND, EINTR},
    {"send ENOBUFS", FAULT_SEND, ENOBUFS},
    {"send EIO", FAULT_SEND, EIO},
    {"recv ECONNRESET", FAULT_RECV, ECONNRESET},
    {"recv EINTR", FAULT_RECV, EINTR},
    {"recv ENOMEM", FAULT_RECV, ENOMEM},
    {"recv EIO", FAULT_RECV, EIO},
    {"getsockopt ENOBUFS", FAULT_GETSOCKOPT, ENOBUFS},
    {"setsockopt ENOBUFS", FAULT_SETSOCKOPT, ENOBUFS},
    {"name ENOBUFS", FAULT_NAME, ENOBUFS},
    {"open EMFILE", FAULT_OPEN, EMFILE},
};

/* --- the client ----------------------------------------------------------- */

typedef struct client {
    uint16_t port;
    char reply[REPLY_BYTES];
} client;

static client the_client;

static int dial(const client *self)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(self->port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (descriptor >= 0 &&
        connect(descriptor, (void *)&address, sizeof address) == 0)
        return descriptor;
    perror("connect");
    abort();
}

/* Is the reply whole that begins there? */
static bool is_whole(const char *reply)
{
    const char *end = strstr(reply, "\r\n\r\n");
    const char *length = strcasestr(reply, "\r\nContent-Length:");

    return end != NULL && (length == NULL ||
                           strlen(end + 4) >= strtoul(length + 17, NULL, 10));
}

/* What came of one request. */
enum { CLOSED = 0, HANGS = -1, CUT = -2 };

/* Returns the status of the reply, or what came in its place. */
static int ask(client *self, int descriptor, const char *request)
{
    struct pollfd wanted = {.fd = descriptor, .events = POLLIN};
    size_t length = 0;

    self->reply[0] = '\0';
    (void)!send(descriptor, request, strlen(request), MSG_NOSIGNAL);
    while (!is_whole(self->reply)) {
        ssize_t count;

        if (poll(&wanted, 1, SILENCE_MS) <= 0)
            return HANGS;
        count =
            recv(descriptor, self->reply + length, REPLY_BYTES - 1 - length, 0);
        if (count <= 0)
            return length == 0 ? CLOSED : CUT;
        length += (size_t)count;
        self->reply[length] = '\0';
    }
    return (int)strtol(self->reply + 9, NULL, 10);
}

static bool body_is(const client *self, const char *body)
{
    const char *end = strstr(self->reply, "\r\n\r\n");

    return end != NULL && strcmp(end + 4, body) == 0;
}

/* Served as if nothing had happened? */
static bool is_served(client *self, int descriptor, const trial *trial)
{
    return ask(self, descriptor, trial->request) == trial->status &&
           body_is(self, trial->body);
}

static void complain(const client *self, const sweep *sweep, const fault *fault,
                     int nth, const char *what, int status)
{
    sweep_complain(sweep, fault, nth, "%s (%d)\n%s", what, status, self->reply);
}

/* A client that connects and says nothing is not kept for ever, whatever failed
 * while it was accepted. */
static bool say_nothing(const sweep *sweep, const fault *fault, int nth)
{
    client *self = &the_client;
    int descriptor;
    int status;
    bool has_struck;

    fault_arm(fault, nth);
    descriptor = dial(self);
    status = ask(self, descriptor, "");
    has_struck = fault_disarm();
    if (status != CLOSED)
        complain(self, sweep, fault, nth, "it is kept", status);
    close(descriptor);
    return has_struck;
}

/* One request, in which the nth call fails. Returns whether one did. */
static bool try(const sweep *sweep, const fault *fault, int nth, bool is_second)
{
    client *self = &the_client;
    const trial *trial = sweep->trial;
    int descriptor;
    int status;
    bool has_struck;

    if (!is_second)
        fault_arm(fault, nth);
    descriptor = dial(self);
    if (is_second && !is_served(self, descriptor, &trials[0]))
        complain(self, sweep, fault, nth, "the first was not served", 0);
    if (is_second)
        fault_arm(fault, nth);
    status = ask(self, descriptor, trial->request);
    if (fault_polls() > POLLS_MAX)
        complain(self, sweep, fault, nth, "the loop spins", fault_polls());
    has_struck = fault_disarm();
    if (status == trial->status) {
        if (!body_is(self, trial->body) && status == 200)
            complain(self, sweep, fault, nth, "a wrong reply", status);
    } else if (!has_struck ||
               (status != 500 && status != 503 && status != CLOSED)) {
        complain(self, sweep, fault, nth, "not served, and not refused",
                 status);
    }
    close(descriptor);
    descriptor = dial(self);
    if (!is_served(self, descriptor, &trials[0]))
        complain(self, sweep, fault, nth, "the next was not served", 0);
    close(descriptor);
    return has_struck;
}

static bool try_first(const sweep *sweep, const fault *fault, int nth)
{
    return try(sweep, fault, nth, false);
}

static bool try_second(const sweep *sweep, const fault *fault, int nth)
{
    return try(sweep, fault, nth, true);
}

static int ask_all(void *argument)
{
    const sweep silence = {"silence", faults, 1, say_nothing, NULL, 0};

    (void)argument;
    (void)say_nothing(&silence, &faults[0],
                      INT_MAX); /* its timer has a place */
    sweep_all(&silence);
    for (int i = 0; i < TRIALS * 2; i++)
        sweep_all(&(sweep){
            .name = trials[i / 2].name,
            .faults = faults,
            .count = sizeof faults / sizeof *faults,
            .try = i % 2 == 1 ? try_second : try_first,
            .trial = &trials[i / 2],
        });
    return 0;
}

/* --- the case ------------------------------------------------------------- */

static void add_routes(duet_application *application)
{
    static const struct {
        const char *method, *pattern;
        duet_handler *handler;
    } routes[] = {
        {"GET", "/hello", hello},        {"POST", "/echo", echo},
        {"POST", "/json", echo_json},    {"GET", "/look/{id}", look},
        {"GET", "/wait", wait_a_little}, {"GET", "/fail", give_up},
    };

    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
        assert_status(duet_route(application, routes[i].method,
                                 routes[i].pattern, routes[i].handler, NULL),
                      0);
    assert_status(duet_application_on_error(application, error_page, NULL), 0);
}

static int serve(void *argument)
{
    FILE *log = argument;
    const duet_server_options options = {
        .error_log = log, .access_log = log, .header_timeout_ms = HEADER_MS};
    duet_application *application;
    duet_server *server;
    duet_thread *thread;

    assert_status(duet_application_new(NULL, &application), 0);
    add_routes(application);
    assert_status(duet_server_start(application, &options, &server), 0);
    the_client.port = duet_server_port(server);
    fault_watch_this_thread();
    assert_status(duet_thread_start(ask_all, NULL, NULL, &thread), 0);
    assert_status(duet_thread_join(thread, NULL, DUET_NEVER), 0);
    assert_status(duet_server_stop(server, duet_in_ms(10000)), 0);
    duet_application_free(application);
    assert_int_equal(sweep_complaints(), 0);
    return 0;
}

static void whatever_fails_the_next_is_served(void **state)
{
    FILE *log = fopen("/dev/null", "w");

    (void)state;
    assert_non_null(log);
    assert_status(duet_run(serve, log, NULL), 0);
    fclose(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(whatever_fails_the_next_is_served),
    };

    if (!fault_is_possible())
        return 77;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
