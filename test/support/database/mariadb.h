/* SPDX-License-Identifier: MIT */
/* mariadb.h - a MariaDB server of the test's own: its data in a temporary
 * folder, one port, one Unix socket, TLS with an authority of its own and a
 * certificate for "localhost".
 *
 * User "root" has no password; there is a database "test". */
#ifndef DUET_TEST_SUPPORT_MARIADB_H
#define DUET_TEST_SUPPORT_MARIADB_H

#include <duet/database.h>

#include "support/in_task.h"
#include "support/peer.h"

typedef struct test_mariadb {
    test_peer peer;
    char unix_socket[TEST_FOLDER_BYTES + 16];
    char tls_ca_file[TEST_FOLDER_BYTES + 16];
    duet_database_options options; /* over TCP; borrows the texts above */
} test_mariadb;

/* Is there a server to start? If not, the test skips. */
bool test_has_mariadb(void);

/* Makes the folder and starts the server. */
void test_mariadb_init(test_mariadb *mariadb);

/* Kills the server without warning, and starts it again on the same data. */
void test_mariadb_kill(test_mariadb *mariadb);
void test_mariadb_start(test_mariadb *mariadb);

/* Stops the server and removes its folder. */
void test_mariadb_stop(test_mariadb *mariadb);

/* cmocka's set-up and tear-down of a file's one server. */
extern test_mariadb test_server;
int test_server_start(void **state);
int test_server_stop(void **state);

/* Runs body(argument) as a task on real time; fails the test unless it returns
 * 0. */
void test_run_task(int (*body)(void *argument), void *argument);

/* A case in a task (in_task.h) that has a connection of its own, `database`:
 *
 *     with_database(case_and_expectation)
 *     {
 *         test_sql(database, "SELECT 1", NULL);
 *     } */
#define with_database(name)                                                    \
    static void name##_with(duet_database *database);                          \
    in_task(name)                                                              \
    {                                                                          \
        duet_database *database = test_database();                             \
        name##_with(database);                                                 \
        duet_database_close(database);                                         \
    }                                                                          \
    static void name##_with(duet_database *database)

/* Makes a connection to test_server, or fails the test. */
duet_database *test_database(void);

/* Runs SQL that must not fail; returns its rows if `out_rows` is not NULL. */
void test_sql(duet_database *database, const char *sql, duet_rows **out_rows);

/* The first column of the first row, an integer. */
int64_t test_number(duet_database *database, const char *sql);

/* A deadline that no sound test reaches. */
duet_deadline test_soon(void);

#define DATABASE_TEST_MAIN(...)                                                \
    int main(void)                                                             \
    {                                                                          \
        const struct CMUnitTest tests[] = {__VA_ARGS__};                       \
        if (!test_has_mariadb()) {                                             \
            test_record_skip();                                                \
            return 77;                                                         \
        }                                                                      \
        return cmocka_run_group_tests(tests, test_server_start,                \
                                      test_server_stop);                       \
    }

#endif
