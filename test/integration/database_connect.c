/* SPDX-License-Identifier: MIT */
/* Connections to a real MariaDB: the ways there, and what goes wrong. */
#include "support/database/mariadb.h"
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <duet/duet.h>

with_database(tcp_connection_answers)
{
    assert_true(duet_database_is_open(database));
    assert_false(duet_database_is_encrypted(database));
    assert_status(duet_database_ping(database, test_soon()), 0);
    assert_int_equal(duet_database_id(database),
                     test_number(database, "SELECT CONNECTION_ID()"));
}

with_database(character_set_is_utf8mb4)
{
    duet_rows *rows;

    assert_int_equal(
        test_number(database, "SELECT @@character_set_client = 'utf8mb4' AND "
                              "@@character_set_results = 'utf8mb4'"),
        1);
    test_sql(database,
             "SELECT '\xf0\x9f\x8e\xbb', CHAR_LENGTH('\xf0\x9f\x8e\xbb')",
             &rows);
    assert_int_equal(duet_rows_next(rows, DUET_NEVER), 1);
    assert_string_equal(duet_rows_value(rows, 0).text.bytes,
                        "\xf0\x9f\x8e\xbb");
    assert_int_equal(duet_rows_value(rows, 1).integer, 1);
    duet_rows_free(rows);
}

/* Opens with changed options; returns the status. */
static int open_with(const duet_database_options *options,
                     duet_database **out_database)
{
    return duet_database_open(options, out_database, test_soon());
}

with_database(other_ways)
{
    duet_database_options options = test_server.options;
    duet_database *other;

    (void)database;
    options.unix_socket = test_server.unix_socket;
    options.port = 1;
    assert_status(open_with(&options, &other), 0);
    assert_int_equal(test_number(other, "SELECT 7"), 7);
    duet_database_close(other);
    options = test_server.options;
    options.host = "localhost";
    assert_status(open_with(&options, &other), 0);
    assert_int_equal(test_number(other, "SELECT 8"), 8);
    duet_database_close(other);
}

with_database(tls)
{
    duet_database_options options = test_server.options;
    duet_database *other;
    duet_rows *rows;

    (void)database;
    options.tls = true;
    options.tls_ca_file = test_server.tls_ca_file;
    /* The certificate is not for the address. */
    assert_status(open_with(&options, &other), DUET_ETLS);
    options.unix_socket = test_server.unix_socket;
    assert_status(open_with(&options, &other), 0);
    assert_true(duet_database_is_encrypted(other));
    duet_database_close(other);
    options.unix_socket = NULL;
    options.host = "localhost";
    assert_status(open_with(&options, &other), 0);
    assert_true(duet_database_is_encrypted(other));
    test_sql(other, "SHOW STATUS LIKE 'Ssl_cipher'", &rows);
    assert_int_equal(duet_rows_next(rows, DUET_NEVER), 1);
    assert_true(duet_rows_value(rows, 1).text.count > 0);
    duet_rows_free(rows);
    /* A result of many packets, and one of many bytes. */
    test_sql(other, "SELECT seq, REPEAT('x', 100) FROM seq_1_to_2000", &rows);
    assert_int_equal(duet_rows_count(rows), 2000);
    duet_rows_free(rows);
    assert_int_equal(test_number(other, "SELECT LENGTH(REPEAT('x', 3000000))"),
                     3000000);
    duet_database_close(other);
    options.tls_ca_file = NULL; /* nobody else trusts the test's authority */
    assert_status(open_with(&options, &other), DUET_ETLS);
    assert_null(other);
    options.tls_no_verify = true;
    assert_status(open_with(&options, &other), 0);
    assert_true(duet_database_is_encrypted(other));
    duet_database_close(other);
}

with_database(refusals)
{
    duet_database_options options = test_server.options;
    duet_database *other = database;
    int held;

    options.user = "nobody";
    options.password = "wrong";
    assert_status(open_with(&options, &other), DUET_EDATABASE);
    assert_null(other);
    assert_non_null(strstr(duet_error_detail(), "1045"));
    assert_non_null(strstr(duet_error_detail(), "28000"));
    options = test_server.options;
    options.database = "absent";
    assert_status(open_with(&options, &other), DUET_EDATABASE);
    options = test_server.options;
    options.port = (uint16_t)test_hold_port(&held);
    assert_status(open_with(&options, &other), DUET_ECONNECT);
    close(held);
    options.unix_socket = "/nonexistent/socket";
    assert_status(open_with(&options, &other), DUET_ECONNECT);
    options = test_server.options;
    options.host = "no-such-host.invalid";
    assert_status(open_with(&options, &other), DUET_ERESOLVE);
    options = test_server.options;
    options.packet_bytes_max = 5;
    assert_status(open_with(&options, &other), DUET_EINVAL);
    assert_status(duet_database_open(&test_server.options, &other, DUET_NOW),
                  DUET_ETIMEDOUT);
}

with_database(password_and_init_sql)
{
    duet_database_options options = test_server.options;
    duet_database *other;

    test_sql(database, "CREATE USER player IDENTIFIED BY 's3cret'", NULL);
    test_sql(database, "GRANT ALL ON test.* TO player", NULL);
    options.user = "player";
    options.password = "s3cret";
    options.init_sql = "SET @greeting = 42";
    assert_status(open_with(&options, &other), 0);
    assert_int_equal(test_number(other, "SELECT @greeting"), 42);
    assert_status(duet_database_reconnect(other, test_soon()), 0);
    assert_int_equal(test_number(other, "SELECT @greeting"), 42);
    duet_database_close(other);
}

with_database(escaped_text_is_itself_again)
{
    static const char text[] = "a'b\"c\\d\0e\n";
    char sql[128], *escaped;
    size_t bytes;
    duet_rows *rows;

    assert_status(
        duet_database_escape(database, text, sizeof text, &escaped, &bytes), 0);
    assert_int_equal(strlen(escaped), bytes);
    snprintf(sql, sizeof sql, "SELECT '%s'", escaped);
    free(escaped);
    test_sql(database, sql, &rows);
    assert_int_equal(duet_rows_next(rows, DUET_NEVER), 1);
    assert_int_equal(duet_rows_value(rows, 0).text.count, sizeof text);
    assert_memory_equal(duet_rows_value(rows, 0).text.bytes, text, sizeof text);
    duet_rows_free(rows);
}

static void outside_a_task_nothing_is_done(void **state)
{
    duet_database *database;

    (void)state;
    assert_status(
        duet_database_open(&test_server.options, &database, DUET_NEVER),
        DUET_ENOLOOP);
    assert_null(database);
    duet_database_close(NULL);
}

DATABASE_TEST_MAIN(test(tcp_connection_answers), test(character_set_is_utf8mb4),
                   test(other_ways), test(tls), test(refusals),
                   test(password_and_init_sql),
                   test(escaped_text_is_itself_again),
                   test(outside_a_task_nothing_is_done))
