/* SPDX-License-Identifier: MIT */
/* Rows, buffered and streamed, and several results of one text. */
#include "support/database/mariadb.h"
#include "support/test.h"

#include <duet/duet.h>

static const duet_rows_options STREAM = {.stream = true};

with_database(buffered_rows_are_all_there)
{
    duet_rows *rows;

    test_sql(database, "SELECT seq AS n, seq * 2 AS twice FROM seq_1_to_1000",
             &rows);
    assert_int_equal(duet_rows_count(rows), 1000);
    assert_int_equal(duet_rows_column(rows, "twice"), 1);
    assert_status(duet_rows_column(rows, "thrice"), DUET_ENOENT);
    assert_null(duet_rows_name(rows, 2));
    assert_int_equal(duet_rows_value(rows, 0).type, DUET_VALUE_NULL);
    assert_int_equal(test_number(database, "SELECT 5"), 5); /* it is free */
    for (int64_t i = 1; i <= 1000; i++) {
        assert_int_equal(duet_rows_next(rows, DUET_NOW), 1);
        assert_int_equal(duet_rows_value(rows, 0).integer, i);
        assert_int_equal(duet_rows_value(rows, 1).integer, 2 * i);
    }
    assert_int_equal(duet_rows_next(rows, DUET_NOW), 0);
    assert_int_equal(duet_rows_next(rows, DUET_NOW), 0);
    assert_int_equal(duet_rows_value(rows, 0).type, DUET_VALUE_NULL);
    assert_int_equal(duet_rows_next_result(rows, test_soon()), 0);
    duet_rows_free(rows);
}

with_database(streamed_rows_hold_the_connection)
{
    duet_rows *rows;
    int64_t sum = 0;
    int status;

    assert_status(duet_database_query(database,
                                      "SELECT seq FROM seq_1_to_10000", &STREAM,
                                      &rows, test_soon()),
                  0);
    assert_status(duet_database_ping(database, test_soon()), DUET_EBUSY);
    while ((status = duet_rows_next(rows, test_soon())) > 0)
        sum += duet_rows_value(rows, 0).integer;
    assert_status(status, 0);
    assert_int_equal(sum, 10000 * 10001 / 2);
    assert_int_equal(duet_rows_count(rows), 10000);
    assert_status(duet_database_ping(database, test_soon()), 0);
    duet_rows_free(rows);
}

with_database(changes_tell_rows_and_id)
{
    duet_rows *rows;

    test_sql(database,
             "CREATE TEMPORARY TABLE cats (id INT AUTO_INCREMENT PRIMARY KEY, "
             "name VARCHAR(20) UNIQUE)",
             NULL);
    test_sql(database, "INSERT INTO cats (name) VALUES ('Ada'), ('Bea')",
             &rows);
    assert_int_equal(duet_rows_affected(rows), 2);
    assert_int_equal(duet_rows_last_id(rows), 1);
    assert_int_equal(duet_rows_columns(rows), 0);
    assert_int_equal(duet_rows_next(rows, DUET_NOW), 0);
    duet_rows_free(rows);
    test_sql(database, "INSERT IGNORE INTO cats (name) VALUES ('Ada')", &rows);
    assert_int_equal(duet_rows_affected(rows), 0);
    assert_int_equal(duet_rows_warnings(rows), 1);
    duet_rows_free(rows);
    test_sql(database, "SELECT * FROM cats", &rows);
    assert_int_equal(duet_rows_affected(rows), 0);
    duet_rows_free(rows);
}

static duet_database *open_multi(void)
{
    duet_database_options options = test_server.options;
    duet_database *database;

    options.multi_statements = true;
    assert_status(duet_database_open(&options, &database, test_soon()), 0);
    return database;
}

static void assert_results(duet_rows *rows)
{
    assert_int_equal(duet_rows_next(rows, test_soon()), 1);
    assert_int_equal(duet_rows_value(rows, 0).integer, 1);
    /* its second row is left */
    assert_int_equal(duet_rows_next_result(rows, test_soon()), 1);
    assert_int_equal(duet_rows_columns(rows), 0);
    assert_int_equal(duet_rows_next_result(rows, test_soon()), 1);
    assert_int_equal(duet_rows_columns(rows), 2);
    assert_int_equal(duet_rows_next(rows, test_soon()), 1);
    assert_string_equal(duet_rows_value(rows, 1).text.bytes, "b");
    assert_int_equal(duet_rows_next(rows, test_soon()), 0);
    assert_int_equal(duet_rows_next_result(rows, test_soon()), 0);
    assert_int_equal(duet_rows_next_result(rows, test_soon()), 0);
    duet_rows_free(rows);
}

with_database(several_results_come_in_order)
{
    const char *sql = "SELECT 1 UNION SELECT 2; SET @a = 1; SELECT 'a', 'b'";
    duet_database *multi = open_multi();
    duet_rows *rows;

    assert_status(duet_database_query(database, sql, NULL, &rows, test_soon()),
                  DUET_EDATABASE); /* one statement only */
    assert_null(rows);
    test_sql(multi, sql, &rows);
    assert_results(rows);
    assert_status(duet_database_query(multi, sql, &STREAM, &rows, test_soon()),
                  0);
    assert_results(rows);
    test_sql(multi, sql, NULL);
    assert_int_equal(test_number(multi, "SELECT 3"), 3);
    test_sql(multi, sql, &rows); /* the rest is never asked for */
    duet_rows_free(rows);
    assert_int_equal(test_number(multi, "SELECT 4"), 4);
    duet_database_close(multi);
}

with_database(later_statement_that_fails_is_told)
{
    duet_database *multi = open_multi();
    duet_rows *rows;

    (void)database;
    test_sql(multi, "SELECT 1; SELECT * FROM absent; SELECT 2", &rows);
    assert_status(duet_rows_next_result(rows, test_soon()), DUET_EDATABASE);
    assert_int_equal(duet_database_last_error(multi).number, 1146);
    duet_rows_free(rows);
    assert_status(duet_database_query(multi, "SELECT 1; SELECT * FROM absent",
                                      NULL, NULL, test_soon()),
                  DUET_EDATABASE);
    assert_int_equal(test_number(multi, "SELECT 5"), 5);
    duet_database_close(multi);
}

with_database(buffered_rows_have_a_limit)
{
    const duet_rows_options small = {.bytes_max = 10000};
    duet_rows *rows;

    assert_status(duet_database_query(
                      database, "SELECT REPEAT('x', 100) FROM seq_1_to_100000",
                      &small, &rows, test_soon()),
                  DUET_ETOOLARGE);
    assert_null(rows);
    assert_true(duet_database_is_open(database));
    assert_int_equal(test_number(database, "SELECT 6"), 6);
}

DATABASE_TEST_MAIN(test(buffered_rows_are_all_there),
                   test(streamed_rows_hold_the_connection),
                   test(changes_tell_rows_and_id),
                   test(several_results_come_in_order),
                   test(later_statement_that_fails_is_told),
                   test(buffered_rows_have_a_limit))
