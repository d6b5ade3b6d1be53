/* SPDX-License-Identifier: MIT */
/* client.c - one exchange of each kind, again and again, while each of its
 * allocations and system calls fails in turn.
 *
 * The servers live in another thread, or process, which no fault strikes.
 * Whatever failed, the exchange has the right response or a code that says so,
 * at once; the next one on the same session has its response. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <ares.h>
#include <duet/duet.h>

#include "client/session/session.h"
#include "fault.h"
#include "sweep.h"
#include "support/dns.h"
#include "support/peer.h"
#include "support/test.h"

enum {
    HANGS_MS = 60000,  /* an exchange that takes so long hangs */
    POLLS_MAX = 300,   /* of one exchange; more is spinning */
    SPARSE_FROM = 100, /* of the many calls of TLS */
    URL_BYTES = 128,
};

/* --- the servers ---------------------------------------------------------- */

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

static int moved(duet_request *request, void *context)
{
    int status = duet_reply_field(request, "Location", "/hello");

    (void)context;
    return status != 0 ? status : duet_reply_text(request, 302, "there");
}

typedef struct servers {
    uint16_t port;
    char dns[32];
    bool have_started;
    test_peer nginx;
    char ca_file[TEST_FOLDER_BYTES + 16];
} servers;

static servers here;
static int pipe_ends[2]; /* what is written ends the servers */

static int serve_in_task(void *argument)
{
    duet_application *application;
    duet_server *server;
    test_dns dns;

    assert_status(duet_application_new(NULL, &application), 0);
    assert_status(duet_route(application, "GET", "/hello", hello, NULL), 0);
    assert_status(duet_route(application, "POST", "/echo", echo, NULL), 0);
    assert_status(duet_route(application, "PUT", "/put", echo, NULL), 0);
    assert_status(duet_route(application, "GET", "/moved", moved, NULL), 0);
    assert_status(duet_server_start(application, NULL, &server), 0);
    test_dns_start(&dns);
    here.port = duet_server_port(server);
    memcpy(here.dns, dns.address, sizeof here.dns);
    __atomic_store_n(&here.have_started, true, __ATOMIC_RELEASE);
    assert_status(duet_wait_readable(pipe_ends[0], DUET_NEVER), 0);
    test_dns_stop(&dns);
    (void)duet_server_stop(server, DUET_NOW);
    duet_application_free(application);
    (void)argument;
    return 0;
}

static int serve(void *argument)
{
    return duet_run(serve_in_task, argument, NULL);
}

/* --- trials --------------------------------------------------------------- */

enum {
    IS_TLS = 1,
    IS_WARM = 2, /* the session has a connection already */
    /* Only memory fails: c-ares waits for answers that it has lost. */
    IS_BRIEF = 4,
    IS_NAME = 8, /* that is looked up, after another one */
};

typedef struct trial {
    const char *name;
    const char *method;
    const char *url; /* with %d for the port */
    const char *body;
    const char *expected;
    unsigned kind;
} trial;

static const char upload[] = "01234567890123456789012345678901234567890123456";

#define PLAIN "http://127.0.0.1:%d"
#define SECURE "https://127.0.0.1:%d"

static const trial trials[] = {
    {"get", "GET", PLAIN "/hello", NULL, "hello", 0},
    {"get again", "GET", PLAIN "/hello", NULL, "hello", IS_WARM},
    {"post", "POST", PLAIN "/echo", upload, upload, 0},
    {"post again", "POST", PLAIN "/echo", upload, upload, IS_WARM},
    {"put again", "PUT", PLAIN "/put", upload, upload, IS_WARM},
    {"redirect", "GET", PLAIN "/moved", NULL, "hello", IS_WARM},
    {"name", "GET", "http://some.test:%d/hello", NULL, "hello", IS_NAME},
    {"both", "GET", "http://both.test:%d/hello", NULL, "hello",
     IS_NAME | IS_BRIEF},
    {"tls", "GET", SECURE "/", NULL, "secret", IS_TLS},
    {"tls again", "GET", SECURE "/", NULL, "secret", IS_TLS | IS_WARM},
};

