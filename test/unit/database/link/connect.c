/* SPDX-License-Identifier: MIT */
#include "support/database/mariadb.h"
#include "support/test.h"

#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <duet/duet.h>

#include "database/link/connect.h"

static int listen_silently(int *out_port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t bytes = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(listener >= 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, bytes), 0);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &bytes),
                     0);
    *out_port = ntohs(address.sin_port);
    return listener;
}

static int give_up_a_silent_server(void *argument)
{
    const duet_database_options options = {.host = "127.0.0.1",
                                           .port = *(int *)argument};
    duet_database database = {0};

    assert_status(duet__database_settings_read(&options, &database.settings),
                  0);
    assert_status(duet__database_connect(&database, duet_in_ms(20)),
                  DUET_ETIMEDOUT);
    assert_string_equal(duet_error_detail(), "connect 127.0.0.1: no answer "
                                             "before the deadline");
    assert_null(database.mysql);
    assert_true(database.is_lost);
    duet__database_disconnect(&database);
    return 0;
}

static void attempt_that_is_given_up_leaves_nothing(void **state)
{
    int port;
    int listener = listen_silently(&port);

    (void)state;
    test_run_task(give_up_a_silent_server, &port);
    close(listener);
}

with_database(disconnecting_goes_without_a_farewell)
{
    duet_database *other = test_database();
    uint64_t id = duet_database_id(database);
    char sql[96];

    database->is_lost = true;
    duet__database_disconnect(database);
    assert_null(database->mysql);
    assert_int_equal(duet_database_id(database), 0);
    snprintf(sql, sizeof sql,
             "SELECT COUNT(*) FROM information_schema.PROCESSLIST "
             "WHERE ID = %llu",
             (unsigned long long)id);
    while (test_number(other, sql) != 0)
        assert_status(duet_sleep(duet_in_ms(1)), 0);
    duet_database_close(other);
}

DATABASE_TEST_MAIN(test(attempt_that_is_given_up_leaves_nothing),
                   test(disconnecting_goes_without_a_farewell))
