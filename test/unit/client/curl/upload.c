/* SPDX-License-Identifier: MIT */
/* What is done for uploads that share a connection, tried with one that has a
 * connection of its own, of HTTP/1.1, and is told otherwise. With several on
 * one of HTTP/2: test/integration/client_http2.c. */
#include "client/curl/upload.h"
#include "support/test.h"
#include "support/uploading.h"

#include <duet/duet.h>

enum {
    SMALL_BYTES = 16383,
    LARGE_BYTES = 16384,
    HUGE_BYTES = 64 << 20,
    TURNS = 16,
    MANY = 100
};

/* --- uploads that are forgotten ------------------------------------------- */

/* Says something that is not the answer, and reads nothing, or all. */
static void say_little(test_wire *wire, int descriptor, int number)
{
    (void)wire;
    (void)number;
    test_wire_write(descriptor, "HTTP/1.1 103 Early Hints\r\n\r\n");
    (void)!duet_sleep(DUET_NEVER);
}

static void take_all(test_wire *wire, int descriptor, int number)
{
    (void)number;
    test_wire_read(wire, descriptor);
    wire->requests = -1;
    (void)!duet_sleep(DUET_NEVER);
}

static void end(test_uploading *self)
{
    test_upload_end(self);
    assert_int_equal(self->driver->crowded, 0);
}

static void crowd(test_uploading *self)
{
    if (!self->socket->is_crowded)
        self->driver->crowded++;
    self->socket->is_crowded = true;
}

/* Whether a look wakes the upload. */
static bool wakes(test_uploading *self, bool in_time)
{
    duet_deadline timer = self->driver->timer;
    bool is_woken;

    self->driver->timer = DUET_NEVER;
    if (in_time)
        duet__curl_upload_acted_in_time(self->driver);
    else
        duet__curl_upload_acted(self->driver, self->descriptor, EPOLLIN);
    is_woken = duet_deadline_is_now(self->driver->timer);
    self->driver->timer = duet_deadline_earlier(timer, self->driver->timer);
    return is_woken;
}

static void read_beside(test_client *client)
{
    test_uploading self;
    uint32_t wanted;

    client->wire.serve = say_little;
    test_upload_begin(&self, client, HUGE_BYTES);
    assert_false(self.socket->is_crowded);
    crowd(&self);
    do { /* until the 103 was read */
        assert_status(duet_sleep(duet_in_ms(1)), 0);
        self.socket->read_bytes = -1;
        wanted = self.socket->wanted;
        self.socket->wanted = EPOLLIN;
        assert_true(wakes(&self, false));
        self.socket->wanted = wanted;
    } while (self.socket->read_bytes == 0);
    self.socket->read_bytes = 0;
    assert_int_equal(wanted, EPOLLIN | EPOLLOUT);
    assert_false(wakes(&self, false));
    assert_false(wakes(&self, true));
    self.socket->wanted = EPOLLIN;
    self.socket->users = 2;
    assert_true(wakes(&self, true));
    assert_false(wakes(&self, true)); /* nothing was read since */
    self.socket->users = 1;
    assert_true(self.socket->is_crowded);
    assert_false(wakes(&self, false));
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
    test_uploading self;
    bool is_woken;

    test_upload_begin(&self, client, bytes);
    while (client->wire.requests >= 0)
        assert_status(duet_sleep(duet_in_ms(1)), 0);
    client->wire.requests = 0;
    crowd(&self);
    self.socket->users = 2;
    self.socket->was_left = true;
    is_woken = wakes(&self, false);
    assert_false(wakes(&self, false));
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

/* --- output that is of no use --------------------------------------------- */

static uint32_t awaited(const test_uploading *self)
{
    return self->driver->loop->descriptors.entries[self->descriptor].registered;
}

/* The driver is told of turns, and libcurl has not sent anything in them. */
static void pass(const test_uploading *self, int turns, uint32_t events)
{
    for (int i = 0; i < turns; i++)
        duet__curl_upload_acted(self->driver, self->descriptor, events);
}

static void begin(test_uploading *self, test_client *client)
{
    client->wire.serve = say_little;
    test_upload_begin(self, client, HUGE_BYTES);
    while (self->socket->wanted != (EPOLLIN | EPOLLOUT))
        assert_status(duet_sleep(duet_in_ms(1)), 0);
    self->socket->output_turns = 0;
    self->socket->written_bytes = 0;
}

static void send_nothing(test_client *client)
{
    test_uploading self;

    begin(&self, client);
    pass(&self, TURNS, EPOLLOUT); /* looks how much was sent */
    pass(&self, TURNS - 1, EPOLLOUT);
    assert_int_equal(awaited(&self), EPOLLIN | EPOLLOUT);
    pass(&self, 1, EPOLLOUT);
    assert_int_equal(awaited(&self), EPOLLIN);
    pass(&self, 1, EPOLLIN);
    assert_int_equal(awaited(&self), EPOLLIN | EPOLLOUT);
    pass(&self, 1, EPOLLOUT);
    assert_int_equal(awaited(&self), EPOLLIN);
    duet__curl_upload_wanted(self.socket, self.socket->wanted);
    assert_false(self.socket->is_mute);
    test_upload_end(&self);
}

static void output_is_not_awaited_if_none_was_sent_until_input_comes(void **s)
{
    (void)s;
    test_client_run(send_nothing, NULL);
}

static void send_between(test_client *client)
{
    test_uploading self;

    begin(&self, client);
    for (int i = 0; i < MANY; i++) {
        pass(&self, TURNS - 1, EPOLLOUT);
        pass(&self, 1, EPOLLOUT | EPOLLIN);
    }
    pass(&self, TURNS, EPOLLOUT);
    self.socket->written_bytes--; /* as if it was less at that look */
    pass(&self, TURNS, EPOLLOUT);
    assert_int_equal(awaited(&self), EPOLLIN | EPOLLOUT);
    test_upload_end(&self);
}

static void output_is_awaited_while_bytes_are_sent_or_come(void **s)
{
    (void)s;
    test_client_run(send_between, NULL);
}

TEST_MAIN(test(upload_is_woken_if_bytes_were_read_and_no_output_awaited),
          test(upload_that_may_fill_a_socket_is_woken_if_one_has_left),
          test(output_is_not_awaited_if_none_was_sent_until_input_comes),
          test(output_is_awaited_while_bytes_are_sent_or_come))
