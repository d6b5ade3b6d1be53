/* SPDX-License-Identifier: MIT */
/* Each step leads one call of the connector; here by hand, without the files
 * that use them. */
#include "support/database/mariadb.h"
#include "support/test.h"

#include <duet/duet.h>

#include "database/link/steps.h"

static void lead(duet_database *database, duet__operation *operation)
{
    operation->mysql = database->mysql;
    assert_status(
        duet__operation_run_or_break(database, operation, test_soon()), 0);
}

static void query(duet_database *database, const char *sql)
{
    duet__operation operation = {
        .step = duet__query_step, .text = sql, .bytes = strlen(sql)};

    lead(database, &operation);
    assert_int_equal(operation.result, 0);
}

with_database(text_query_gives_row_after_row)
{
    duet__operation row = {.step = duet__row_step};

    query(database, "SELECT 'a' UNION SELECT 'b'");
    row.source = mysql_use_result(database->mysql);
    assert_non_null(row.source);
    lead(database, &row);
    assert_string_equal(row.row[0], "a");
    lead(database, &row);
    assert_string_equal(row.row[0], "b");
    lead(database, &row);
    assert_null(row.row);
    mysql_free_result(row.source);
}

with_database(next_result_comes_after_the_first)
{
    duet__operation row = {.step = duet__row_step};
    duet__operation next = {.step = duet__next_step};
    duet__operation ping = {.step = duet__ping_step};

    test_sql(database, "CREATE OR REPLACE PROCEDURE one() BEGIN SELECT 1; END",
             NULL);
    query(database, "CALL one()");
    row.source = mysql_use_result(database->mysql);
    assert_non_null(row.source);
    do
        lead(database, &row);
    while (row.row != NULL);
    mysql_free_result(row.source);
    assert_true(mysql_more_results(database->mysql));
    lead(database, &next);
    assert_int_equal(next.result, 0);
    assert_false(mysql_more_results(database->mysql));
    lead(database, &ping);
    assert_int_equal(ping.result, 0);
    test_sql(database, "DROP PROCEDURE one", NULL);
}

with_database(statement_is_prepared_run_and_closed)
{
    static const char sql[] = "SELECT 1 UNION SELECT 2";
    MYSQL_STMT *statement = mysql_stmt_init(database->mysql);
    duet__operation operation = {.step = duet__prepare_step,
                                 .statement = statement,
                                 .text = sql,
                                 .bytes = sizeof sql - 1};

    assert_non_null(statement);
    lead(database, &operation);
    assert_int_equal(operation.result, 0);
    operation.step = duet__execute_step;
    lead(database, &operation);
    assert_int_equal(operation.result, 0);
    operation.step = duet__statement_row_step;
    lead(database, &operation);
    assert_int_equal(operation.result, 0);
    operation.step = duet__statement_free_rows_step;
    lead(database, &operation);
    assert_int_equal(operation.failed, 0);
    operation.step = duet__statement_close_step;
    lead(database, &operation);
    assert_int_equal(operation.failed, 0);
    assert_int_equal(test_number(database, "SELECT 47"), 47);
}

DATABASE_TEST_MAIN(test(text_query_gives_row_after_row),
                   test(next_result_comes_after_the_first),
                   test(statement_is_prepared_run_and_closed))
