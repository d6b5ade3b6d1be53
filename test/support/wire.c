/* SPDX-License-Identifier: MIT */
/* wire.c - the scripted server. */
#include "support/wire.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <duet/descriptor.h>

#include "support/test.h"

enum { BACKLOG = 64 };

typedef struct connection {
    test_wire *wire;
    int descriptor;
    int number;
} connection;

static int listen_somewhere(int backlog, int *out_port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(descriptor >= 0);
    assert_int_equal(bind(descriptor, (void *)&address, size), 0);
    assert_int_equal(listen(descriptor, backlog), 0);
    assert_int_equal(getsockname(descriptor, (void *)&address, &size), 0);
    *out_port = ntohs(address.sin_port);
    return descriptor;
}

static int serve_one(void *argument)
{
    connection *self = argument;

    self->wire->serve(self->wire, self->descriptor, self->number);
    close(self->descriptor);
    free(self);
    return 0;
}

static int serve_all(void *argument)
{
    test_wire *wire = argument;

    while (duet_wait_readable(wire->listener, DUET_NEVER) == 0) {
        const duet_spawn_options at_once = {.start_now = true};
        connection *one = malloc(sizeof *one);

        *one = (connection){.wire = wire, .number = wire->connections};
        one->descriptor =
            accept4(wire->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        assert_true(one->descriptor >= 0);
        wire->connections++;
        /* Started before it can be cancelled: it closes what it has. */
        assert_status(duet_spawn(serve_one, one, &at_once, NULL), 0);
    }
    return 0;
}

void test_wire_start(test_wire *wire, test_wire_serve *serve)
{
    *wire = (test_wire){.serve = serve};
    wire->listener = listen_somewhere(BACKLOG, &wire->port);
    assert_status(duet_spawn(serve_all, wire, NULL, &wire->task), 0);
}

void test_wire_stop(test_wire *wire)
{
    duet_task_cancel(wire->task);
    assert_status(duet_join(wire->task, NULL, DUET_NEVER), 0);
    close(wire->listener);
}

void test_full_port_open(test_full_port *full)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

    full->listener = listen_somewhere(0, &full->port);
    address.sin_port = htons((uint16_t)full->port);
    for (int i = 0; i < 4; i++) {
        full->waiting[i] =
            socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        (void)!connect(full->waiting[i], (void *)&address, sizeof address);
    }
}

void test_full_port_close(test_full_port *full)
{
    for (int i = 0; i < 4; i++)
        close(full->waiting[i]);
    close(full->listener);
}

/* --- on the wire --------------------------------------------------------- */

/* Reads one byte more; false at the end. */
static bool read_byte(int descriptor, char *byte)
{
    for (;;) {
        ssize_t count = read(descriptor, byte, 1);

        if (count == 1)
            return true;
        if (count == 0 || errno != EAGAIN ||
            duet_wait_readable(descriptor, DUET_NEVER) != 0)
            return false;
    }
}

bool test_wire_read(test_wire *wire, int descriptor)
{
    char head[sizeof wire->head] = "";
    char body[sizeof wire->body] = "";
    size_t body_bytes = 0;
    const char *field;

    for (size_t i = 0; strstr(head, "\r\n\r\n") == NULL; i++) {
        assert_true(i < sizeof head - 1);
        if (!read_byte(descriptor, &head[i]))
            return false;
    }
    field = strcasestr(head, "\r\nContent-Length:");
    if (field != NULL)
        body_bytes = strtoul(field + 17, NULL, 10);
    for (size_t i = 0; i < body_bytes && i < sizeof body - 1; i++)
        if (!read_byte(descriptor, &body[i]))
            return false;
    memcpy(wire->head, head, sizeof head);
    memcpy(wire->body, body, sizeof body);
    wire->requests++;
    return true;
}

void test_wire_write(int descriptor, const char *text)
{
    (void)!send(descriptor, text, strlen(text), MSG_NOSIGNAL);
}

void test_wire_reset(int descriptor)
{
    const struct linger none = {.l_onoff = 1};

    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &none, sizeof none);
}

void test_wire_wait_for_end(int descriptor)
{
    char byte;

    while (read_byte(descriptor, &byte))
        continue;
}
