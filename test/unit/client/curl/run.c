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

static void run_to_head(test_client *client)
{
    duet__hop hop;

    make_hop(client, &hop, 1024);
    assert_status(duet__curl_run(client->session->driver, &hop, DUET_NEVER), 0);
    assert_non_null(hop.transfer);
    assert_int_equal(hop.incoming.status, 200);
    duet__curl_leave(&hop);
    assert_null(hop.transfer);
    assert_true(ends > 0);
    free_hop(&hop);
}

static void hop_with_a_ring_is_run_to_its_head(void **state)
{
    (void)state;
    test_client_run(run_to_head, NULL);
}

static void run_to_flaw(test_client *client)
{
    static const char *const replies[] = {
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\nabcde",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabcde",
    };

    for (size_t i = 0; i < sizeof replies / sizeof replies[0]; i++) {
        duet__hop hop;

        client->reply = replies[i];
        make_hop(client, &hop, 1024);
        assert_status(duet__curl_run(client->session->driver, &hop, DUET_NEVER),
                      DUET_EPROTOCOL);
        assert_null(hop.transfer);
        assert_int_equal(ring.length, 0);
        free_hop(&hop);
    }
}

static void flaw_in_the_head_fails_before_the_body(void **state)
{
    (void)state;
    test_client_run(run_to_flaw, NULL);
}

TEST_MAIN(test(hop_with_a_ring_is_run_to_its_head),
          test(flaw_in_the_head_fails_before_the_body))
