/* SPDX-License-Identifier: MIT */
/* canned.c - reads up to the empty line, writes, closes. */
#include "support/canned.h"

#include "support/test.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <duet/descriptor.h>
#include <duet/loop.h>
#include <duet/task.h>

typedef struct connection {
    test_canned *server;
    int socket;
} connection;

typedef struct call {
    test_canned server;
    int (*body)(test_canned *server);
} call;

static const char *answer(test_canned *server, const char *request)
{
    if (strncmp(request, "GET /hello ", 11) == 0)
        return "200 OK\r\nContent-Type: text/plain\r\n"
               "Content-Length: 5\r\n\r\nhello";
    if (strncmp(request, "GET /moved ", 11) == 0)
        return "302 Found\r\nLocation: /hello\r\nContent-Length: 0\r\n\r\n";
    if (strncmp(request, "GET /busy ", 10) == 0 && server->busy_times++ == 0)
        return "503 Busy\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n";
    if (strncmp(request, "GET /busy ", 10) == 0)
        return "200 OK\r\nContent-Length: 7\r\n\r\nat last";
    if (strncmp(request, "GET /full ", 10) == 0)
        return "503 Full\r\nRetry-After: 1000\r\nContent-Length: 0\r\n\r\n";
    if (strncmp(request, "GET /cut ", 9) == 0)
        return "200 OK\r\nContent-Length: 100\r\n\r\n12345";
    if (strncmp(request, "GET /never ", 11) == 0)
        return NULL;
    return "404 Not Found\r\nContent-Length: 2\r\n\r\nno";
}

/* Reads the request's head. Returns false if the client has gone. */
static bool read_head(int socket, char *head, size_t size)
{
    size_t length = 0;

    head[0] = '\0';
    while (strstr(head, "\r\n\r\n") == NULL) {
        ssize_t count;

        if (duet_wait_readable(socket, DUET_NEVER) != 0)
            return false;
        count = recv(socket, head + length, size - 1 - length, MSG_DONTWAIT);
        if (count <= 0)
            return false;
        length += (size_t)count;
        head[length] = '\0';
    }
    return true;
}

static void reply(const connection *connection, const char *head)
{
    const char *text = answer(connection->server, head);
    char message[512];
    int length;

    if (text == NULL) {
        (void)!duet_sleep(DUET_NEVER);
        return;
    }
    (void)!duet_yield(); /* lets others come in between */
    length = snprintf(message, sizeof message, "HTTP/1.1 %s", text);
    if (send(connection->socket, message, (size_t)length, MSG_NOSIGNAL) < 0)
        return; /* the client has gone */
}

static int handle(void *argument)
{
    connection connection = *(struct connection *)argument;
    test_canned *server = connection.server;
    char head[2048];

    free(argument);
    if (++server->at_once > server->at_once_max)
        server->at_once_max = server->at_once;
    if (read_head(connection.socket, head, sizeof head)) {
        server->requests++;
        reply(&connection, head);
    }
    server->at_once--;
    close(connection.socket);
    return 0;
}

static int serve(void *argument)
{
    const duet_spawn_options at_once = {.start_now = true};
    test_canned *server = argument;

    for (;;) {
        connection *connection;
        int status = duet_wait_readable(server->listener, DUET_NEVER);

        if (status != 0)
            return status;
        connection = malloc(sizeof *connection);
        assert_non_null(connection);
        connection->server = server;
        connection->socket =
            accept4(server->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (connection->socket < 0) {
            free(connection);
            continue;
        }
        assert_status(duet_spawn(handle, connection, &at_once, NULL), 0);
    }
}

static void listen_somewhere(test_canned *server)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;

    server->listener =
        socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    assert_true(server->listener >= 0);
    assert_int_equal(
        bind(server->listener, (struct sockaddr *)&address, length), 0);
    assert_int_equal(listen(server->listener, 512), 0);
    assert_int_equal(
        getsockname(server->listener, (struct sockaddr *)&address, &length), 0);
    server->port = ntohs(address.sin_port);
}

static int run_body(void *argument)
{
    call *call = argument;
    duet_task *task;
    int status;

    listen_somewhere(&call->server);
    assert_status(duet_spawn(serve, &call->server, NULL, &task), 0);
    status = call->body(&call->server);
    duet_task_cancel(task);
    (void)!duet_task_wait(task, DUET_NEVER);
    close(call->server.listener);
    return status;
}

void test_with_canned(int (*body)(test_canned *server))
{
    call call = {.body = body};

    assert_status(duet_run(run_body, &call, NULL), 0);
}
