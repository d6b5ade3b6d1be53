/* SPDX-License-Identifier: MIT */
#include "client/curl/state.h"
#include "client/session/session.h"
#include "support/client.h"
#include "support/test.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <duet/duet.h>

/* How many descriptors are ours and watched by the loop. */
static int count(const test_client *client, bool in_epoll)
{
    const duet__curl_driver *driver = client->session->driver;
    int found = 0;

    for (size_t i = 0; i < driver->descriptors; i++)
        if (driver->sockets[i].is_ours)
            found += !in_epoll ||
                     driver->loop->descriptors.entries[i].registered != 0;
    return found;
}

static void keep_and_close(test_client *client)
{
    duet_response_free(test_client_get(client, "/"));
    assert_int_equal(count(client, false), 1);
    assert_int_equal(count(client, true), 1); /* libcurl has lost interest */
    duet_response_free(test_client_get(client, "/"));
    assert_int_equal(count(client, false), 1);
    client->reply = "HTTP/1.1 200 OK\r\nConnection: close\r\n"
                    "Content-Length: 0\r\n\r\n";
    duet_response_free(test_client_get(client, "/"));
    while (count(client, false) != 0)
        (void)!duet_sleep(duet_in_ms(1));
}

static void idle_connection_stays_registered_until_it_closes(void **state)
{
    (void)state;
    test_client_run(keep_and_close, NULL);
}

static void close_after_one(test_wire *wire, int descriptor, int number)
{
    (void)number;
    test_wire_read(wire, descriptor);
    test_wire_write(descriptor, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
}

static void server_closes(test_client *client)
{
    client->wire.serve = close_after_one;
    duet_response_free(test_client_get(client, "/"));
    while (count(client, true) != 0) /* it fires unwanted */
        (void)!duet_sleep(duet_in_ms(1));
    duet_response_free(test_client_get(client, "/"));
    assert_int_equal(client->wire.connections, 2);
}

static void connection_closed_while_idle_is_dropped_and_replaced(void **state)
{
    (void)state;
    test_client_run(server_closes, NULL);
}

static void fetch_without_descriptors(test_client *client)
{
    struct rlimit before;
    struct rlimit few;
    duet_response *response;
    int kept;
    int next;

    duet_response_free(test_client_get(client, "/")); /* all is set up */
    kept = test_open_descriptors();
    client->reply = "HTTP/1.1 200 OK\r\nConnection: close\r\n"
                    "Content-Length: 0\r\n\r\n";
    duet_response_free(test_client_get(client, "/"));
    while (test_open_descriptors() > kept - 2) /* both ends have closed */
        (void)!duet_sleep(duet_in_ms(1));
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    next = dup(0);
    close(next);
    few =
        (struct rlimit){.rlim_cur = (rlim_t)next, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    assert_status(duet_get(client->session, test_client_url(client, "/"), NULL,
                           &response, DUET_NEVER),
                  DUET_EMFILE);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_non_null(strstr(duet_error_detail(), "too many open descriptors"));
    duet_response_free(test_client_get(client, "/"));
}

static void a_shortage_of_descriptors_is_told(void **state)
{
    (void)state;
    test_client_run(fetch_without_descriptors, NULL);
}

static void take_no_part(void *context, int descriptor, uint32_t events)
{
    (void)context;
    (void)descriptor;
    (void)events;
}

static void fetch_what_cannot_be_watched(test_client *client)
{
    duet__poll_set *descriptors = &client->session->driver->loop->descriptors;
    duet_response *response;
    int next = dup(0);

    close(next);
    /* The next descriptor, so it seems, belongs to somebody else. */
    assert_status(
        duet__source_watch(descriptors, next, 0, take_no_part, client), 0);
    assert_status(duet_get(client->session, test_client_url(client, "/"), NULL,
                           &response, DUET_NEVER),
                  DUET_EBUSY);
    duet__source_forget(descriptors, next);
    duet_response_free(test_client_get(client, "/"));
}

static void what_cannot_be_watched_ends_with_its_error(void **state)
{
    (void)state;
    test_client_run(fetch_what_cannot_be_watched, NULL);
}

TEST_MAIN(test(what_cannot_be_watched_ends_with_its_error),
          test(idle_connection_stays_registered_until_it_closes),
          test(connection_closed_while_idle_is_dropped_and_replaced),
          test(a_shortage_of_descriptors_is_told))
