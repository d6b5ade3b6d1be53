/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include <duet/streams.h>

#include "support/folder.h"
#include "support/in_task.h"
#include "support/memory.h"
#include "support/valgrind.h"

static int echo(duet_connection *connection, void *context)
{
    int *open = context;
    int status;

    ++*open;
    status = duet_copy(duet_connection_reader(connection),
                       duet_connection_writer(connection), NULL, DUET_NEVER);
    --*open;
    return status;
}

typedef struct server {
    duet_listener *listener;
    duet_listener_serve_options options;
    int open; /* handlers in progress */
    duet_task *task;
} server;

static int serve(void *argument)
{
    server *self = argument;

    return duet_listener_serve(self->listener, echo, &self->open,
                               &self->options, DUET_NEVER);
}

static void start(server *self)
{
    assert_status(duet_listener_open(NULL, &self->listener), 0);
    assert_status(duet_spawn(serve, self, NULL, &self->task), 0);
}

static void stop(server *self)
{
    int result;

    duet_task_cancel(self->task);
    assert_status(duet_join(self->task, &result, DUET_NEVER), 0);
    assert_status(result, DUET_ECANCELED);
    assert_int_equal(self->open, 0);
    duet_listener_close(self->listener);
}

static duet_connection *connect_to(const server *self)
{
    duet_connection *connection;

    assert_status(duet_connect("127.0.0.1", duet_listener_port(self->listener),
                               NULL, &connection, DUET_NEVER),
                  0);
    return connection;
}

static int say(duet_connection *connection, const char *text,
               duet_deadline deadline)
{
    const char *line;
    int status =
        duet_writef(duet_connection_writer(connection), deadline, "%s\n", text);

    if (status == 0)
        status = duet_read_line(duet_connection_reader(connection), &line, NULL,
                                deadline);
    if (status == 0)
        assert_string_equal(line, text);
    return status;
}

in_task(each_connection_has_a_task)
{
    enum { COUNT = 50 };
    duet_connection *connections[COUNT];
    server own = {0};

    start(&own);
    for (int i = 0; i < COUNT; i++)
        connections[i] = connect_to(&own);
    for (int i = COUNT; i-- > 0;)
        assert_status(say(connections[i], "hello", DUET_NEVER), 0);
    assert_int_equal(own.open, COUNT);
    for (int i = 0; i < COUNT; i++)
        duet_connection_close(connections[i]);
    stop(&own);
}

/* Handlers that are left are cancelled; the peer sees a reset. */
in_task(stopping_ends_the_handlers)
{
    server own = {0};
    duet_connection *connection;
    const char *line;

    start(&own);
    connection = connect_to(&own);
    assert_status(say(connection, "hello", DUET_NEVER), 0);
    stop(&own);
    assert_status(duet_read_line(duet_connection_reader(connection), &line,
                                 NULL, DUET_NEVER),
                  DUET_ECONNRESET);
    duet_connection_close(connection);
}

in_task(no_more_are_served_than_allowed)
{
    server own = {.options = {.connections_max = 1}};
    duet_connection *first;
    duet_connection *second;

    start(&own);
    first = connect_to(&own);
    assert_status(say(first, "one", DUET_NEVER), 0);
    second = connect_to(&own);
    assert_status(say(second, "two", duet_in_ms(20)), DUET_ETIMEDOUT);
    assert_int_equal(own.open, 1);
    duet_connection_close(first);
    assert_status(say(second, "two", DUET_NEVER), 0);
    duet_connection_close(second);
    stop(&own);
}

/* The limit is that of the process, so that nobody can connect or be
 * accepted. */
in_task(lack_of_descriptors_ends)
{
    server own = {0};
    struct rlimit limit;
    struct rlimit least;
    duet_connection *connection;
    const char *line;
    int spare;

    start(&own);
    connection = connect_to(&own);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    spare = dup(0);
    close(spare);
    least = (struct rlimit){(rlim_t)spare, limit.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &least), 0);
    assert_status(say(connection, "early", duet_in_ms(20)), DUET_ETIMEDOUT);
    assert_int_equal(own.open, 0);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_status(duet_read_line(duet_connection_reader(connection), &line,
                                 NULL, DUET_NEVER),
                  0);
    assert_string_equal(line, "early");
    duet_connection_close(connection);
    stop(&own);
}

enum { FLOOD = 256 };

typedef struct flood {
    duet_listener *listener;
    duet_event *all; /* have been served */
    int served;
    int turns; /* of another task */
} flood;

static int hang_up(duet_connection *connection, void *context)
{
    flood *self = context;

    (void)connection;
    if (++self->served == FLOOD)
        duet_event_set(self->all);
    return 0;
}

