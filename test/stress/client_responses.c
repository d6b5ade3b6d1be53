/* SPDX-License-Identifier: MIT */
/* client_responses.c - a whole client against a server whose answers are made
 * up, mutated and cut anywhere.
 *
 *     client_responses [INPUTS [FIRST-INPUT]]      default: 3000 from 1
 *
 * Request number N asks for "/N"; what the server writes depends on N alone
 * (and on "r" behind it, where a redirect led), so an input that fails is asked
 * for again by its number. Whatever comes, an exchange ends, with a whole
 * response or with a code that its contract names, and in the end no task, no
 * descriptor and no byte is left. Made for the sanitizers. */
#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <duet/duet.h>

#include "support/fuzz.h"
#include "support/guard.h"

enum {
    CLIENTS = 8,
    ROOM = 64 << 10,
    BODY_BYTES_MAX = 20000,
};

typedef struct message {
    uint64_t random;
    size_t length;
    char bytes[ROOM];
} message;

static uint64_t next_input;
static uint64_t end_input;
static int port;
static long counts[2]; /* responses, failures */

_Noreturn static void fail(uint64_t input, const char *format, ...)
{
    va_list arguments;

    fprintf(stderr, "client_responses: input %ju: ", (uintmax_t)input);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "\n");
    abort();
}

/* --- making up a response ------------------------------------------------ */

static uint64_t pick_from(uint64_t *random, uint64_t below)
{
    return (fuzz_next(random) >> 16) % below;
}

static uint64_t pick(message *to, uint64_t below)
{
    return pick_from(&to->random, below);
}

static void put(message *to, const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(to->bytes + to->length, sizeof to->bytes - to->length,
                       format, arguments);
    va_end(arguments);
    if (length > 0 && (size_t)length < sizeof to->bytes - to->length)
        to->length += (size_t)length;
}

#define LENGTH(list) (sizeof(list) / sizeof(list)[0])
#define PICK(to, list) (list)[pick(to, LENGTH(list))]

static void put_status_line(message *to)
{
    static const char *const lines[] = {
        "HTTP/1.1 200 OK",    "HTTP/1.1 200 OK",
        "HTTP/1.1 200 OK",    "HTTP/1.0 200 OK",
        "HTTP/1.1 200",       "HTTP/1.1  200  OK",
        "HTTP/1.1 204 None",  "HTTP/1.1 304 Same",
        "HTTP/1.1 206 Part",  "HTTP/1.1 404 Gone",
        "HTTP/1.1 500 Oh",    "HTTP/1.1 101 Other",
        "HTTP/1.1 302 Found", "HTTP/1.1 301 Moved",
        "HTTP/1.1 307 Kept",  "HTTP/1.1 303 See",
        "HTTP/1.1 308 Kept",  "HTTP/1.1 401 Who",
        "HTTP/1.1 407 Who",   "HTTP/1.1 417 Not",
        "HTTP/1.1 408 Late",  "HTTP/1.1 999 Nine",
        "HTTP/1.1 99 Short",  "HTTP/1.1 2000 Long",
        "HTTP/2 200",         "HTTP/3 200 OK",
        "HTTP/9.9 200 OK",    "HTTP 200 OK",
        "ICY 200 OK",         "HTTP/1.1 -20 OK",
        "HTTP/1.1\t200\tOK",  "",
        " HTTP/1.1 200 OK",
    };

    put(to, "%s", pick(to, 2) == 0 ? lines[0] : PICK(to, lines));
}

