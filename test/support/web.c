/* SPDX-License-Identifier: MIT */
/* web.c - see web.h. */
#include "support/web.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/request/server_state.h"
#include "support/test.h"

enum {
    /* So long nothing takes on any machine. */
    HANGS_MS = 60000,
    /* Bytes that were sent to 127.0.0.1 have arrived, unless other programs
     * keep the system from delivering them. */
    SILENCE_MS = 100,
};

static const duet_loop_options on_virtual_time = {
    .virtual_time = true, .virtual_silence_ms = SILENCE_MS};

const duet_route_options *test_options_of_routes;

typedef struct setting {
    const test_route *routes;
    const duet_server_options *options;
    void (*body)(test_web *web);
    duet_error_page *error_page;
} setting;

static int run_setting(void *argument)
{
    static test_web web;
    const setting *setting = argument;

    assert_status(duet_application_new(NULL, &web.application), 0);
    for (const test_route *route = setting->routes; route->method != NULL;
         route++)
        assert_status(duet_route_with_options(web.application, route->method,
                                              route->pattern, route->handler,
                                              &web, test_options_of_routes),
                      0);
    assert_status(
        duet_application_on_error(web.application, setting->error_page, &web),
        0);
    assert_status(
        duet_server_start(web.application, setting->options, &web.server), 0);
    setting->body(&web);
    duet_server_stop(web.server, DUET_NOW);
    duet_application_free(web.application);
    return 0;
}

void test_web_run(const test_route *routes, const duet_server_options *options,
                  void (*body)(test_web *web))
{
    setting setting = {routes, options, body, NULL};

    assert_status(duet_run(run_setting, &setting, NULL), 0);
}

void test_web_run_virtual(const test_route *routes,
                          const duet_server_options *options,
                          void (*body)(test_web *web))
{
    test_web_run_with_error_page(routes, options, body, NULL);
}

void test_web_run_with_error_page(const test_route *routes,
                                  const duet_server_options *options,
                                  void (*body)(test_web *web),
                                  duet_error_page *page)
{
    setting setting = {routes, options, body, page};

    assert_status(duet_run(run_setting, &setting, &on_virtual_time), 0);
}

bool test_has_ipv6(void)
{
    const struct sockaddr_in6 address = {.sin6_family = AF_INET6,
                                         .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    int probe = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool has =
        probe >= 0 && bind(probe, (const void *)&address, sizeof address) == 0;

    if (probe >= 0)
        close(probe);
    return has;
}

int test_connect(test_web *web)
{
    const struct sockaddr_in ipv4 = {
        .sin_family = AF_INET,
        .sin_port = htons(duet_server_port(web->server)),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    const struct sockaddr_in6 ipv6 = {.sin6_family = AF_INET6,
                                      .sin6_port = ipv4.sin_port,
                                      .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    bool is_ipv6 = strstr(duet_server_url(web->server), "[::1]") != NULL;
    const void *address = is_ipv6 ? (const void *)&ipv6 : &ipv4;
    socklen_t size = is_ipv6 ? sizeof ipv6 : sizeof ipv4;
    int client = socket(is_ipv6 ? AF_INET6 : AF_INET,
                        SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    assert_true(client >= 0);
    if (connect(client, address, size) != 0) {
        assert_int_equal(errno, EINPROGRESS);
        assert_status(duet_wait_writable(client, duet_in_ms(HANGS_MS)), 0);
    }
    return client;
}

void test_send(int socket, const char *text)
{
    size_t left = strlen(text);

    while (left > 0) {
        ssize_t sent = send(socket, text, left, MSG_NOSIGNAL);

        if (sent < 0) {
            assert_int_equal(errno, EAGAIN);
            assert_status(duet_wait_writable(socket, duet_in_ms(HANGS_MS)), 0);
            continue;
        }
        text += sent;
        left -= (size_t)sent;
    }
}

/* One piece at the end of web->reply; false at the end. */
static bool receive_piece(test_web *web, int socket, size_t *length)
{
    ssize_t count;

    assert_status(duet_wait_readable(socket, duet_in_ms(HANGS_MS)), 0);
    count =
        recv(socket, web->reply + *length, TEST_REPLY_BYTES - 8 - *length, 0);
    if (count < 0 && errno == ECONNRESET) {
        memcpy(web->reply + *length, "RESET", 5);
        *length += 5;
        count = 0;
    }
    if (count > 0)
        *length += (size_t)count;
    web->reply[*length] = '\0';
    return count > 0;
}

const char *test_receive(test_web *web, int socket)
{
    size_t length = 0;

    while (receive_piece(web, socket, &length))
        continue;
    close(socket);
    return web->reply;
}

const char *test_receive_until(test_web *web, int socket, const char *end)
{
    size_t length = 0;

    web->reply[0] = '\0';
    while (strstr(web->reply, end) == NULL) {
        if (!receive_piece(web, socket, &length))
            fail_msg("the server closed after \"%s\"", web->reply);
    }
    return web->reply;
}

const char *test_ask(test_web *web, const char *request)
{
    int client = test_connect(web);

    test_send(client, request);
    return test_receive(web, client);
}

const char *test_get(test_web *web, const char *target)
{
    char request[1024];

    snprintf(request, sizeof request,
             "GET %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", target);
    return test_ask(web, request);
}

void test_expect_status(const char *reply, int status)
{
    char start[32];

    snprintf(start, sizeof start, "HTTP/1.1 %d ", status);
    if (strncmp(reply, start, strlen(start)) != 0)
        fail_msg("expected \"%s\", got \"%.200s\"", start, reply);
}

void test_expect_body(const char *reply, const char *body)
{
    const char *end = strstr(reply, "\r\n\r\n");

    if (end == NULL)
        fail_msg("no end of the head in \"%.200s\"", reply);
    else
        assert_string_equal(end + 4, body);
}

void test_await_hang_up(const test_web *web)
{
    const duet__connection *first = DUET__MEMBER(
        web->server->connections.list.next, duet__connection, link);
    struct pollfd end = {.fd = first->descriptor, .events = POLLRDHUP};

    assert_int_equal(poll(&end, 1, -1), 1);
}

void test_until(bool (*condition)(void *argument), void *argument)
{
    duet_deadline end = duet_in_ms(HANGS_MS);

    while (!condition(argument)) {
        assert_true(duet_deadline_left_ns(end) > 0);
        assert_status(duet_sleep(duet_in_ms(1)), 0);
    }
}

/* --- an application ------------------------------------------------------- */

int test_echo_times;

int test_echo(duet_request *request, void *web)
{
    (void)web;
    test_echo_times++;
    return duet_reply_textf(request, 200, "<%s %s>",
                            duet_request_target(request),
                            duet_request_body(request, NULL));
}

static int wait_and_echo(duet_request *request, void *web)
{
    assert_status(duet_sleep(duet_in_ms(1)), 0);
    return test_echo(request, web);
}

const test_route test_echo_routes[] = {
    {"*", "/{any*}", test_echo}, {"*", "/wait/{any*}", wait_and_echo}, {0}};
