/* SPDX-License-Identifier: MIT */
/* What is done for uploads that share a connection, tried with one that has a
 * connection of its own, of HTTP/1.1, and is told otherwise. With several on
 * one of HTTP/2: test/integration/client_http2.c. */
#include "client/curl/upload.h"
#include "client/session/session.h"
#include "support/client.h"
#include "support/test.h"

#include <stdlib.h>

#include <duet/duet.h>

enum { SMALL_BYTES = 16383, LARGE_BYTES = 16384, HUGE_BYTES = 64 << 20 };

typedef struct upload {
    test_client *client;
    size_t bytes;
    duet_task *task;
    duet__curl_driver *driver;
    int descriptor;
    duet__curl_socket *socket;
} upload;

static int post(void *argument)
{
    const upload *self = argument;
    char *body = calloc(1, self->bytes);
    const duet_fetch_options options = {.body = body,
                                        .body_bytes = self->bytes};
    duet_response *response;
    int status = duet_fetch(self->client->session, "POST",
                            test_client_url(self->client, "/"), &options,
                            &response, DUET_NEVER);

    free(body);
    return status;
}

/* Says something that is not the answer, and reads nothing, or all. */
static void say_little(test_wire *wire, int descriptor, int number)
{
    (void)wire;
    (void)number;
    test_wire_write(descriptor, "HTTP/1.1 103 Early Hints\r\n\r\n");
    duet_sleep(DUET_NEVER);
}

static void take_all(test_wire *wire, int descriptor, int number)
{
    (void)number;
    test_wire_read(wire, descriptor);
    wire->requests = -1;
    duet_sleep(DUET_NEVER);
}

static void begin(upload *self, test_client *client, size_t bytes)
{
    *self = (upload){
        .client = client, .bytes = bytes, .driver = client->session->driver};
    assert_status(duet_spawn(post, self, NULL, &self->task), 0);
    while (duet__list_is_empty(&self->driver->uploads))
        assert_status(duet_sleep(duet_in_ms(1)), 0);
    self->descriptor =
        DUET__MEMBER(self->driver->uploads.next, duet__transfer, upload)->uses;
    self->socket = &self->driver->sockets[self->descriptor];
    assert_false(self->socket->is_crowded);
}

static void end(upload *self)
{
    int result;

    duet_task_cancel(self->task);
    assert_status(duet_join(self->task, &result, DUET_NEVER), 0);
    assert_status(result, DUET_ECANCELED);
    while (self->socket->is_ours) /* until the driver's turn */
        assert_status(duet_sleep(duet_in_ms(1)), 0);
    assert_true(duet__list_is_empty(&self->driver->uploads));
    assert_int_equal(self->driver->crowded, 0);
}

static void crowd(upload *self)
{
    if (!self->socket->is_crowded)
        self->driver->crowded++;
    self->socket->is_crowded = true;
}

/* Whether a look wakes the upload. */
static bool wakes(upload *self, int descriptor)
{
    duet_deadline timer = self->driver->timer;
    bool is_woken;

    self->driver->timer = DUET_NEVER;
    duet__curl_upload_wake(self->driver, descriptor);
    is_woken = duet_deadline_is_now(self->driver->timer);
    self->driver->timer = duet_deadline_earlier(timer, self->driver->timer);
    return is_woken;
}

static void read_beside(test_client *client)
{
    upload self;
    uint32_t wanted;

    client->wire.serve = say_little;
    begin(&self, client, HUGE_BYTES);
    crowd(&self);
    do { /* until the 103 was read */
        assert_status(duet_sleep(duet_in_ms(1)), 0);
        self.socket->read_bytes = -1;
        wanted = self.socket->wanted;
        self.socket->wanted = EPOLLIN;
        assert_true(wakes(&self, self.descriptor));
        self.socket->wanted = wanted;
    } while (self.socket->read_bytes == 0);
    self.socket->read_bytes = 0;
    assert_int_equal(wanted, EPOLLIN | EPOLLOUT);
    assert_false(wakes(&self, self.descriptor));
    assert_false(wakes(&self, -1));
    self.socket->wanted = EPOLLIN;
    self.socket->users = 2;
    assert_true(wakes(&self, -1));
    assert_false(wakes(&self, -1)); /* nothing was read since */
    self.socket->users = 1;
    assert_true(self.socket->is_crowded);
    assert_false(wakes(&self, self.descriptor));
    assert_false(self.socket->is_crowded);
    self.socket->wanted = wanted;
    crowd(&self);
    end(&self);
}

static void upload_is_woken_if_bytes_were_read_and_no_output_awaited(void **s)
{
    (void)s;
    test_client_run(read_beside, NULL);
}

static bool is_woken_if_one_has_left(test_client *client, size_t bytes)
{
    upload self;
    bool is_woken;

    begin(&self, client, bytes);
    while (client->wire.requests >= 0)
        assert_status(duet_sleep(duet_in_ms(1)), 0);
    client->wire.requests = 0;
    crowd(&self);
    self.socket->users = 2;
    self.socket->was_left = true;
    is_woken = wakes(&self, self.descriptor);
    assert_false(wakes(&self, self.descriptor));
    self.socket->users = 1;
    end(&self);
    return is_woken;
}

static void leave(test_client *client)
{
    client->wire.serve = take_all;
    assert_true(is_woken_if_one_has_left(client, LARGE_BYTES));
    assert_false(is_woken_if_one_has_left(client, SMALL_BYTES));
}

static void upload_that_may_fill_a_socket_is_woken_if_one_has_left(void **s)
{
    (void)s;
    test_client_run(leave, NULL);
}

TEST_MAIN(test(upload_is_woken_if_bytes_were_read_and_no_output_awaited),
          test(upload_that_may_fill_a_socket_is_woken_if_one_has_left))
