/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/in_task.h"
#include "support/memory.h"

static duet_listener *listen_on(const char *host, uint16_t port)
{
    const duet_listener_options options = {.host = host, .port = port};
    duet_listener *listener;

    assert_status(duet_listener_open(&options, &listener), 0);
    return listener;
}

/* "host:port:address" */
static const char * override(char *text, const char *host, uint16_t port,
                             const char *addresses)
{
    snprintf(text, 128, "%s:%u:%s", host, port, addresses);
    return text;
}

static int connect_by(const char *host, uint16_t port, const char *addresses,
                      duet_connection **connection)
{
    char text[128];
    const char *resolve[] = {override(text, "a.test", port, addresses), NULL};
    const duet_connect_options options = {.resolve = resolve,
                                          .connect_ms = 1000};

    return duet_connect(host, port, &options, connection, DUET_NEVER);
}

in_task(addresses_and_names_are_connected_to)
{
    duet_listener *listener = listen_on("127.0.0.1", 0);
    uint16_t port = duet_listener_port(listener);
    const char *hosts[] = {"127.0.0.1", "localhost", "LOCALHOST", "a.test"};
    char peer[32];
    duet_connection *connection;

    snprintf(peer, sizeof peer, "127.0.0.1:%u", port);
    for (size_t i = 0; i < 4; i++) {
        assert_status(connect_by(hosts[i], port, "127.0.0.1", &connection), 0);
        assert_string_equal(duet_connection_peer(connection), peer);
        duet_connection_close(connection);
    }
    duet_listener_close(listener);
}

in_task(ipv6_is_written_with_and_without_brackets)
{
    duet_listener *listener = listen_on("::1", 0);
    uint16_t port = duet_listener_port(listener);
    duet_connection *connection;

    assert_status(duet_connect("::1", port, NULL, &connection, DUET_NEVER), 0);
    duet_connection_close(connection);
    assert_status(duet_connect("[::1]", port, NULL, &connection, DUET_NEVER),
                  0);
    duet_connection_close(connection);
    duet_listener_close(listener);
}

in_task(next_address_is_tried_when_one_refuses)
{
    duet_listener *listener = listen_on("127.0.0.2", 0);
    uint16_t port = duet_listener_port(listener);
    duet_connection *connection;
    char peer[32];

    assert_status(
        connect_by("a.test", port, "127.0.0.3,127.0.0.2", &connection), 0);
    snprintf(peer, sizeof peer, "127.0.0.2:%u", port);
    assert_string_equal(duet_connection_peer(connection), peer);
    duet_connection_close(connection);
    duet_listener_close(listener);
}

/* A listener whose queue is full swallows what comes. */
static int open_silent(const char *host, uint16_t port, int fillers[8])
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(port)};
    int silent = socket(AF_INET, SOCK_STREAM, 0);

    assert_int_equal(inet_pton(AF_INET, host, &address.sin_addr), 1);
    assert_int_equal(bind(silent, (void *)&address, sizeof address), 0);
    assert_int_equal(listen(silent, 0), 0);
    for (int i = 0; i < 8; i++) {
        fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        connect(fillers[i], (void *)&address, sizeof address);
    }
    return silent;
}

static void close_all(int silent, const int fillers[8])
{
    for (int i = 0; i < 8; i++)
        close(fillers[i]);
    close(silent);
}

in_task(next_address_is_tried_beside_a_silent_one)
{
    duet_listener *listener = listen_on("127.0.0.2", 0);
    uint16_t port = duet_listener_port(listener);
    duet_connection *connection;
    char peer[32];
    int fillers[8];
    int silent = open_silent("127.0.0.4", port, fillers);

    assert_status(
        connect_by("a.test", port, "127.0.0.4,127.0.0.2", &connection), 0);
    snprintf(peer, sizeof peer, "127.0.0.2:%u", port);
    assert_string_equal(duet_connection_peer(connection), peer);
    duet_connection_close(connection);
    close_all(silent, fillers);
    duet_listener_close(listener);
}

in_task(silent_address_ends_at_its_limit)
{
    duet_listener *listener = listen_on("127.0.0.2", 0);
    uint16_t port = duet_listener_port(listener);
    const duet_connect_options options = {.connect_ms = 20};
    duet_connection *connection;
    int fillers[8];
    int silent = open_silent("127.0.0.4", port, fillers);

    assert_status(
        duet_connect("127.0.0.4", port, &options, &connection, DUET_NEVER),
        DUET_ETIMEDOUT);
    assert_non_null(
        strstr(duet_error_message(DUET_ETIMEDOUT), "connect 127.0.0.4 port "));
    assert_status(
        duet_connect("127.0.0.4", port, NULL, &connection, duet_in_ms(20)),
        DUET_ETIMEDOUT);
    close_all(silent, fillers);
    duet_listener_close(listener);
}

