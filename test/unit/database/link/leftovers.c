/* SPDX-License-Identifier: MIT */
/* What is left is known, kept, and forgotten. */
#include "support/database/mariadb.h"
#include "support/test.h"

#include <duet/duet.h>

#include "database/link/leftovers.h"

static const duet_rows_options STREAM = {.stream = true};

with_database(rows_outlive_their_connection)
{
    duet_database *other = test_database();
    duet_rows *buffered, *streamed;

    (void)database;
    test_sql(other, "SELECT 1", &buffered);
    assert_status(duet_database_query(other, "SELECT seq FROM seq_1_to_100",
                                      &STREAM, &streamed, test_soon()),
                  0);
    duet_database_close(other);
    assert_int_equal(duet_rows_next(buffered, DUET_NOW), 1);
    assert_int_equal(duet_rows_value(buffered, 0).integer, 1);
    assert_status(duet_rows_next(streamed, test_soon()), DUET_EDISCONNECTED);
    duet_rows_free(buffered);
    duet_rows_free(streamed);
    duet_rows_free(NULL);
}

with_database(server_forgets_freed_statements)
{
    const char *sql = "SELECT CAST(VARIABLE_VALUE AS SIGNED) FROM "
                      "information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = "
                      "'PREPARED_STMT_COUNT'";
    const duet_value values[] = {duet_integer_value(1)};

    for (int i = 0; i < 20; i++)
        assert_status(duet_database_run(database, "SELECT ?", values, 1, NULL,
                                        NULL, test_soon()),
                      0);
    /* Those of connections that were closed just now count for a moment. */
    while (test_number(database, sql) != 0)
        assert_status(duet_sleep(duet_in_ms(1)), 0);
}

with_database(freed_statement_is_left_until_the_next_call)
{
    duet_statement *statement;

    assert_status(
        duet_statement_prepare(database, "SELECT 1", &statement, test_soon()),
        0);
    assert_true(duet__leftovers_are_none(database));
    duet_statement_free(statement);
    assert_false(duet__leftovers_are_none(database));
    assert_status(duet_database_ping(database, test_soon()), 0);
    assert_true(duet__leftovers_are_none(database));
}

DATABASE_TEST_MAIN(test(rows_outlive_their_connection),
                   test(server_forgets_freed_statements),
                   test(freed_statement_is_left_until_the_next_call))
