/* SPDX-License-Identifier: MIT */
/* Prepared statements: typed values in, typed values out. */
#include "support/abort.h"
#include "support/database/mariadb.h"
#include "support/test.h"

#include <math.h>
#include <stdio.h>

#include <duet/duet.h>

with_database(parameters_arrive_as_they_were)
{
    const duet_date_time span = {.hour = 123, .minute = 4, .is_negative = true};
    const duet_date_time moment = {2024, 2, 29, 12, 30, 59, 123456, false};
    const duet_value values[] = {
        duet_integer_value(INT64_MIN),
        duet_unsigned_value(UINT64_MAX),
        duet_double_value(0.1),
        duet_text_value("it's; -- \xc3\xa9"),
        duet_bytes_value("a\0b", 3),
        duet_null_value(),
        duet_date_time_value(DUET_VALUE_TIME, span),
        duet_date_time_value(DUET_VALUE_DATE_TIME, moment),
        duet_date_time_value(DUET_VALUE_DATE, moment),
        {.type = DUET_VALUE_DECIMAL, .text = {"1.10", 4}},
    };
    duet_statement *statement;
    duet_rows *rows;

    test_sql(database,
             "CREATE TEMPORARY TABLE t (a BIGINT, b BIGINT UNSIGNED, c DOUBLE, "
             "d TEXT, e BLOB, f INT, g TIME, h DATETIME(6), i DATE, "
             "j DECIMAL(10,3))",
             NULL);
    assert_status(duet_statement_prepare(
                      database, "INSERT INTO t VALUES (?,?,?,?,?,?,?,?,?,?)",
                      &statement, test_soon()),
                  0);
    assert_int_equal(duet_statement_parameters(statement), 10);
    assert_status(
        duet_statement_run(statement, values, 9, NULL, NULL, test_soon()),
        DUET_EINVAL);
    assert_status(
        duet_statement_run(statement, values, 10, NULL, &rows, test_soon()), 0);
    assert_int_equal(duet_rows_affected(rows), 1);
    duet_rows_free(rows);
    duet_statement_free(statement);
    assert_int_equal(
        test_number(
            database,
            "SELECT a = -9223372036854775808 AND b = 18446744073709551615 AND "
            "c = 0.1 AND d = 'it\\'s; -- \xc3\xa9' AND e = x'610062' AND f IS "
            "NULL AND g = '-123:04:00' AND h = '2024-02-29 12:30:59.123456' "
            "AND i = '2024-02-29' AND j = 1.1 FROM t"),
        1);
}

with_database(statement_runs_again_and_again)
{
    duet_statement *statement;
    duet_rows *rows;

    assert_status(duet_statement_prepare(database, "SELECT ? + 1, ?",
                                         &statement, test_soon()),
                  0);
    for (int64_t i = 0; i < 100; i++) {
        const duet_value values[] = {duet_integer_value(i),
                                     duet_text_value(i % 2 ? "odd" : NULL)};

        assert_status(
            duet_statement_run(statement, values, 2, NULL, &rows, test_soon()),
            0);
        assert_int_equal(duet_rows_next(rows, DUET_NOW), 1);
        assert_int_equal(duet_rows_value(rows, 0).integer, i + 1);
        assert_int_equal(duet_rows_value(rows, 1).type,
                         i % 2 ? DUET_VALUE_TEXT : DUET_VALUE_NULL);
        duet_rows_free(rows);
    }
    duet_statement_free(statement);
    assert_int_equal(test_number(database, "SELECT 1"), 1);
}

with_database(procedure_gives_its_out_parameters)
{
    const duet_value values[] = {duet_integer_value(20), duet_integer_value(0)};
    duet_rows *rows;

    test_sql(database,
             "CREATE PROCEDURE doubled(IN a INT, OUT b INT) "
             "BEGIN SELECT 'first'; SET b = a * 2; END",
             NULL);
    assert_status(duet_database_run(database, "CALL doubled(?, ?)", values, 2,
                                    NULL, &rows, test_soon()),
                  0);
    assert_int_equal(duet_rows_next(rows, test_soon()), 1);
    assert_string_equal(duet_rows_value(rows, 0).text.bytes, "first");
    assert_int_equal(duet_rows_next_result(rows, test_soon()), 1);
    assert_string_equal(duet_rows_name(rows, 0), "b");
    assert_int_equal(duet_rows_next(rows, test_soon()), 1);
    assert_int_equal(duet_rows_value(rows, 0).integer, 40);
    duet_rows_free(rows);
    assert_int_equal(test_number(database, "SELECT 2"), 2);
}

