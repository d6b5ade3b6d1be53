/* SPDX-License-Identifier: MIT */
#include "client/curl/run.h"
#include "client/curl/state.h"
#include "client/session/session.h"
#include "support/client.h"
#include "support/test.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <duet/duet.h>

/* The server is 127.0.0.1; 127.0.0.2 and ::1 swallow what they get; on any
 * other address nobody listens. */
enum { WAITING = 4 };

typedef struct full {
    int listener;
    int waiting[WAITING];
} full;

static void open_full(full *full, const struct sockaddr *address,
                      socklen_t size)
{
    const int on = 1;
    int family = address->sa_family;

    full->listener = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(full->listener >= 0);
    if (family == AF_INET6)
        setsockopt(full->listener, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    assert_int_equal(bind(full->listener, address, size), 0);
    assert_int_equal(listen(full->listener, 0), 0);
    for (int i = 0; i < WAITING; i++) {
        full->waiting[i] =
            socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        (void)!connect(full->waiting[i], address, size);
    }
}

static void close_full(full *full)
{
    for (int i = 0; i < WAITING; i++)
        close(full->waiting[i]);
    close(full->listener);
}

static int fetch_from(test_client *client, const char *addresses,
                      const duet_fetch_options *options)
{
    duet__phase_limits limits;
    duet__hop hop = {.method = "GET",
                     .addresses = addresses,
                     .where = "many.test",
                     .limits = &limits};
    duet_url *url;
    char text[64];
    char where[32];
    int status;

    snprintf(where, sizeof where, "many.test:%d", client->wire.port);
    snprintf(text, sizeof text, "http://%s/", where);
    hop.where = where;
    hop.begin_ns = duet_clock_ns();
    assert_status(duet_url_parse(text, &url), 0);
    hop.url = url;
    assert_status(duet__phase_limits_read(options, &limits), 0);
    duet__incoming_init(&hop.incoming);
    status = duet__curl_run(client->session->driver, &hop, DUET_NEVER);
    if (status == 0)
        assert_string_equal(hop.incoming.body.bytes, "ok");
    duet__incoming_free(&hop.incoming);
    duet_url_free(url);
    return status;
}

static int fetch_beside_full(test_client *client, const char *addresses,
                             const duet_fetch_options *options)
{
    struct sockaddr_in ipv4 = {.sin_family = AF_INET,
                               .sin_addr.s_addr = htonl(0x7f000002),
                               .sin_port = htons((uint16_t)client->wire.port)};
    struct sockaddr_in6 ipv6 = {.sin6_family = AF_INET6,
                                .sin6_addr = IN6ADDR_LOOPBACK_INIT,
                                .sin6_port =
                                    htons((uint16_t)client->wire.port)};
    full full4;
    full full6;
    int status;

    open_full(&full4, (void *)&ipv4, sizeof ipv4);
    open_full(&full6, (void *)&ipv6, sizeof ipv6);
    status = fetch_from(client, addresses, options);
    close_full(&full4);
    close_full(&full6);
    return status;
}

static void close_kept(test_client *client)
{
    client->reply = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
                    "Connection: close\r\n\r\nok";
}

static void refuse_first(test_client *client)
{
    close_kept(client);
    assert_status(fetch_from(client, "127.0.0.3,127.0.0.1", NULL), 0);
    assert_status(fetch_from(client, "[::1],127.0.0.1", NULL), 0);
    assert_status(
        fetch_from(client, "127.0.0.3,[::1],127.0.0.4,127.0.0.1", NULL), 0);
    assert_int_equal(client->wire.connections, 3);
}

static void address_that_refuses_gives_way_to_the_next(void **state)
{
    (void)state;
    test_client_run(refuse_first, NULL);
}

static void swallow_first(test_client *client)
{
    static const char *const lists[] = {
        "127.0.0.2,127.0.0.1", "[::1],127.0.0.1", "127.0.0.2,[::1],127.0.0.1",
        "[::1],127.0.0.3,127.0.0.1", "127.0.0.3,127.0.0.2,127.0.0.1"};

    close_kept(client);
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        assert_status(fetch_beside_full(client, lists[i], NULL), 0);
    assert_int_equal(client->wire.connections, 5);
}

static void address_that_swallows_does_not_keep_from_the_next(void **state)
{
    (void)state;
    test_client_run(swallow_first, NULL);
}

static void refuse_all(test_client *client)
{
    assert_status(fetch_from(client, "127.0.0.3,127.0.0.4", NULL),
                  DUET_ECONNREFUSED);
    assert_int_equal(duet_error_phase(), DUET_PHASE_CONNECT);
    assert_status(fetch_from(client, "127.0.0.1", NULL), 0);
}

static void all_that_refuse_are_told_as_refusal(void **state)
{
    (void)state;
    test_client_run(refuse_all, NULL);
}

static void swallow_all(test_client *client)
{
    const duet_fetch_options soon = {.connect_ms = 700};

    assert_status(fetch_beside_full(client, "[::1],127.0.0.2", &soon),
                  DUET_ETIMEDOUT);
    assert_int_equal(duet_error_phase(), DUET_PHASE_CONNECT);
    assert_status(fetch_beside_full(client, "127.0.0.2,127.0.0.3", &soon),
                  DUET_ETIMEDOUT);
    assert_int_equal(duet_error_phase(), DUET_PHASE_CONNECT);
}

static void all_together_have_the_time_to_connect(void **state)
{
    (void)state;
    test_client_run(swallow_all, NULL);
}

typedef struct cancelled {
    test_client *client;
    const char *addresses;
} cancelled;

static int fetch_to_be_cancelled(void *argument)
{
    const cancelled *self = argument;

    return fetch_beside_full(self->client, self->addresses, NULL);
}

static void cancel_race(test_client *client)
{
    cancelled self = {client, "[::1],127.0.0.2,127.0.0.2"};
    duet_task *task;
    int result;

    assert_status(duet_spawn(fetch_to_be_cancelled, &self, NULL, &task), 0);
    (void)!duet_sleep(duet_in_ms(600)); /* three attempts are under way */
    duet_task_cancel(task);
    assert_status(duet_join(task, &result, DUET_NEVER), 0);
    assert_status(result, DUET_ECANCELED);
}

static void cancelled_race_leaves_nothing(void **state)
{
    (void)state;
    test_client_run(cancel_race, NULL);
}

TEST_MAIN(test(address_that_refuses_gives_way_to_the_next),
          test(address_that_swallows_does_not_keep_from_the_next),
          test(all_that_refuse_are_told_as_refusal),
          test(all_together_have_the_time_to_connect),
          test(cancelled_race_leaves_nothing))