static const fault faults[] = {
    {"memory", FAULT_MEMORY, ENOMEM},
    {"socket EMFILE", FAULT_SOCKET, EMFILE},
    {"socket ENFILE", FAULT_SOCKET, ENFILE},
    {"socket ENOBUFS", FAULT_SOCKET, ENOBUFS},
    {"socket EACCES", FAULT_SOCKET, EACCES},
    {"pair EMFILE", FAULT_PAIR, EMFILE},
    {"open EMFILE", FAULT_OPEN, EMFILE},
    {"open EIO", FAULT_OPEN, EIO},
    {"connect ENETUNREACH", FAULT_CONNECT, ENETUNREACH},
    {"connect ECONNREFUSED", FAULT_CONNECT, ECONNREFUSED},
    {"connect EADDRNOTAVAIL", FAULT_CONNECT, EADDRNOTAVAIL},
    {"connect EINTR", FAULT_CONNECT, EINTR},
    {"epoll_ctl ENOMEM", FAULT_EPOLL_CTL, ENOMEM},
    {"epoll_ctl ENOSPC", FAULT_EPOLL_CTL, ENOSPC},
    {"epoll_wait EINTR", FAULT_EPOLL_WAIT, EINTR},
    {"send ECONNRESET", FAULT_SEND, ECONNRESET},
    {"send EPIPE", FAULT_SEND, EPIPE},
    {"send EINTR", FAULT_SEND, EINTR},
    {"send EAGAIN", FAULT_SEND, EAGAIN},
    {"send ENOBUFS", FAULT_SEND, ENOBUFS},
    {"recv ECONNRESET", FAULT_RECV, ECONNRESET},
    {"recv EINTR", FAULT_RECV, EINTR},
    {"recv EAGAIN", FAULT_RECV, EAGAIN},
    {"recv ENOMEM", FAULT_RECV, ENOMEM},
    {"recv EIO", FAULT_RECV, EIO},
    {"getsockopt ENOBUFS", FAULT_GETSOCKOPT, ENOBUFS},
    {"setsockopt ENOBUFS", FAULT_SETSOCKOPT, ENOBUFS},
    {"name ENOBUFS", FAULT_NAME, ENOBUFS},
};

/* --- the client ----------------------------------------------------------- */

static void url_of(const trial *trial, char url[URL_BYTES])
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(url, URL_BYTES, trial->url,
             trial->kind & IS_TLS ? here.nginx.port : here.port);
#pragma GCC diagnostic pop
}

static void complain(const sweep *sweep, const fault *fault, int nth,
                     const char *what, int status)
{
    sweep_complain(sweep, fault, nth, "%s: %s (%s)", what,
                   duet_error_name(status), duet_error_message(status));
}

/* Returns the status; DUET_EPROTOCOL for a response that is another one's. */
static int fetch(duet_session *session, const trial *trial)
{
    const duet_fetch_options options = {
        .body = trial->body,
        .body_bytes = trial->body != NULL ? strlen(trial->body) : 0,
    };
    duet_response *response;
    char url[URL_BYTES];
    int status;

    url_of(trial, url);
    status = duet_fetch(session, trial->method, url, &options, &response,
                        duet_in_ms(HANGS_MS));
    if (status == 0 &&
        (duet_response_status(response) != 200 ||
         strcmp(duet_response_body(response, NULL), trial->expected) != 0))
        status = DUET_EPROTOCOL;
    duet_response_free(response);
    return status;
}

/* What may come of a call that failed. */
static bool is_honest(const fault *fault, bool is_tls, int status)
{
    /* Older libcurl has one code for no memory and for a line too long; c-ares
     * takes an answer that it has no memory for as lost, and the server is at
     * one of the two addresses. */
    if (fault->call == FAULT_MEMORY)
        return status == DUET_ENOMEM || status == DUET_ETOOLARGE ||
               status == DUET_ECONNREFUSED ||
               (is_tls &&
                (status == DUET_ETLS || status == DUET_EDISCONNECTED));
    return status != DUET_ETIMEDOUT && status != DUET_EUNKNOWN &&
           status != DUET_EPROTOCOL;
}

/* One exchange, in which the nth call fails. Returns whether one did. */
static bool try(const sweep *sweep, const fault *fault, int nth)
{
    const trial *trial = sweep->trial;
    const duet_session_options options = {
        .dns_servers = here.dns, .dns_ttl_min_ms = 1, .ca_file = here.ca_file};
    static const struct trial other = {
        "other", "GET", "http://other.test:%d/hello", NULL, "hello", 0};
    duet_session *session = NULL;
    bool has_struck;
    int status;

    if (trial->kind & (IS_WARM | IS_NAME)) {
        status = duet_session_open(&options, &session);
        if (status == 0)
            status = fetch(session, trial->kind & IS_NAME ? &other : trial);
        if (status != 0)
            complain(sweep, fault, nth, "the first failed", status);
    }
    fault_arm(fault, nth);
    status = session != NULL ? 0 : duet_session_open(&options, &session);
    if (status == 0)
        status = fetch(session, trial);
    if (fault_polls() > POLLS_MAX)
        complain(sweep, fault, nth, "the loop spins", status);
    has_struck = fault_disarm();
    if (status != 0 &&
        !(has_struck && is_honest(fault, (trial->kind & IS_TLS) != 0, status)))
        complain(sweep, fault, nth, "failed", status);
    if (session == NULL)
        return has_struck;
    if (session->admission.running != 0 || session->exchanges != 0)
        complain(sweep, fault, nth, "a place is lost", status);
    if (status == DUET_ECONNREFUSED) /* longer than dns_ttl_min_ms */
        (void)!duet_sleep(duet_in_ms(2));
    status = fetch(session, trial);
    /* OpenSSL keeps an authority whose key it had no memory to read. */
    if (status != 0 && !((trial->kind & IS_TLS) && fault->call == FAULT_MEMORY))
        complain(sweep, fault, nth, "the next failed", status);
    duet_session_close(session);
    return has_struck;
}