with_database(streamed_statement_may_be_left_early)
{
    const duet_rows_options stream = {.stream = true};
    const duet_value values[] = {duet_integer_value(3)};
    duet_rows *rows;

    assert_status(duet_database_run(database,
                                    "SELECT seq * ? FROM seq_1_to_100000",
                                    values, 1, &stream, &rows, test_soon()),
                  0);
    assert_int_equal(duet_rows_next(rows, test_soon()), 1);
    assert_int_equal(duet_rows_value(rows, 0).integer, 3);
    duet_rows_free(rows);
    assert_int_equal(test_number(database, "SELECT 3"), 3);
    assert_true(duet_database_is_open(database));
}

with_database(server_refuses_a_bad_statement)
{
    duet_statement *statement;

    assert_status(
        duet_statement_prepare(database, "SELEC 1", &statement, test_soon()),
        DUET_EDATABASE);
    assert_null(statement);
    assert_int_equal(duet_database_last_error(database).number, 1064);
    assert_string_equal(duet_database_last_error(database).sqlstate, "42000");
    assert_status(duet_database_ping(database, test_soon()), 0);
}

with_database(statement_is_void_after_a_reconnect)
{
    duet_statement *statement;

    assert_status(
        duet_statement_prepare(database, "SELECT 1", &statement, test_soon()),
        0);
    assert_status(duet_database_reconnect(database, test_soon()), 0);
    assert_status(
        duet_statement_run(statement, NULL, 0, NULL, NULL, test_soon()),
        DUET_EDISCONNECTED);
    duet_statement_free(statement);
    duet_statement_free(NULL);
    assert_int_equal(test_number(database, "SELECT 4"), 4);
}

/* The first row of a run, as "NAME=NUMBER ..." of each column. */
static const char *first_row(duet_statement *statement)
{
    static char text[128];
    duet_rows *rows;
    size_t at = 0;

    assert_status(
        duet_statement_run(statement, NULL, 0, NULL, &rows, test_soon()), 0);
    assert_int_equal(duet_rows_next(rows, DUET_NOW), 1);
    for (size_t i = 0; i < duet_rows_columns(rows); i++)
        at += (size_t)snprintf(text + at, sizeof text - at, "%s%s=%lld",
                               i > 0 ? " " : "", duet_rows_name(rows, i),
                               (long long)duet_rows_value(rows, i).integer);
    duet_rows_free(rows);
    return text;
}

with_database(columns_are_those_of_the_table_as_it_is_now)
{
    duet_database *other = test_database();
    duet_statement *statement;

    test_sql(other, "CREATE OR REPLACE TABLE cats (a INT)", NULL);
    test_sql(other, "INSERT INTO cats VALUES (1)", NULL);
    assert_status(duet_statement_prepare(database, "SELECT * FROM cats",
                                         &statement, test_soon()),
                  0);
    assert_string_equal(first_row(statement), "a=1");
    test_sql(other, "ALTER TABLE cats ADD COLUMN b INT DEFAULT 2", NULL);
    assert_string_equal(first_row(statement), "a=1 b=2");
    assert_string_equal(first_row(statement), "a=1 b=2");
    test_sql(other, "ALTER TABLE cats CHANGE a c BIGINT", NULL);
    assert_string_equal(first_row(statement), "c=1 b=2");
    test_sql(other, "ALTER TABLE cats DROP COLUMN c", NULL);
    assert_string_equal(first_row(statement), "b=2");
    duet_statement_free(statement);
    assert_int_equal(test_number(database, "SELECT 5"), 5);
    duet_database_close(other);
}

