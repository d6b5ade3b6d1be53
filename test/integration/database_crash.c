/* SPDX-License-Identifier: MIT */
/* A server that dies without warning, in the middle of everything. */
#include "support/database/mariadb.h"
#include "support/test.h"

#include <duet/database_pool.h>
#include <duet/duet.h>

static int sleep_at_server(void *argument)
{
    return duet_database_query(argument, "SELECT SLEEP(1000)", NULL, NULL,
                               test_soon());
}

static void await_queries(duet_database *watcher, int count)
{
    while (test_number(watcher,
                       "SELECT COUNT(*) FROM information_schema.PROCESSLIST "
                       "WHERE INFO LIKE 'SELECT SLEEP%'") < count)
        assert_status(duet_sleep(duet_in_ms(1)), 0);
}

with_database(query_fails_and_the_next_has_a_new_connection)
{
    duet_task *task;
    int result;
    duet_database *watcher = test_database();

    assert_status(duet_database_begin(database, test_soon()), 0);
    assert_status(duet_spawn(sleep_at_server, database, NULL, &task), 0);
    await_queries(watcher, 1);
    test_mariadb_kill(&test_server);
    assert_status(duet_join(task, &result, test_soon()), 0);
    assert_status(result, DUET_EDISCONNECTED);
    assert_true(duet_database_last_error(database).number == 2013 ||
                duet_database_last_error(database).number == 2006);
    assert_false(duet_database_is_open(database));
    assert_status(duet_database_ping(database, test_soon()),
                  DUET_EDISCONNECTED);
    assert_status(duet_database_reconnect(database, test_soon()),
                  DUET_ECONNECT);
    test_mariadb_start(&test_server);
    assert_status(duet_database_reconnect(database, test_soon()), 0);
    assert_int_equal(test_number(database, "SELECT 1"), 1);
    assert_false(duet_database_in_transaction(database));
    assert_status(duet_database_ping(watcher, test_soon()), DUET_EDISCONNECTED);
    duet_database_close(watcher);
}

with_database(streamed_rows_fail_in_the_middle)
{
    const duet_rows_options stream = {.stream = true};
    duet_statement *statement;
    duet_rows *rows;
    int status;

    assert_status(duet_statement_prepare(database,
                                         "SELECT seq, REPEAT('x', 1000) FROM "
                                         "seq_1_to_100000000",
                                         &statement, test_soon()),
                  0);
    assert_status(
        duet_statement_run(statement, NULL, 0, &stream, &rows, test_soon()), 0);
    assert_int_equal(duet_rows_next(rows, test_soon()), 1);
    test_mariadb_kill(&test_server);
    while ((status = duet_rows_next(rows, test_soon())) > 0)
        continue;
    assert_status(status, DUET_EDISCONNECTED);
    test_mariadb_start(&test_server);
    assert_status(duet_database_reconnect(database, test_soon()), 0);
    assert_int_equal(test_number(database, "SELECT 2"), 2);
    duet_rows_free(rows);
    duet_statement_free(statement);
}

static int hold_for_long(void *argument)
{
    return duet_database_pool_run(argument, "SELECT SLEEP(1000)", NULL, 0, NULL,
                                  test_soon());
}

with_database(pool_gives_new_connections)
{
    duet_database_pool_options options = {.database = test_server.options,
                                          .maximum = 4};
    duet_database_pool_counts counts;
    duet_database_pool *pool;
    duet_task *tasks[4];
    int result;

    options.database.tls = true;
    options.database.host = "localhost";
    options.database.tls_ca_file = test_server.tls_ca_file;
    assert_status(duet_database_pool_open(&options, &pool, test_soon()), 0);
    for (int i = 0; i < 4; i++)
        assert_status(duet_spawn(hold_for_long, pool, NULL, &tasks[i]), 0);
    await_queries(database, 4);
    test_mariadb_kill(&test_server);
    for (int i = 0; i < 4; i++) {
        assert_status(duet_join(tasks[i], &result, test_soon()), 0);
        assert_status(result, DUET_EDISCONNECTED);
    }
    assert_status(
        duet_database_pool_run(pool, "SELECT 1", NULL, 0, NULL, test_soon()),
        DUET_ECONNECT);
    test_mariadb_start(&test_server);
    assert_status(
        duet_database_pool_run(pool, "SELECT 1", NULL, 0, NULL, test_soon()),
        0);
    duet_database_pool_count(pool, &counts);
    assert_int_equal(counts.in_use, 0);
    assert_true(counts.lost >= 1);
    assert_status(duet_database_pool_close(pool, test_soon()), 0);
}

with_database(idle_pool_outlives_a_restart)
{
    const duet_database_pool_options options = {.database = test_server.options,
                                                .minimum = 3,
                                                .maximum = 3,
                                                .check_ms = DUET_NO_LIMIT};
    duet_database_pool_counts counts;
    duet_database_pool *pool;

    (void)database;
    assert_status(duet_database_pool_open(&options, &pool, test_soon()), 0);
    test_mariadb_kill(&test_server);
    test_mariadb_start(&test_server);
    for (int i = 0; i < 5; i++)
        assert_status(duet_database_pool_run(pool, "SELECT 1", NULL, 0, NULL,
                                             test_soon()),
                      0);
    duet_database_pool_count(pool, &counts);
    assert_int_equal(counts.found_dead, 3);
    assert_int_equal(counts.lost, 0);
    assert_status(duet_database_pool_close(pool, test_soon()), 0);
}

DATABASE_TEST_MAIN(test(query_fails_and_the_next_has_a_new_connection),
                   test(streamed_rows_fail_in_the_middle),
                   test(pool_gives_new_connections),
                   test(idle_pool_outlives_a_restart))
