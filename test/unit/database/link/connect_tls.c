/* SPDX-License-Identifier: MIT */
#include "support/database/mariadb.h"
#include "support/test.h"

#include <netinet/in.h>
#include <openssl/err.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <duet/duet.h>

static duet_database_options verifying(const char *host)
{
    duet_database_options options = test_server.options;

    options.host = host;
    options.tls = true;
    options.tls_ca_file = test_server.tls_ca_file;
    return options;
}

/* The connector itself knows the address only. Many times, as the server may
 * speak sooner or later. */
with_database(certificate_must_have_the_hosts_name)
{
    duet_database_options options = verifying("localhost");
    duet_database *other;

    (void)database;
    for (int i = 0; i < 10; i++) {
        assert_status(duet_database_open(&options, &other, test_soon()), 0);
        assert_true(duet_database_is_encrypted(other));
        assert_int_equal(test_number(other, "SELECT 5"), 5);
        duet_database_close(other);
    }
    options = verifying("127.0.0.1");
    assert_status(duet_database_open(&options, &other, test_soon()), DUET_ETLS);
    options.tls_no_verify = true;
    assert_status(duet_database_open(&options, &other, test_soon()), 0);
    duet_database_close(other);
}

/* The connector is lenient with its own host. A wrong user shows that nothing
 * of him is sent before. */
with_database(stranger_is_refused_on_every_way_before_the_user_is_told)
{
    duet_database_options options = verifying("localhost");
    const char *hosts[] = {"localhost", "127.0.0.1"};
    duet_database *other;

    (void)database;
    options.tls_ca_file = NULL;
    options.user = "nobody";
    for (size_t i = 0; i < 2; i++) {
        options.host = hosts[i];
        assert_status(duet_database_open(&options, &other, test_soon()),
                      DUET_ETLS);
    }
    options.unix_socket = test_server.unix_socket;
    assert_status(duet_database_open(&options, &other, test_soon()), DUET_ETLS);
    options = verifying("127.0.0.1");
    options.user = "nobody";
    assert_status(duet_database_open(&options, &other, test_soon()), DUET_ETLS);
}

with_database(unverified_is_taken_whatever_the_authority)
{
    duet_database_options options = verifying("127.0.0.1");
    duet_database *other;

    (void)database;
    options.tls_no_verify = true;
    options.tls_ca_file = "/nonexistent/authority";
    assert_status(duet_database_open(&options, &other, test_soon()), 0);
    assert_true(duet_database_is_encrypted(other));
    duet_database_close(other);
}

with_database(refusals_are_told_as_without_tls)
{
    duet_database_options options = verifying("localhost");
    duet_database *other;
    int held;

    (void)database;
    options.user = "nobody";
    assert_status(duet_database_open(&options, &other, test_soon()),
                  DUET_EDATABASE);
    assert_non_null(strstr(duet_error_detail(), "1045 (28000)"));
    options = verifying("localhost");
    options.port = (uint16_t)test_hold_port(&held);
    assert_status(duet_database_open(&options, &other, test_soon()),
                  DUET_ECONNECT);
    close(held);
    options = verifying("localhost");
    assert_status(duet_database_open(&options, &other, DUET_NOW),
                  DUET_ETIMEDOUT);
}

/* What a server says first. */
static size_t read_greeting(char *bytes, size_t room)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons(test_server.options.port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int peer = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ssize_t length;

    assert_int_equal(
        connect(peer, (const struct sockaddr *)&address, sizeof address), 0);
    length = recv(peer, bytes, room, 0);
    assert_true(length > 0);
    close(peer);
    return (size_t)length;
}

/* Of a server that greets, and is silent from then on. */
typedef struct greeter {
    char greeting[256];
    size_t length;
    int listening;
    uint16_t port;
    bool has_greeted;
    duet_task *task;
} greeter;

static int greet(void *argument)
{
    greeter *self = argument;
    int peer;

    if (duet_wait_readable(self->listening, DUET_NEVER) != 0)
        return 0;
    peer = accept4(self->listening, NULL, NULL, SOCK_CLOEXEC);
    if (send(peer, self->greeting, self->length, MSG_NOSIGNAL) ==
        (ssize_t)self->length)
        self->has_greeted = true;
    (void)!duet_sleep(DUET_NEVER);
    close(peer);
    return 0;
}

static void start_greeter(greeter *self)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;

    self->length = read_greeting(self->greeting, sizeof self->greeting);
    self->has_greeted = false;
    self->listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(self->listening, (struct sockaddr *)&address, size),
                     0);
    assert_int_equal(listen(self->listening, 5), 0);
    assert_int_equal(
        getsockname(self->listening, (struct sockaddr *)&address, &size), 0);
    self->port = ntohs(address.sin_port);
    assert_status(duet_spawn(greet, self, NULL, &self->task), 0);
}

static void stop_greeter(greeter *self)
{
    duet_task_cancel(self->task);
    assert_status(duet_join(self->task, NULL, DUET_NEVER), 0);
    close(self->listening);
}

typedef struct opening {
    duet_database_options options;
    duet_deadline deadline;
} opening;

static int open_database(void *argument)
{
    opening *opening = argument;
    duet_database *database;
    int status =
        duet_database_open(&opening->options, &database, opening->deadline);

    assert_null(database);
    return status;
}

/* The connector would wait in poll(). */
with_database(loop_goes_on_in_a_handshake)
{
    opening opening = {.options = {.tls = true, .tls_no_verify = true},
                       .deadline = DUET_NEVER};
    greeter server;
    duet_task *task;
    int result;

    (void)database;
    start_greeter(&server);
    opening.options.port = server.port;
    assert_status(duet_spawn(open_database, &opening, NULL, &task), 0);
    while (!server.has_greeted)
        assert_status(duet_sleep(duet_in_ms(1)), 0);
    for (int i = 0; i < 50; i++)
        assert_status(duet_sleep(duet_in_ms(1)), 0);
    assert_false(duet_task_is_done(task));
    duet_task_cancel(task);
    assert_status(duet_join(task, &result, test_soon()), 0);
    assert_status(result, DUET_ECANCELED);
    stop_greeter(&server);
}

/* On a slow machine it takes more time to come that far. */
with_database(handshake_ends_at_the_deadline)
{
    opening opening = {.options = {.tls = true, .tls_no_verify = true}};
    greeter server;
    int64_t ms = 25;

    (void)database;
    do {
        ms *= 2;
        start_greeter(&server);
        opening.options.port = server.port;
        opening.deadline = duet_in_ms(ms);
        assert_status(open_database(&opening), DUET_ETIMEDOUT);
        stop_greeter(&server);
    } while (!server.has_greeted);
    assert_non_null(strstr(duet_error_detail(), "no answer before"));
}

/* What another connection, or another library, left behind is not ours. */
with_database(errors_of_others_are_not_taken_for_own)
{
    duet_database_options options = verifying("localhost");
    duet_database *other;

    (void)database;
    assert_status(duet_database_open(&options, &other, test_soon()), 0);
    for (int i = 0; i < 10; i++) {
        ERR_raise(ERR_LIB_USER, i + 1);
        assert_int_equal(test_number(other, "SELECT SLEEP(0.001)"), 0);
    }
    duet_database_close(other);
}

DATABASE_TEST_MAIN(
    test(errors_of_others_are_not_taken_for_own),
    test(certificate_must_have_the_hosts_name),
    test(stranger_is_refused_on_every_way_before_the_user_is_told),
    test(unverified_is_taken_whatever_the_authority),
    test(refusals_are_told_as_without_tls), test(loop_goes_on_in_a_handshake),
    test(handshake_ends_at_the_deadline))