/* Prepared and run again it would have inserted twice. */
with_database(statement_that_returns_what_it_inserts_runs_once)
{
    duet_statement *statement;

    test_sql(database, "CREATE OR REPLACE TABLE cats (a INT)", NULL);
    assert_status(duet_statement_prepare(
                      database, "INSERT INTO cats (a) VALUES (1) RETURNING *",
                      &statement, test_soon()),
                  0);
    test_sql(database, "ALTER TABLE cats ADD COLUMN b INT DEFAULT 2", NULL);
    assert_string_equal(first_row(statement), "a=1 b=2");
    assert_int_equal(test_number(database, "SELECT COUNT(*) FROM cats"), 1);
    duet_statement_free(statement);
}

with_database(statement_of_a_table_that_went_works_when_it_is_back)
{
    duet_statement *statement;

    test_sql(database, "CREATE OR REPLACE TABLE cats (a INT)", NULL);
    assert_status(duet_statement_prepare(database, "SELECT * FROM cats",
                                         &statement, test_soon()),
                  0);
    test_sql(database, "DROP TABLE cats", NULL);
    assert_status(
        duet_statement_run(statement, NULL, 0, NULL, NULL, test_soon()),
        DUET_EDATABASE);
    assert_true(duet_database_is_open(database));
    test_sql(database, "CREATE TABLE cats (b INT, c INT)", NULL);
    test_sql(database, "INSERT INTO cats VALUES (3, 4)", NULL);
    assert_string_equal(first_row(statement), "b=3 c=4");
    duet_statement_free(statement);
}

with_database(value_that_the_server_does_not_take_says_why)
{
    static char text[20 * 1024 * 1024];
    const duet_value values[] = {duet_bytes_value(text, sizeof text)};
    int status = duet_database_run(database, "SELECT LENGTH(?)", values, 1,
                                   NULL, NULL, test_soon());

    /* Some servers say so, the others only hang up. */
    assert_true(status == DUET_EDISCONNECTED || status == DUET_ETOOLARGE);
    assert_non_null(strstr(duet_error_detail(), "max_allowed_packet"));
    assert_false(duet_database_is_open(database));
    assert_status(duet_database_reconnect(database, test_soon()), 0);
    assert_int_equal(test_number(database, "SELECT 6"), 6);
}

/* --- freed twice --------------------------------------------------------- */

static int free_statement(void *argument)
{
    duet_database *database = test_database();
    duet_statement *statement;

    (void)argument;
    assert_status(
        duet_statement_prepare(database, "SELECT 1", &statement, test_soon()),
        0);
    duet_statement_free(statement);
    duet_statement_free(statement);
    return 0;
}

static int free_rows(void *argument)
{
    duet_rows *rows;

    (void)argument;
    test_sql(test_database(), "SELECT 1", &rows);
    duet_rows_free(rows);
    duet_rows_free(rows);
    return 0;
}

static void what_is_freed_twice_is_named(void **state)
{
    char text[2048];

    (void)state;
#ifndef DUET_THREAD_CHECKS
    test_skip("a release build does not ask what is alive");
#endif
    test_abort(free_statement, text, sizeof text);
    assert_non_null(
        strstr(text, "duet_statement_free() was called for the statement 0x"));
    test_abort(free_rows, text, sizeof text);
    assert_non_null(
        strstr(text, "duet_rows_free() was called for the rows 0x"));
}

DATABASE_TEST_MAIN(test(what_is_freed_twice_is_named),
                   test(value_that_the_server_does_not_take_says_why),
                   test(parameters_arrive_as_they_were),
                   test(statement_runs_again_and_again),
                   test(procedure_gives_its_out_parameters),
                   test(streamed_statement_may_be_left_early),
                   test(server_refuses_a_bad_statement),
                   test(statement_is_void_after_a_reconnect),
                   test(columns_are_those_of_the_table_as_it_is_now),
                   test(statement_that_returns_what_it_inserts_runs_once),
                   test(statement_of_a_table_that_went_works_when_it_is_back))
