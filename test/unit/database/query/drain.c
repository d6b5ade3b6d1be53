/* SPDX-License-Identifier: MIT */
/* What a query left behind never becomes the answer of the next. */
#include "support/database/mariadb.h"
#include "support/test.h"

#include <duet/duet.h>

#include "database/link/leftovers.h"

static const duet_rows_options STREAM = {.stream = true};

static void leave_after_one_row(duet_database *database, const char *sql)
{
    duet_rows *rows;

    assert_status(
        duet_database_query(database, sql, &STREAM, &rows, test_soon()), 0);
    assert_int_equal(duet_rows_next(rows, test_soon()), 1);
    duet_rows_free(rows);
}

with_database(short_rest_is_read)
{
    assert_true(duet__leftovers_are_none(database));
    leave_after_one_row(database, "SELECT 1 UNION SELECT 2");
    assert_false(duet__leftovers_are_none(database));
    assert_int_equal(test_number(database, "SELECT 3"), 3);
    assert_true(duet__leftovers_are_none(database));
}

with_database(endless_rest_is_stopped)
{
    uint64_t id = duet_database_id(database);

    leave_after_one_row(database, "SELECT a.seq FROM seq_1_to_1000000 a, "
                                  "seq_1_to_1000000 b");
    assert_int_equal(test_number(database, "SELECT 4"), 4);
    assert_int_equal(duet_database_id(database), id);
}

/* Small rows and large ones, as few or many come at a time. */
with_database(endless_rest_of_a_statement_is_stopped)
{
    static const char *const sql[] = {
        "SELECT seq FROM seq_1_to_1000000000",
        "SELECT REPEAT('x', 100000), seq FROM seq_1_to_1000000000"};
    uint64_t id = duet_database_id(database);
    duet_rows *rows;

    for (int i = 0; i < 2; i++) {
        assert_status(duet_database_run(database, sql[i], NULL, 0, &STREAM,
                                        &rows, test_soon()),
                      0);
        assert_int_equal(duet_rows_next(rows, test_soon()), 1);
        duet_rows_free(rows);
        assert_int_equal(test_number(database, "SELECT 6"), 6);
        assert_int_equal(duet_database_id(database), id);
    }
}

with_database(every_result_of_a_statement_is_read)
{
    duet_rows *rows;

    test_sql(database,
             "CREATE OR REPLACE PROCEDURE two() BEGIN "
             "SELECT seq, NULL, 'text' FROM seq_1_to_1000; SELECT 2.5; END",
             NULL);
    assert_status(duet_database_run(database, "CALL two()", NULL, 0, &STREAM,
                                    &rows, test_soon()),
                  0);
    assert_int_equal(duet_rows_next(rows, test_soon()), 1);
    duet_rows_free(rows);
    assert_int_equal(test_number(database, "SELECT 7"), 7);
    test_sql(database, "DROP PROCEDURE two", NULL);
}

with_database(cancel_during_the_clean_up_is_told_once)
{
    duet_task *self = duet_current_task();

    leave_after_one_row(database, "SELECT seq, IF(seq = 3, SLEEP(1000), 0), "
                                  "REPEAT('x', 20000) FROM seq_1_to_5");
    duet_task_cancel(self);
    assert_status(duet_database_ping(database, test_soon()), DUET_ECANCELED);
    assert_status(duet_yield(), 0);
    duet_task_uncancel(self);
    if (duet_database_is_open(database))
        assert_int_equal(test_number(database, "SELECT 5"), 5);
}

DATABASE_TEST_MAIN(test(short_rest_is_read), test(endless_rest_is_stopped),
                   test(endless_rest_of_a_statement_is_stopped),
                   test(every_result_of_a_statement_is_read),
                   test(cancel_during_the_clean_up_is_told_once))