static int serve_flood(void *argument)
{
    flood *self = argument;

    return duet_listener_serve(self->listener, hang_up, self, NULL, DUET_NEVER);
}

/* Until all have been served. */
static int count_turns(void *argument)
{
    flood *self = argument;

    while (self->served < FLOOD && duet_yield() == 0)
        self->turns++;
    return 0;
}

/* They all wait already, and none of the handlers waits. */
in_task(others_run_while_many_connect)
{
    const duet_listener_options options = {.unix_path = "flood"};
    static duet_connection *clients[FLOOD];
    flood own = {0};
    duet_task *server;
    duet_task *other;

    assert_status(duet_event_new(&own.all), 0);
    assert_status(duet_listener_open(&options, &own.listener), 0);
    for (int i = 0; i < FLOOD; i++)
        assert_status(duet_connect_unix("flood", &clients[i], DUET_NOW), 0);
    assert_status(duet_spawn(serve_flood, &own, NULL, &server), 0);
    assert_status(duet_spawn(count_turns, &own, NULL, &other), 0);
    assert_status(duet_event_wait(own.all, DUET_NEVER), 0);
    assert_true(own.turns >= FLOOD / 64 - 1);
    duet_task_cancel(server);
    assert_status(duet_join(server, NULL, DUET_NEVER), 0);
    assert_status(duet_join(other, NULL, DUET_NEVER), 0);
    for (int i = 0; i < FLOOD; i++)
        duet_connection_close(clients[i]);
    duet_listener_close(own.listener);
    duet_event_free(own.all);
}

in_virtual_time(accepting_ends_at_the_deadline)
{
    duet_listener *listener;
    duet_connection *connection;

    assert_status(duet_listener_open(NULL, &listener), 0);
    assert_status(duet_listener_accept(listener, &connection, duet_in_ms(10)),
                  DUET_ETIMEDOUT);
    assert_null(connection);
    assert_status(
        duet_listener_serve(listener, echo, NULL, NULL, duet_in_ms(10)),
        DUET_ETIMEDOUT);
    duet_listener_close(listener);
}

in_task(path_of_a_listener_goes_with_it)
{
    const duet_listener_options options = {.unix_path = "socket"};
    duet_listener *listener;
    duet_listener *second;
    duet_connection *client;
    duet_connection *accepted;

    assert_status(duet_listener_open(&options, &listener), 0);
    assert_int_equal(duet_listener_port(listener), 0);
    assert_status(duet_listener_open(&options, &second), DUET_EADDRINUSE);
    assert_null(second);
    assert_status(duet_connect_unix("socket", &client, DUET_NEVER), 0);
    assert_string_equal(duet_connection_peer(client), "unix:socket");
    assert_status(duet_listener_accept(listener, &accepted, DUET_NEVER), 0);
    assert_string_equal(duet_connection_peer(accepted), "unix:");
    duet_connection_close(client);
    duet_connection_close(accepted);
    duet_listener_close(listener);
    assert_int_equal(access("socket", F_OK), -1);
}

in_task(options_are_checked)
{
    const duet_listener_options refused[] = {
        {.backlog = -1},
        {.host = "example.org"},
        {.host = "::1", .unix_path = "socket"},
        {.unix_path = ""}};
    const duet_listener_serve_options too_few = {.connections_max = -2};
    const duet_listener_serve_options too_small = {.stack_bytes = 1};
    duet_listener *listener;

    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        assert_status(duet_listener_open(&refused[i], &listener), DUET_EINVAL);
        assert_null(listener);
    }
    assert_status(duet_listener_open(NULL, &listener), 0);
    assert_status(duet_listener_serve(listener, NULL, NULL, NULL, DUET_NEVER),
                  DUET_EINVAL);
    assert_status(
        duet_listener_serve(listener, echo, NULL, &too_few, DUET_NEVER),
        DUET_EINVAL);
    assert_status(
        duet_listener_serve(listener, echo, NULL, &too_small, DUET_NEVER),
        DUET_EINVAL);
    duet_listener_close(listener);
    duet_listener_close(NULL);
}

static void lack_of_descriptors_is_waited_out(void **state)
{
    if (test_on_valgrind())
        test_skip("Valgrind closes connections beyond the limit");
    lack_of_descriptors_ends(state);
}

TEST_MAIN(test(each_connection_has_a_task), test(stopping_ends_the_handlers),
          test(no_more_are_served_than_allowed),
          test(lack_of_descriptors_is_waited_out),
          in_folder(others_run_while_many_connect),
          test(accepting_ends_at_the_deadline),
          in_folder(path_of_a_listener_goes_with_it), test(options_are_checked))