in_task(reason_of_the_last_address_is_told)
{
    duet_listener *listener = listen_on("127.0.0.2", 0);
    uint16_t port = duet_listener_port(listener);
    char text[128];
    const char *resolve[] = {
        override(text, "a.test", port, "127.0.0.3,127.0.0.4"), NULL};
    const duet_connect_options options = {.resolve = resolve, .connect_ms = 20};
    duet_connection *connection;
    int fillers[8];
    int silent = open_silent("127.0.0.4", port, fillers);

    assert_status(
        duet_connect("a.test", port, &options, &connection, DUET_NEVER),
        DUET_ECONNECT);
    assert_non_null(
        strstr(duet_error_message(DUET_ECONNECT), "deadline passed"));
    close_all(silent, fillers);
    duet_listener_close(listener);
}

in_task(refusals_are_told_with_the_host)
{
    duet_listener *listener = listen_on("127.0.0.2", 0);
    uint16_t port = duet_listener_port(listener);
    duet_connection *connection;

    assert_status(connect_by("a.test", port, "127.0.0.3", &connection),
                  DUET_ECONNREFUSED);
    assert_null(connection);
    assert_non_null(
        strstr(duet_error_message(DUET_ECONNREFUSED), "connect a.test port "));
    assert_status(
        connect_by("a.test", port, "127.0.0.3,127.0.0.5", &connection),
        DUET_ECONNREFUSED);
    duet_listener_close(listener);
}

in_task(what_is_no_host_is_refused)
{
    const char *hosts[] = {"", "a b", "a/b", "[::1", ":::", "a:80"};
    const duet_connect_options refused[] = {
        {.resolve_ms = -2}, {.connect_ms = -2}, {.dns_servers = "no address"}};
    duet_connection *connection;

    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
        assert_status(duet_connect(hosts[i], 1, NULL, &connection, DUET_NEVER),
                      DUET_EURL);
    assert_status(duet_connect("a", 0, NULL, &connection, DUET_NEVER),
                  DUET_EINVAL);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_status(
            duet_connect("a", 1, &refused[i], &connection, DUET_NEVER),
            DUET_EINVAL);
}

in_task(name_that_no_server_answers_for_is_not_waited_for)
{
    const duet_connect_options options = {.dns_servers = "127.0.0.1:1",
                                          .resolve_ms = 50};
    duet_connection *connection;
    int status = duet_connect("a.test", 1, &options, &connection, DUET_NEVER);

    assert_true(status == DUET_ERESOLVE || status == DUET_ETIMEDOUT);
    assert_non_null(strstr(duet_error_message(status), "resolve a.test"));
}

static int connect_and_stop(void *argument)
{
    int *fillers = argument;
    duet_connection *connection;

    return duet_connect("127.0.0.4", (uint16_t)fillers[8], NULL, &connection,
                        DUET_NEVER);
}

in_task(cancelled_connect_leaves_nothing_open)
{
    duet_listener *listener = listen_on("127.0.0.2", 0);
    int fillers[9];
    int silent;
    int result;
    duet_task *task;

    fillers[8] = duet_listener_port(listener);
    silent = open_silent("127.0.0.4", (uint16_t)fillers[8], fillers);
    assert_status(duet_spawn(connect_and_stop, fillers, NULL, &task), 0);
    assert_status(duet_yield(), 0);
    duet_task_cancel(task);
    assert_status(duet_join(task, &result, DUET_NEVER), 0);
    assert_status(result, DUET_ECANCELED);
    close_all(silent, fillers);
    duet_listener_close(listener);
}

TEST_MAIN(test(addresses_and_names_are_connected_to),
          test(ipv6_is_written_with_and_without_brackets),
          test(next_address_is_tried_when_one_refuses),
          test(next_address_is_tried_beside_a_silent_one),
          test(silent_address_ends_at_its_limit),
          test(reason_of_the_last_address_is_told),
          test(refusals_are_told_with_the_host),
          test(what_is_no_host_is_refused),
          test(name_that_no_server_answers_for_is_not_waited_for),
          test(cancelled_connect_leaves_nothing_open))