static void put_field(message *to)
{
    static const char *const fields[] = {
        "Content-Length: 5",
        "Content-Length: 0",
        "Content-Length: 5, 5",
        "Content-Length: +5",
        "Content-Length: 99999999999999999999",
        "Content-Length : 5",
        "Content-Length:",
        "Transfer-Encoding: chunked",
        "Transfer-Encoding: chunked",
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: identity",
        "Transfer-Encoding\t: chunked",
        "Connection: close",
        "Connection: keep-alive",
        "Connection: upgrade\r\nUpgrade: h2c",
        "Content-Encoding: gzip",
        "Set-Cookie: a=\x01; Path=/",
        "Set-Cookie: a=b",
        "X Echo set: 1",
        "no colon at all",
        ": no name",
        " folded",
        "\t",
        "Location:",
        "Location: http://[::1",
        "Location: //other.invalid/\\@x",
        "Location: ftp://a/",
        "Content-Range: bytes 0-4/5",
        "Trailer: T",
        "WWW-Authenticate: Basic realm=\"x\"",
        "WWW-Authenticate: Digest realm=x, nonce=y",
        "Alt-Svc: h3=\":443\"",
        "Strict-Transport-Security: max-age=1",
        "Retry-After: 1.5",
        "Keep-Alive: timeout=0, max=0",
    };
    static const char *const ends[] = {"\r\n", "\r\n", "\r\n",
                                       "\r\n", "\n",   "\r\r\n"};

    if (pick(to, 2) == 0)
        put(to, "A%ju: b\r\n", (uintmax_t)pick(to, 9));
    else if (pick(to, 40) == 0)
        put(to, "Long: %0*d\r\n", (int)pick(to, 30000), 0);
    else
        put(to, "%s%s", PICK(to, fields), PICK(to, ends));
}

static void put_chunks(message *to)
{
    static const char *const extensions[] = {"",           "",  "", ";a=b",
                                             ";a=\"b\r\"", " ", ";"};
    static const char *const sizes[] = {
        "0x5",   "5 5", "-5", "", "g", "ffffffffffffffff", "00000000000000005",
        "5\r\n5"};

    for (uint64_t i = pick(to, 5); i > 0; i--) {
        size_t length = pick(to, 20) == 0 ? pick(to, 9000) : pick(to, 9) + 1;

        if (pick(to, 12) == 0)
            put(to, "%s\r\nhello\r\n", PICK(to, sizes));
        else
            put(to, "%zx%s\r\n%0*d\r\n", length, PICK(to, extensions),
                (int)length, 0);
    }
    put(to, "0%s\r\n", PICK(to, extensions));
    for (uint64_t i = pick(to, 3); i > 0; i--)
        put_field(to);
    put(to, "\r\n");
}

static void put_head(message *to, uint64_t input, bool is_led, bool is_framed)
{
    put_status_line(to);
    put(to, "\r\n");
    if (!is_led && pick(to, 2) == 0)
        put(to, "Location: %s%jur\r\n", pick(to, 2) == 0 ? "/" : "",
            (uintmax_t)input);
    if (is_framed)
        put(to, "Transfer-Encoding: chunked\r\n");
    for (uint64_t i = pick(to, is_framed ? 3 : 7); i > 0; i--)
        put_field(to);
    put(to, "\r\n");
}

static void mutate(message *to)
{
    size_t at = to->length > 0 ? pick(to, to->length) : 0;
    size_t count = pick(to, 16) == 0 ? pick(to, 3000) : pick(to, 8);

    if (to->length == 0)
        return;
    if (count > to->length - at)
        count = to->length - at;
    switch (pick(to, 5)) {
    case 0:
        to->bytes[at] = (char)pick(to, 256);
        break;
    case 1:
        to->bytes[at] ^= (char)(1 << pick(to, 8));
        break;
    case 2: /* takes some out */
        memmove(to->bytes + at, to->bytes + at + count,
                to->length - at - count);
        to->length -= count;
        break;
    case 3: /* doubles some */
        if (to->length + count > sizeof to->bytes)
            break;
        memmove(to->bytes + at + count, to->bytes + at, to->length - at);
        to->length += count;
        break;
    default:
        to->length = at;
        break;
    }
}

static void make(message *to, uint64_t input, bool is_led)
{
    static const char body[] = "hello, this is a body";
    bool is_framed;

    to->random = (input * 2 + is_led + 1) * UINT64_C(0x9e3779b97f4a7c15);
    to->length = 0;
    for (uint64_t i = pick(to, 6); i > 4; i--)
        put(to, "HTTP/1.1 %ju Wait\r\nLink: </a>\r\n\r\n",
            (uintmax_t)(100 + pick(to, 4)));
    is_framed = pick(to, 3) == 0;
    put_head(to, input, is_led, is_framed);
    switch (is_framed ? 4 : pick(to, 5)) {
    case 0:
        break;
    case 1:
        put(to, "%.*s", (int)pick(to, sizeof body), body);
        break;
    case 2:
        put(to, "hello");
        break;
    default:
        put_chunks(to);
        break;
    }
    if (pick(to, 10) == 0) /* an answer that nobody asked for */
        put_head(to, input, true, false);
    for (uint64_t i = pick(to, 5); i > 2; i--)
        mutate(to);
}

