/* SPDX-License-Identifier: MIT */
#include "support/database/mariadb.h"
#include "support/test.h"

#include <fcntl.h>

#include <duet/duet.h>

#include "database/link/socket_wait.h"

with_database(each_bit_waits_for_its_event)
{
    MYSQL *mysql = database->mysql;

    assert_status(
        duet__database_wait(mysql, MYSQL_WAIT_WRITE, duet_in_ms(60000)), 0);
    assert_status(duet__database_wait(mysql, MYSQL_WAIT_READ, duet_in_ms(5)),
                  DUET_ETIMEDOUT);
    assert_false(duet__database_has_input(database));
    assert_int_equal(mysql_send_query(mysql, "SELECT 1", 8), 0);
    assert_status(
        duet__database_wait(mysql, MYSQL_WAIT_READ, duet_in_ms(60000)), 0);
    assert_true(duet__database_has_input(database));
    database->is_lost = true; /* its answer is nobody's */
}

static int sleep_under_tls(void *argument)
{
    return duet_database_query(argument, "SELECT SLEEP(1000)", NULL, NULL,
                               test_soon());
}

with_database(loop_goes_on_under_tls)
{
    duet_database_options options = test_server.options;
    duet_database *encrypted;
    duet_task *task;
    int result;

    (void)database;
    options.host = "localhost";
    options.tls = true;
    options.tls_ca_file = test_server.tls_ca_file;
    assert_status(duet_database_open(&options, &encrypted, test_soon()), 0);
    assert_true(fcntl(mysql_get_socket(encrypted->mysql), F_GETFL) &
                O_NONBLOCK);
    assert_status(duet_spawn(sleep_under_tls, encrypted, NULL, &task), 0);
    for (int i = 0; i < 20; i++)
        assert_status(duet_sleep(duet_in_ms(1)), 0);
    duet_task_cancel(task);
    assert_status(duet_join(task, &result, test_soon()), 0);
    assert_status(result, DUET_ECANCELED);
    assert_int_equal(test_number(encrypted, "SELECT 6"), 6);
    duet_database_close(encrypted);
}

DATABASE_TEST_MAIN(test(loop_goes_on_under_tls),
                   test(each_bit_waits_for_its_event))
