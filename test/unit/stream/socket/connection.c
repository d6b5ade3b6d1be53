/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <duet/streams.h>

#include "support/folder.h"
#include "support/in_task.h"
#include "support/memory.h"

static void make_pair(duet_connection **one, duet_connection **other)
{
    int ends[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    assert_status(duet_connection_of_descriptor(ends[0], one), 0);
    assert_status(duet_connection_of_descriptor(ends[1], other), 0);
}

static void expect_line(duet_connection *connection, const char *expected)
{
    const char *line;

    assert_status(duet_read_line(duet_connection_reader(connection), &line,
                                 NULL, DUET_NEVER),
                  0);
    assert_string_equal(line, expected);
}

in_task(both_sides_read_and_write)
{
    duet_connection *one;
    duet_connection *other;

    make_pair(&one, &other);
    assert_string_equal(duet_connection_peer(one), "unix:");
    assert_status(
        duet_write_text(duet_connection_writer(one), "hello\n", DUET_NEVER), 0);
    expect_line(other, "hello");
    assert_status(
        duet_write_text(duet_connection_writer(other), "you\n", DUET_NEVER), 0);
    expect_line(one, "you");
    duet_connection_close(one);
    duet_connection_close(other);
    duet_connection_close(NULL);
}

/* The other half goes on. */
in_task(ended_writer_ends_the_peers_reader)
{
    duet_connection *one;
    duet_connection *other;
    const char *line;

    make_pair(&one, &other);
    assert_status(duet_writer_end(duet_connection_writer(one), DUET_NEVER), 0);
    assert_status(
        duet_read_line(duet_connection_reader(other), &line, NULL, DUET_NEVER),
        DUET_EEMPTY);
    assert_status(
        duet_write_text(duet_connection_writer(other), "last\n", DUET_NEVER),
        0);
    expect_line(one, "last");
    duet_connection_close(other);
    assert_status(
        duet_read_line(duet_connection_reader(one), &line, NULL, DUET_NEVER),
        DUET_EEMPTY);
    duet_connection_close(one);
}

/* Over TCP: a Unix socket has no reset. */
static int end_of(bool gives_up)
{
    duet_listener *listener;
    duet_connection *client;
    duet_connection *server;
    const char *line;
    int status;

    assert_status(duet_listener_open(NULL, &listener), 0);
    assert_status(duet_connect("127.0.0.1", duet_listener_port(listener), NULL,
                               &client, DUET_NEVER),
                  0);
    assert_status(duet_listener_accept(listener, &server, DUET_NEVER), 0);
    if (gives_up)
        duet_writer_give_up(duet_connection_writer(server));
    duet_connection_close(server);
    status =
        duet_read_line(duet_connection_reader(client), &line, NULL, DUET_NEVER);
    duet_connection_close(client);
    duet_listener_close(listener);
    return status;
}

in_task(given_up_connection_is_reset)
{
    assert_status(end_of(false), DUET_EEMPTY);
    assert_status(end_of(true), DUET_ECONNRESET);
}

static void other_descriptors_are_refused(void **state)
{
    duet_connection *connection;
    int ends[2];

    (void)state;
    assert_status(duet_connection_of_descriptor(-1, &connection), DUET_EBADF);
    assert_int_equal(pipe(ends), 0);
    assert_status(duet_connection_of_descriptor(ends[0], &connection),
                  DUET_ENOTSUP);
    assert_null(connection);
    close(ends[0]);
    close(ends[1]);
    assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), 0);
    assert_status(duet_connection_of_descriptor(ends[0], &connection),
                  DUET_ENOTSUP);
    close(ends[0]);
    close(ends[1]);
}

in_task(paths_that_nobody_listens_on_are_named)
{
    duet_connection *connection;

    assert_status(duet_connect_unix("missing", &connection, DUET_NEVER),
                  DUET_ENOENT);
    assert_null(connection);
    assert_string_equal(duet_error_message(DUET_ENOENT),
                        "connect to \"missing\": no such file or directory");
    assert_status(duet_connect_unix("", &connection, DUET_NEVER), DUET_EINVAL);
    assert_status(
        duet_connect_unix("@duet-no-such-name", &connection, DUET_NEVER),
        DUET_ECONNREFUSED);
}

/* The queue of a listener takes one more than its length. */
in_virtual_time(busy_listener_is_waited_for)
{
    const duet_listener_options options = {.unix_path = "socket", .backlog = 1};
    duet_listener *listener;
    duet_connection *waiting[3];
    duet_connection *late;

    assert_status(duet_listener_open(&options, &listener), 0);
    for (int i = 0; i < 2; i++)
        assert_status(
            duet_connect_unix("socket", &waiting[i], duet_in_ms(1000)), 0);
    assert_status(duet_connect_unix("socket", &late, duet_in_ms(1000)),
                  DUET_ETIMEDOUT);
    assert_null(late);
    assert_status(duet_listener_accept(listener, &waiting[2], DUET_NEVER), 0);
    assert_status(duet_connect_unix("socket", &late, duet_in_ms(1000)), 0);
    for (int i = 0; i < 3; i++)
        duet_connection_close(waiting[i]);
    duet_connection_close(late);
    duet_listener_close(listener);
}

static int make_pair_or_fail(void)
{
    duet_connection *connection = NULL;
    int ends[2];
    int status;

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    status = duet_connection_of_descriptor(ends[0], &connection);
    if (status != 0)
        close(ends[0]);
    duet_connection_close(connection);
    close(ends[1]);
    return status;
}

static void allocation_failures_are_told(void **state)
{
    (void)state;
    test_each_allocation_failing(make_pair_or_fail, 1);
}

TEST_MAIN(test(both_sides_read_and_write),
          test(ended_writer_ends_the_peers_reader),
          test(given_up_connection_is_reset),
          test(other_descriptors_are_refused),
          in_folder(paths_that_nobody_listens_on_are_named),
          in_folder(busy_listener_is_waited_for),
          test(allocation_failures_are_told))
