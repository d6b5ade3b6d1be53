/* SPDX-License-Identifier: MIT */
#include "support/database/mariadb.h"
#include "support/test.h"

#include <duet/duet.h>

static int64_t rows_seen_by(duet_database *database)
{
    return test_number(database, "SELECT COUNT(*) FROM mice");
}

static void insert(duet_database *database)
{
    test_sql(database, "INSERT INTO mice VALUES (1)", NULL);
}

with_database(commit_shows_and_rollback_hides)
{
    duet_database *other = test_database();

    test_sql(database, "CREATE OR REPLACE TABLE mice (id INT) ENGINE=InnoDB",
             NULL);
    assert_false(duet_database_in_transaction(database));
    assert_status(duet_database_begin(database, test_soon()), 0);
    assert_true(duet_database_in_transaction(database));
    assert_status(duet_database_begin(database, test_soon()), DUET_ESTATE);
    insert(database);
    assert_int_equal(rows_seen_by(other), 0);
    assert_status(duet_database_commit(database, test_soon()), 0);
    assert_int_equal(rows_seen_by(other), 1);
    assert_status(duet_database_commit(database, test_soon()), DUET_ESTATE);
    assert_status(duet_database_begin(database, test_soon()), 0);
    insert(database);
    assert_int_equal(rows_seen_by(database), 2);
    assert_status(duet_database_rollback(database, test_soon()), 0);
    assert_false(duet_database_in_transaction(database));
    assert_int_equal(rows_seen_by(database), 1);
    assert_status(duet_database_rollback(database, test_soon()), 0);
    duet_database_close(other);
}

with_database(savepoint_takes_back_what_followed)
{
    const char *name = "odd `name`; COMMIT";
    char long_name[66];

    memset(long_name, 'x', 65);
    long_name[65] = '\0';
    test_sql(database, "CREATE OR REPLACE TABLE mice (id INT) ENGINE=InnoDB",
             NULL);
    assert_status(duet_database_savepoint(database, name, test_soon()),
                  DUET_ESTATE);
    assert_status(duet_database_begin(database, test_soon()), 0);
    insert(database);
    assert_status(duet_database_savepoint(database, name, test_soon()), 0);
    insert(database);
    insert(database);
    assert_int_equal(rows_seen_by(database), 3);
    assert_status(duet_database_rollback_to(database, name, test_soon()), 0);
    assert_int_equal(rows_seen_by(database), 1);
    assert_status(duet_database_release_savepoint(database, name, test_soon()),
                  0);
    assert_status(duet_database_rollback_to(database, name, test_soon()),
                  DUET_EDATABASE);
    assert_int_equal(duet_database_last_error(database).number, 1305);
    assert_status(duet_database_savepoint(database, "", test_soon()),
                  DUET_EINVAL);
    assert_status(duet_database_savepoint(database, long_name, test_soon()),
                  DUET_EINVAL);
    assert_status(duet_database_commit(database, test_soon()), 0);
    assert_int_equal(rows_seen_by(database), 1);
}

DATABASE_TEST_MAIN(test(commit_shows_and_rollback_hides),
                   test(savepoint_takes_back_what_followed))
