/* SPDX-License-Identifier: MIT */
/* server.c - a whole server, given requests that went wrong.
 *
 *   fuzz_server [COUNT [SEED]]
 *
 * Each input is some requests on one connection, changed at random, cut at
 * random, and ended at random: by a FIN, a reset, or not at all before the
 * replies were read. Every stream of replies must be one: heads with one status
 * line and one Date each. Every connection must end, and good requests must be
 * answered all the while. The same seed gives the same inputs. Meant for the
 * sanitizers; 2,000 inputs are in the suite, 100,000 take a few minutes. */
#include <arpa/inet.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <duet/duet.h>

#include "fuzz/fuzz.h"
#include "support/fuzz.h"
#include "support/guard.h"

enum { INPUT_BYTES = 32768, AT_ONCE = 8 };

typedef struct run {
    duet_server *server;
    uint64_t count;
    uint64_t done;
    uint64_t seed;
    FILE *log;
} run;

/* --- the server ---------------------------------------------------------- */

static int tell(duet_request *request, void *context)
{
    const char *query = duet_request_query(request, "q");
    const char *field = duet_request_field(request, "X");
    const char *name = duet_request_parameter(request, "rest");
    size_t length;
    const char *body = duet_request_body(request, &length);

    (void)context;
    return duet_reply_textf(
        request, 200, "%s %s %s %s %s %zu %zu %zu %.40s",
        duet_request_method(request), duet_request_path(request),
        query != NULL ? query : "", field != NULL ? field : "",
        name != NULL ? name : "", length,
        duet_fields_count(duet_request_fields(request)),
        duet_query_count(duet_request_queries(request)), body);
}

static int wait_and_tell(duet_request *request, void *context)
{
    int status = duet_sleep(duet_in_ms(1));

    return status != 0 ? status : tell(request, context);
}

static int read_json(duet_request *request, void *context)
{
    struct json_t *json;
    int status = duet_request_json(request, &json);

    (void)context;
    return status != 0 ? status
                       : duet_reply_json(request, 200, json_incref(json));
}

static duet_application *make_application(void)
{
    duet_application *application;

    FUZZ_CHECK(duet_application_new(NULL, &application) == 0);
    FUZZ_CHECK(
        duet_route(application, "*", "/w/{rest*}", wait_and_tell, NULL) == 0);
    FUZZ_CHECK(duet_route(application, "POST", "/j", read_json, NULL) == 0);
    FUZZ_CHECK(duet_route(application, "GET", "/only/{rest*}", tell, NULL) ==
               0);
    FUZZ_CHECK(duet_route(application, "*", "/a/{rest*}", tell, NULL) == 0);
    return application;
}

/* --- inputs -------------------------------------------------------------- */

static const char *const requests[] = {
    "GET /a/b?q=1&q=%32#f HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n",
    "GET /w/b HTTP/1.1\r\nHost: a\r\nCookie: a=b; c=d\r\n\r\n",
    "HEAD /a/b HTTP/1.1\r\nHost: [::1]:80\r\n\r\n",
    "GET /a/ HTTP/1.0\r\n\r\n",
    "GET /none HTTP/1.1\r\nHost: a\r\n\r\n",
    "POST /only/x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
    "POST /a/b HTTP/1.1\r\nHost: a\r\nContent-Length: 10 \r\n\r\n0123456789",
    "PUT /w/b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    "5\r\nhello\r\n6;a=\"b\"\r\n world\r\n0\r\nA: b\r\n\r\n",
    "POST /j HTTP/1.1\r\nHost: a\r\nContent-Length: 14\r\n\r\n"
    "[1,{\"a\":null}]",
    "POST /j HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    "4\r\n[[[[\r\n4\r\n]]]]\r\n00\r\n\r\n",
    "POST /a/b HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
    "Content-Length: 2\r\n\r\nhi",
    "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
    "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n",
    "GET http://a/a/b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
};

