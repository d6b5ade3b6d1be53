/* SPDX-License-Identifier: MIT */
#include "client/curl/run.h"
#include "client/curl/stream.h"
#include "client/session/session.h"
#include "support/client.h"
#include "support/test.h"

#include <stdio.h>

#include <duet/duet.h>

static duet__phase_limits limits;
static duet__ring ring;
static int ends;

static void count_end(duet__hop *hop)
{
    (void)hop;
    ends++;
}

/* A hop whose body goes into a ring of `ring_bytes`. */
static void make_hop(test_client *client, duet__hop *hop, size_t ring_bytes)
{
    static char where[32];
    char text[64];
    duet_url *url;

    snprintf(where, sizeof where, "127.0.0.1:%d", client->wire.port);
    snprintf(text, sizeof text, "http://%s/", where);
    assert_status(duet_url_parse(text, &url), 0);
    assert_status(duet__phase_limits_read(&(duet_fetch_options){0}, &limits),
                  0);
    *hop = (duet__hop){.method = "GET",
                       .url = url,
                       .where = where,
                       .limits = &limits,
                       .begin_ns = duet_clock_ns(),
                       .ended = count_end};
    ends = 0;
    duet__ring_init(&ring, ring_bytes);
    duet__incoming_init(&hop->incoming);
    hop->incoming.ring = &ring;
}

static void free_hop(duet__hop *hop)
{
    duet__incoming_free(&hop->incoming);
    duet__ring_free(&ring);
    duet_url_free((duet_url *)(uintptr_t)hop->url);
}

/* Reads to the end; returns how it ended. */
static int read_rest(duet__hop *hop, char *text)
{
    size_t length = 0;
    int status;

    while ((status = duet__curl_read(hop, DUET_NEVER)) == 0) {
        char *bytes;
        size_t count = duet__ring_front(&ring, &bytes);

        memcpy(text + length, bytes, count);
        length += count;
        duet__ring_drop(&ring, count);
        duet__curl_read_on(hop);
    }
    text[length] = '\0';
    return status;
}

static void read_small(test_client *client)
{
    char text[64];
    duet__hop hop;

    make_hop(client, &hop, 1); /* each byte by itself */
    assert_status(duet__curl_run(client->session->driver, &hop, DUET_NEVER), 0);
    assert_status(read_rest(&hop, text), DUET_EEMPTY);
    assert_string_equal(text, "ok");
    assert_null(hop.transfer);
    assert_true(ends > 0);
    free_hop(&hop);
}

static void body_passes_through_the_smallest_ring(void **state)
{
    (void)state;
    test_client_run(read_small, NULL);
}

static void leave_full(test_client *client)
{
    duet__hop hop;

    for (int i = 0; i < 3; i++) {
        make_hop(client, &hop, 1);
        assert_status(duet__curl_run(client->session->driver, &hop, DUET_NEVER),
                      0);
        assert_int_equal(hop.is_reused, i > 0);
        assert_status(duet__curl_read(&hop, DUET_NEVER), 0);
        duet__ring_drop(&ring, 1);
        if (i == 1)
            duet__curl_read_on(&hop); /* left before it goes on */
        duet__curl_leave(&hop);
        duet__curl_leave(&hop);
        free_hop(&hop);
    }
    assert_int_equal(client->wire.connections, 1);
}

static void rest_that_is_there_is_dropped_to_keep_the_connection(void **state)
{
    (void)state;
    test_client_run(leave_full, NULL);
}

static void read_cut(test_client *client)
{
    char text[64];
    duet__hop hop;

    client->reply = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                    "3\r\nabc\r\nnonsense\r\n";
    make_hop(client, &hop, 1024);
    assert_status(duet__curl_run(client->session->driver, &hop, DUET_NEVER), 0);
    assert_status(read_rest(&hop, text), DUET_EPROTOCOL);
    assert_string_equal(text, "abc");
    assert_null(hop.transfer);
    free_hop(&hop);
}

static void what_came_before_a_flaw_is_read_first(void **state)
{
    (void)state;
    test_client_run(read_cut, NULL);
}

TEST_MAIN(test(body_passes_through_the_smallest_ring),
          test(rest_that_is_there_is_dropped_to_keep_the_connection),
          test(what_came_before_a_flaw_is_read_first))
