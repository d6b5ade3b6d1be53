/* SPDX-License-Identifier: MIT */
#include "support/database/mariadb.h"
#include "support/memory.h"
#include "support/test.h"

#include <duet/duet.h>

#include "database/link/database_state.h"

with_database(reconnect_opens_a_lost_connection)
{
    uint64_t id = duet_database_id(database);

    test_sql(database, "SET @here = 1", NULL);
    database->is_lost = true;
    assert_status(duet_database_ping(database, test_soon()),
                  DUET_EDISCONNECTED);
    assert_false(duet_database_in_transaction(database));
    assert_status(duet_database_reconnect(database, test_soon()), 0);
    assert_true(duet_database_id(database) != id);
    assert_int_equal(test_number(database, "SELECT @here IS NULL"), 1);
}

static int open_and_ask(void)
{
    duet_database *database;
    duet_rows *rows = NULL;
    int status =
        duet_database_open(&test_server.options, &database, test_soon());

    if (status != 0)
        return status;
    status = duet_database_query(database, "SELECT 'a', 1", NULL, &rows,
                                 test_soon());
    duet_rows_free(rows);
    duet_database_close(database);
    return status;
}

with_database(each_failing_allocation_is_told)
{
    (void)database;
    test_each_allocation_failing(open_and_ask, 6);
}

DATABASE_TEST_MAIN(test(reconnect_opens_a_lost_connection),
                   test(each_failing_allocation_is_told))