/* What is put in somewhere. */
static const char *const pieces[] = {
    "\r\n",
    "\n",
    "\r",
    "\t",
    " ",
    ":",
    ";",
    "%00",
    "%",
    "0",
    "?&&&",
    "\x01",
    "\xff",
    "\r\n\r\n",
    "A: b\r\n",
    "Content-Length: 5\r\n",
    "Content-Length: 99999999999999999999\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Transfer-Encoding: gzip\r\n",
    "Host: b\r\n",
    "Connection: close\r\n",
    "Connection: keep-alive\r\n",
    "Expect: 100-continue\r\n",
    "ffffffffffffffff\r\n",
    "HTTP/1.0",
};

enum {
    REQUESTS = sizeof requests / sizeof *requests,
    PIECES = sizeof pieces / sizeof *pieces,
};

typedef struct input {
    size_t length;
    char bytes[INPUT_BYTES];
    char reply[1 << 18];
} input;

static void insert(input *input, size_t at, const char *bytes, size_t length)
{
    if (input->length + length > INPUT_BYTES)
        return;
    memmove(input->bytes + at + length, input->bytes + at, input->length - at);
    memcpy(input->bytes + at, bytes, length);
    input->length += length;
}

static void insert_many(input *input, size_t at, uint64_t *seed)
{
    const char *piece = pieces[fuzz_next(seed) % PIECES];

    for (uint64_t i = fuzz_next(seed) % 1000; i > 0; i--)
        insert(input, at, piece, strlen(piece));
}

static void change(input *input, uint64_t *seed)
{
    size_t at = fuzz_next(seed) % input->length;
    const char *piece = pieces[fuzz_next(seed) % PIECES];
    size_t count = 1 + fuzz_next(seed) % 4;

    switch (fuzz_next(seed) % 16) {
    case 0:
    case 1:
    case 2:
        input->bytes[at] = (char)fuzz_next(seed);
        break;
    case 3:
    case 4:
        input->bytes[at] ^= (char)(1 << fuzz_next(seed) % 8);
        break;
    case 5:
    case 6:
    case 7:
        if (at + count < input->length) {
            memmove(input->bytes + at, input->bytes + at + count,
                    input->length - at - count);
            input->length -= count;
        }
        break;
    case 8:
        insert_many(input, at, seed);
        break;
    case 9:
        insert(input, at, "\0", 1);
        break;
    default:
        insert(input, at, piece, strlen(piece));
        break;
    }
}

static void make_input(input *input, uint64_t *seed)
{
    uint64_t count = 1 + fuzz_next(seed) % 4;
    uint64_t changes = fuzz_next(seed) % 4;

    input->length = 0;
    while (count-- > 0) {
        const char *request = requests[fuzz_next(seed) % REQUESTS];

        insert(input, input->length, request, strlen(request));
    }
    while (changes-- > 0 && input->length > 0)
        change(input, seed);
}

/* --- clients ------------------------------------------------------------- */

static int connect_to(const duet_server *server)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons(duet_server_port(server)),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    int client = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    FUZZ_CHECK(client >= 0);
    if (connect(client, (const void *)&address, sizeof address) != 0) {
        FUZZ_CHECK(errno == EINPROGRESS);
        FUZZ_CHECK(duet_wait_writable(client, duet_in_ms(30000)) == 0);
    }
    return client;
}

/* Sends in pieces; ends early if the server has closed. */
static void send_cut(int client, const input *input, uint64_t *seed)
{
    size_t sent = 0;
    bool is_cut = fuzz_next(seed) % 2 == 0;

    while (sent < input->length) {
        size_t part = input->length - sent;
        ssize_t count;

        if (is_cut && fuzz_next(seed) % 8 != 0)
            part = 1 + fuzz_next(seed) % (part < 64 ? part : 64);
        count = send(client, input->bytes + sent, part, MSG_NOSIGNAL);
        if (count < 0 && errno != EAGAIN)
            return;
        if (count > 0)
            sent += (size_t)count;
        if (is_cut || count < 0)
            (void)!duet_yield();
    }
}