/* 1.34 frees twice what it has read of the file of hosts if it has no memory to
 * keep it, and uses a question after it was freed if it has none to repeat it:
 * nothing that we can do about. */
static bool cares_crashes(void)
{
    int version;

    ares_version(&version);
    return version >= 0x012000;
}

static void sweep_one(const trial *trial)
{
    bool is_brief = (trial->kind & IS_BRIEF) != 0;
    /* The first is of memory. */
    bool has_no_memory = (trial->kind & IS_NAME) && cares_crashes();
    size_t count = is_brief ? 1 : sizeof faults / sizeof *faults;

    sweep_all(&(sweep){
        .name = trial->name,
        .faults = faults + has_no_memory,
        .count = count - has_no_memory,
        .try = try,
        .trial = trial,
        .sparse_from = trial->kind & IS_TLS ? SPARSE_FROM : 0,
    });
}

/* What the libraries make once in a process, OpenSSL for one without a look at
 * what failed, is no part of an exchange. */
static void warm_up(void)
{
    static const fault none = {"none", FAULT_NONE, 0};

    for (size_t i = 0; i < sizeof trials / sizeof *trials; i++) {
        const sweep once = {.name = trials[i].name, .trial = &trials[i]};

        (void)try(&once, &none, 0);
    }
}

/* --- the case ------------------------------------------------------------- */

static int fetch_all(void *argument)
{
    (void)argument;
    warm_up();
    fault_watch_this_thread();
    for (size_t i = 0; i < sizeof trials / sizeof *trials; i++)
        sweep_one(&trials[i]);
    return 0;
}

static void whatever_fails_the_next_has_its_response(void **state)
{
    duet_thread *thread;

    (void)state;
    assert_int_equal(pipe(pipe_ends), 0);
    assert_status(duet_thread_start(serve, NULL, NULL, &thread), 0);
    while (!__atomic_load_n(&here.have_started, __ATOMIC_ACQUIRE))
        usleep(1000);
    assert_status(duet_run(fetch_all, NULL, NULL), 0);
    assert_int_equal(write(pipe_ends[1], "x", 1), 1);
    assert_status(duet_thread_join(thread, NULL, DUET_NEVER), 0);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
    assert_int_equal(sweep_complaints(), 0);
}

/* --- nginx ---------------------------------------------------------------- */

static int start_nginx(void **state)
{
    char text[1024];
    test_peer *nginx = &here.nginx;

    (void)state;
    if (!test_has_program("nginx") || !test_has_program("openssl"))
        test_skip_all("no nginx or openssl: nothing fails in the client");
    test_peer_init(nginx);
    test_command(nginx->folder, "openssl", "req", "-x509", "-newkey", "ec",
                 "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                 "self.key", "-out", "self.pem", "-days", "30", "-subj",
                 "/CN=self", "-addext", "subjectAltName=IP:127.0.0.1", NULL);
    snprintf(here.ca_file, sizeof here.ca_file, "%s/self.pem", nginx->folder);
    snprintf(text, sizeof text,
             "server { listen 127.0.0.1:%d ssl;\n"
             "  ssl_certificate %s/self.pem;\n"
             "  ssl_certificate_key %s/self.key;\n"
             "  location / { return 200 'secret'; } }\n",
             nginx->port, nginx->folder, nginx->folder);
    test_nginx_start(nginx, text);
    return 0;
}

static int stop_nginx(void **state)
{
    (void)state;
    test_peer_stop(&here.nginx);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(whatever_fails_the_next_has_its_response),
    };

    if (!fault_is_possible())
        return 77;
    return cmocka_run_group_tests(tests, start_nginx, stop_nginx);
}
