/* SPDX-License-Identifier: MIT */
#include "support/database/mariadb.h"
#include "support/test.h"
#include "support/ticker.h"

#include <stdlib.h>

#include <duet/duet.h>

with_database(query_gives_rows_or_an_error)
{
    duet_rows *rows = (duet_rows *)(uintptr_t)1;

    assert_status(
        duet_database_query(database, "SELEC 1", NULL, &rows, test_soon()),
        DUET_EDATABASE);
    assert_null(rows);
    test_sql(database, "SELECT 'a' AS letter", &rows);
    assert_string_equal(duet_rows_name(rows, 0), "letter");
    duet_rows_free(rows);
    test_sql(database, "SELECT seq FROM seq_1_to_100", NULL);
    assert_int_equal(test_number(database, "SELECT 1"), 1);
}

static test_ticker ticker = {.descriptor = -1};

static int lock_by_query(void *database)
{
    return (int)test_number(database, "SELECT GET_LOCK('tick', 1000)");
}

/* The query waits for a lock that is released after the fifth tick: with a loop
 * that stood still it would wait for ever. */
with_database(loop_ticks_while_a_query_waits)
{
    duet_database *holder = test_database();
    duet_task *task;
    int result = 0;

    assert_int_equal(lock_by_query(holder), 1);
    assert_status(duet_spawn(test_tick, &ticker, NULL, NULL), 0);
    assert_status(duet_spawn(lock_by_query, database, NULL, &task), 0);
    while (atomic_load(&ticker.ticks) < 5)
        assert_status(duet_sleep(duet_in_ms(1)), 0);
    assert_false(duet_task_is_done(task));
    assert_int_equal(test_number(holder, "SELECT RELEASE_LOCK('tick')"), 1);
    assert_status(duet_join(task, &result, test_soon()), 0);
    assert_int_equal(result, 1);
    duet_database_close(holder);
}

/* More than the sockets hold, so that sending has to wait, too. */
with_database(large_query_is_sent_whole)
{
    enum { BYTES = 8 << 20 };
    char *sql = malloc(BYTES + 32);
    size_t at = strlen("SELECT LENGTH('");

    assert_non_null(sql);
    memcpy(sql, "SELECT LENGTH('", at);
    memset(sql + at, 'x', BYTES);
    memcpy(sql + at + BYTES, "')", 3);
    assert_int_equal(test_number(database, sql), BYTES);
    free(sql);
}

with_database(row_over_the_limit_ends_the_connection)
{
    duet_database_options options = test_server.options;
    duet_database *narrow;

    (void)database;
    options.packet_bytes_max = 65536;
    assert_status(duet_database_open(&options, &narrow, test_soon()), 0);
    assert_int_equal(test_number(narrow, "SELECT LENGTH(REPEAT('x', 9))"), 9);
    assert_status(duet_database_query(narrow, "SELECT REPEAT('x', 1000000)",
                                      NULL, NULL, test_soon()),
                  DUET_ETOOLARGE);
    assert_string_equal(duet_error_detail(),
                        "row: a row is larger than packet_bytes_max, 65536 "
                        "bytes; the connection is closed");
    assert_false(duet_database_is_open(narrow));
    assert_status(duet_database_reconnect(narrow, test_soon()), 0);
    assert_status(duet_database_run(narrow, "SELECT REPEAT('x', 1000000)", NULL,
                                    0, NULL, NULL, test_soon()),
                  DUET_ETOOLARGE);
    assert_status(duet_database_reconnect(narrow, test_soon()), 0);
    assert_status(duet_database_query(narrow, "KILL CONNECTION_ID()", NULL,
                                      NULL, test_soon()),
                  DUET_EDISCONNECTED);
    duet_database_close(narrow);
}

DATABASE_TEST_MAIN(test(loop_ticks_while_a_query_waits),
                   test(query_gives_rows_or_an_error),
                   test(large_query_is_sent_whole),
                   test(row_over_the_limit_ends_the_connection))