/* Receives until the server closes. Returns how many bytes came. */
static size_t receive(int client, char *reply, size_t room)
{
    size_t length = 0;

    for (;;) {
        ssize_t count = recv(client, reply + length, room - 1 - length, 0);

        if (count > 0)
            length += (size_t)count;
        else if (count == 0 || errno != EAGAIN)
            break;
        else
            FUZZ_CHECK(duet_wait_readable(client, duet_in_ms(30000)) == 0);
        FUZZ_CHECK(length < room - 1);
    }
    reply[length] = '\0';
    return length;
}

/* Every head has one status line and one Date, but for a 100. */
static void check_replies(const char *reply)
{
    int finals = 0;
    int dates = 0;

    for (const char *at = reply; (at = strstr(at, "HTTP/1.1 ")) != NULL; at++)
        finals += at[9] != '1';
    for (const char *at = reply; (at = strstr(at, "\r\nDate: ")) != NULL; at++)
        dates++;
    FUZZ_CHECK(*reply == '\0' || strncmp(reply, "HTTP/1.1 ", 9) == 0);
    FUZZ_CHECK(finals == dates);
}

static void reset(int client)
{
    struct linger linger = {.l_onoff = 1};

    setsockopt(client, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    close(client);
}

static void try_one(run *run, input *input, uint64_t seed)
{
    static const char good[] =
        "GET /a/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    int client = connect_to(run->server);

    make_input(input, &seed);
    if (input->length == 0 || fuzz_next(&seed) % 16 == 0)
        insert(input, 0, good, sizeof good - 1);
    send_cut(client, input, &seed);
    switch (fuzz_next(&seed) % 4) {
    case 0:
        reset(client);
        return;
    case 1:
        close(client);
        return;
    default:
        shutdown(client, SHUT_WR);
        if (receive(client, input->reply, sizeof input->reply) > 0)
            check_replies(input->reply);
        close(client);
    }
}

static int try_many(void *argument)
{
    run *run = argument;
    input *input = malloc(sizeof *input);

    FUZZ_CHECK(input != NULL);
    while (run->done < run->count) {
        uint64_t number = run->seed + run->done++;
        uint64_t seed = (number + 1) * UINT64_C(0x9e3779b97f4a7c15);

        if (getenv("FUZZ_TELL") != NULL)
            fprintf(stderr, "input %llu\n", (unsigned long long)number);
        test_guard_begin("an input of fuzz_server; FUZZ_TELL=1 tells which");
        try_one(run, input, seed);
    }
    free(input);
    return 0;
}

static int serve_and_try(void *argument)
{
    run *run = argument;
    const duet_server_options options = {
        .error_log = run->log, .access_log = run->log, .body_bytes_max = 4096};
    duet_application *application = make_application();
    duet_task *tasks[AT_ONCE];

    FUZZ_CHECK(duet_server_start(application, &options, &run->server) == 0);
    for (int i = 0; i < AT_ONCE; i++)
        FUZZ_CHECK(duet_spawn(try_many, run, NULL, &tasks[i]) == 0);
    for (int i = 0; i < AT_ONCE; i++)
        FUZZ_CHECK(duet_task_wait(tasks[i], DUET_NEVER) == 0);
    FUZZ_CHECK(duet_server_stop(run->server, duet_in_ms(30000)) == 0);
    duet_application_free(application);
    return 0;
}

int main(int argc, char **argv)
{
    run run = {
        .count = argc > 1 ? strtoull(argv[1], NULL, 10) : 2000,
        .seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 0,
        .log = fopen("/dev/null", "w"),
    };

    FUZZ_CHECK(run.log != NULL);
    FUZZ_CHECK(duet_run(serve_and_try, &run, NULL) == 0);
    test_guard_end();
    fclose(run.log);
    printf("%llu inputs\n", (unsigned long long)run.done);
    return 0;
}