/* --- the server ---------------------------------------------------------- */

/* Reads what is there of a request; false if there is none. */
static bool read_request(int descriptor, char *head, size_t room)
{
    size_t length = 0;

    head[0] = '\0';
    while (strstr(head, "\r\n\r\n") == NULL && length < room - 1) {
        ssize_t count;

        if (duet_wait_readable(descriptor, duet_in_ms(20)) != 0)
            return false;
        count = recv(descriptor, head + length, room - 1 - length, 0);
        if (count <= 0)
            return false;
        length += (size_t)count;
        head[length] = '\0';
    }
    return true;
}

/* Writes it in some pieces; false if the connection is to end. */
static bool write_pieces(int descriptor, message *from)
{
    size_t pieces = pick(from, 4) + 1;
    size_t done = 0;

    for (size_t i = 1; i <= pieces; i++) {
        size_t end = i == pieces ? from->length : pick(from, from->length + 1);

        if (end <= done)
            continue;
        if (send(descriptor, from->bytes + done, end - done, MSG_NOSIGNAL) < 0)
            return false;
        done = end;
        for (uint64_t turns = pick(from, 3); turns > 0; turns--)
            (void)!duet_yield();
    }
    return pick(from, 2) == 0;
}

static int serve_one(void *argument)
{
    const struct linger none = {.l_onoff = 1};
    int descriptor = *(int *)argument;
    message *response = malloc(sizeof *response);
    char head[4096];
    bool goes_on = response != NULL;

    free(argument);
    while (goes_on && read_request(descriptor, head, sizeof head)) {
        const char *path = strchr(head, '/');
        char *end = head;
        uint64_t input = path != NULL ? strtoull(path + 1, &end, 10) : 0;

        make(response, input, *end == 'r');
        goes_on = write_pieces(descriptor, response);
        if (!goes_on && pick(response, 4) == 0)
            setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    }
    free(response);
    close(descriptor);
    return 0;
}

static int serve(void *argument)
{
    const duet_spawn_options at_once = {.start_now = true};
    int listener = *(int *)argument;

    while (duet_wait_readable(listener, DUET_NEVER) == 0) {
        int *descriptor = malloc(sizeof *descriptor);

        if (descriptor == NULL)
            return DUET_ENOMEM;
        *descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
        if (*descriptor < 0)
            free(descriptor);
        else if (duet_spawn(serve_one, descriptor, &at_once, NULL) != 0)
            return DUET_ENOMEM;
    }
    return 0;
}

static int listen_somewhere(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

    if (descriptor < 0 || bind(descriptor, (void *)&address, size) != 0 ||
        listen(descriptor, 512) != 0 ||
        getsockname(descriptor, (void *)&address, &size) != 0)
        fail(0, "no listener");
    port = ntohs(address.sin_port);
    return descriptor;
}

/* --- the client ---------------------------------------------------------- */

/* The codes that such a server can cause. */
static bool is_named(int status)
{
    switch (status) {
    case DUET_EPROTOCOL:
    case DUET_ETRUNCATED:
    case DUET_ETOOLARGE:
    case DUET_ECODING:
    case DUET_EDISCONNECTED:
    case DUET_ECONNRESET:
    case DUET_EREDIRECT:
    case DUET_EREDIRECTS:
    case DUET_ERESOLVE:
    case DUET_ECONNREFUSED: /* a mutated Location may name any port */
    case DUET_ECONNECT:
    case DUET_EHOSTUNREACH:
    case DUET_ENETUNREACH:
        return true;
    case DUET_ETIMEDOUT: /* the server itself does not keep still */
        return duet_error_phase() <= DUET_PHASE_CONNECT;
    default:
        return false;
    }
}

