/* SPDX-License-Identifier: MIT */
#include "support/database/mariadb.h"
#include "support/test.h"

#include <duet/duet.h>

#include "database/link/last_error.h"

static void numbers_become_codes(void **state)
{
    (void)state;
    assert_status(duet__database_error_code(1062), DUET_EDATABASE);
    assert_status(duet__database_error_code(1317), DUET_EDATABASE);
    assert_status(duet__database_error_code(2003), DUET_ECONNECT);
    assert_status(duet__database_error_code(2002), DUET_ECONNECT);
    assert_status(duet__database_error_code(2005), DUET_ENOMEM);
    assert_status(duet__database_error_code(2006), DUET_EDISCONNECTED);
    assert_status(duet__database_error_code(2013), DUET_EDISCONNECTED);
    assert_status(duet__database_error_code(1927), DUET_EDISCONNECTED);
    assert_status(duet__database_error_code(1152), DUET_EDISCONNECTED);
    assert_status(duet__database_error_code(1158), DUET_EDISCONNECTED);
    assert_status(duet__database_error_code(1159), DUET_EDISCONNECTED);
    assert_status(duet__database_error_code(1184), DUET_EDISCONNECTED);
    assert_status(duet__database_error_code(2026), DUET_ETLS);
    assert_status(duet__database_error_code(2027), DUET_EPROTOCOL);
    assert_status(duet__database_error_code(2020), DUET_ETOOLARGE);
    assert_status(duet__database_error_code(2008), DUET_ENOMEM);
}

static void servers_refusal_keeps_the_connection(void **state)
{
    (void)state;
    assert_false(duet__database_error_loses(1062));
    assert_false(duet__database_error_loses(1317));
    assert_false(duet__database_error_loses(45000)); /* by SIGNAL */
    assert_true(duet__database_error_loses(1053));
    assert_true(duet__database_error_loses(2027));
    assert_true(duet__database_error_loses(5014));
}

with_database(error_has_number_state_and_message)
{
    duet_database_error error = duet_database_last_error(database);

    assert_int_equal(error.number, 0);
    assert_string_equal(error.message, "");
    test_sql(database, "CREATE TEMPORARY TABLE t (a INT PRIMARY KEY)", NULL);
    test_sql(database, "INSERT INTO t VALUES (1)", NULL);
    assert_status(duet_database_query(database, "INSERT INTO t VALUES (1)",
                                      NULL, NULL, test_soon()),
                  DUET_EDATABASE);
    error = duet_database_last_error(database);
    assert_int_equal(error.number, 1062);
    assert_string_equal(error.sqlstate, "23000");
    assert_non_null(strstr(error.message, "Duplicate entry '1'"));
    assert_non_null(
        strstr(duet_error_detail(), "query: error 1062 (23000): Duplicate"));
    assert_status(
        duet_database_query(database,
                            "SIGNAL SQLSTATE '45001' SET MESSAGE_TEXT = "
                            "'no cats', MYSQL_ERRNO = 30001",
                            NULL, NULL, test_soon()),
        DUET_EDATABASE);
    error = duet_database_last_error(database);
    assert_int_equal(error.number, 30001);
    assert_string_equal(error.sqlstate, "45001");
    assert_string_equal(error.message, "no cats");
    assert_true(duet_database_is_open(database));
}

DATABASE_TEST_MAIN(test(numbers_become_codes),
                   test(servers_refusal_keeps_the_connection),
                   test(error_has_number_state_and_message))
