/* SPDX-License-Identifier: MIT */
/* Error codes of the database's contracts, as in provoked.c. */
#include <stdlib.h>

#include <duet/database_pool.h>
#include <duet/duet.h>

#include "support/database/mariadb.h"
#include "support/memory.h"

with_database(parameters_are_as_many_as_the_statement_has)
{
    const duet_value one = duet_integer_value(1);

    assert_status(duet_database_run(database, "SELECT ?, ?", &one, 1, NULL,
                                    NULL, test_soon()),
                  DUET_EINVAL);
    assert_int_equal(test_number(database, "SELECT 7"), 7);
}

with_database(escaping_fails_as_its_contract_says)
{
    char *escaped;

    assert_status(
        duet_database_escape(database, "a", (size_t)2 << 30, &escaped, NULL),
        DUET_ETOOLARGE);
    assert_null(escaped);
    test_fail_allocation(1);
    assert_status(duet_database_escape(database, "a", 1, &escaped, NULL),
                  DUET_ENOMEM);
    test_fail_allocation(0);
    assert_null(escaped);
    assert_status(duet_database_query(database, "KILL CONNECTION_ID()", NULL,
                                      NULL, test_soon()),
                  DUET_EDISCONNECTED);
    assert_status(duet_database_escape(database, "a", 1, &escaped, NULL),
                  DUET_EDISCONNECTED);
    assert_null(escaped);
}

in_task(pool_in_use_does_not_close_for_a_cancelled_task)
{
    const duet_database_pool_options options = {.database =
                                                    test_server.options};
    duet_database_pool *pool;
    duet_database *database;

    assert_status(duet_database_pool_open(&options, &pool, test_soon()), 0);
    assert_status(duet_database_pool_acquire(pool, &database, test_soon()), 0);
    duet_task_cancel(duet_current_task());
    assert_status(duet_database_pool_close(pool, test_soon()), DUET_ECANCELED);
    duet_task_uncancel(duet_current_task());
    duet_database_pool_release(pool, database);
    assert_status(duet_database_pool_close(pool, test_soon()), 0);
}

DATABASE_TEST_MAIN(test(parameters_are_as_many_as_the_statement_has),
                   test(escaping_fails_as_its_contract_says),
                   test(pool_in_use_does_not_close_for_a_cancelled_task))