static void check(uint64_t input, int status, const duet_response *response,
                  const duet_response *failed, size_t body_max)
{
    const duet_response *known = status == 0 ? response : failed;
    size_t bytes;

    if (status != 0 && !is_named(status))
        fail(input, "%s: %s", duet_error_name(status), duet_error_detail());
    if ((status == 0) != (response != NULL) ||
        (status == 0) != (failed == NULL))
        fail(input, "%s, response %p, failed %p", duet_error_name(status),
             (const void *)response, (const void *)failed);
    if (status == 0 && duet_response_status(response) < 200)
        fail(input, "status %d", duet_response_status(response));
    if (status != 0 && (duet_error_detail()[0] == '\0'))
        fail(input, "%s without a detail", duet_error_name(status));
    duet_response_body(known, &bytes);
    if (bytes > body_max)
        fail(input, "%zu bytes of body", bytes);
    if (duet_fields_count(duet_response_fields(known)) > ROOM)
        fail(input, "too many fields");
    counts[status != 0]++;
}

static void fetch(duet_session *session, uint64_t input)
{
    static const char *const methods[] = {"GET",  "GET", "GET",     "HEAD",
                                          "POST", "PUT", "OPTIONS", "DELETE"};
    uint64_t choice = input * UINT64_C(0x9e3779b97f4a7c15) + 1;
    const char *method = methods[pick_from(&choice, LENGTH(methods))];
    duet_response *failed = NULL;
    duet_response *response;
    duet_fetch_options options = {
        .out_failed = &failed,
        .max_redirects = (int)pick_from(&choice, 4) - 1,
        .body_bytes_max = pick_from(&choice, 4) == 0 ? 4 : BODY_BYTES_MAX,
        .head_bytes_max = pick_from(&choice, 4) == 0 ? 300 : 0,
        .first_byte_ms = 60000,
        .idle_ms = 60000,
        .connect_ms = 200,
        .resolve_ms = 50,
    };
    char url[64];
    int status;

    if (method[0] == 'P' && pick_from(&choice, 2) == 0) {
        options.body = "some body";
        options.body_bytes = 9;
    }
    snprintf(url, sizeof url, "http://127.0.0.1:%d/%ju", port,
             (uintmax_t)input);
    status = duet_fetch(session, method, url, &options, &response,
                        duet_in_ms(60000));
    check(input, status, response, failed, (size_t)options.body_bytes_max);
    duet_response_free(response);
    duet_response_free(failed);
}

static int run_client(void *argument)
{
    while (next_input < end_input) {
        test_guard_begin("no exchange of client_responses has ended");
        fetch(argument, next_input++);
    }
    test_guard_end();
    return 0;
}

static int run_all(void *argument)
{
    const duet_session_options options = {.per_host_max = CLIENTS,
                                          .dns_servers = "127.0.0.1:9"};
    duet_session *session;
    duet_task *clients[CLIENTS];
    duet_task *server;
    int listener = listen_somewhere();
    int status = duet_spawn(serve, &listener, NULL, &server);

    (void)argument;
    if (status == 0)
        status = duet_session_open(&options, &session);
    if (status != 0)
        return status;
    for (int i = 0; i < CLIENTS && status == 0; i++)
        status = duet_spawn(run_client, session, NULL, &clients[i]);
    for (int i = 0; i < CLIENTS && status == 0; i++)
        status = duet_join(clients[i], NULL, DUET_NEVER);
    duet_session_close(session);
    duet_task_cancel(server);
    (void)!duet_join(server, NULL, DUET_NEVER);
    close(listener);
    return status;
}

int main(int argc, char **argv)
{
    uint64_t inputs = argc > 1 ? strtoull(argv[1], NULL, 10) : 3000;
    int status;

    next_input = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    end_input = next_input + inputs;
    status = duet_run(run_all, NULL, NULL);
    if (status != 0)
        fail(next_input, "%s: %s", duet_error_name(status),
             duet_error_detail());
    printf("%ld responses, %ld failures\n", counts[0], counts[1]);
    return counts[0] > 0 && counts[1] > 0 ? 0 : 1;
}
