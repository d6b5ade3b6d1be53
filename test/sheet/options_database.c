/* SPDX-License-Identifier: MIT */
/* Options of databases, their pools and rows, before a real server. */
#include <limits.h>

#include <duet/database_pool.h>

#include "sheet/sheet.h"
#include "support/database/mariadb.h"

/* Rows that say nothing of where the server is get the test's. */
static void go_to_server(duet_database_options *options)
{
    if (options->host == NULL && options->port == 0 &&
        options->unix_socket == NULL)
        options->unix_socket = test_server.unix_socket;
    else if (options->port == 0)
        options->port = test_server.options.port;
}

static int use_duet_database_options(const void *options)
{
    duet_database_options own = {0};
    duet_database *database;
    int status;

    if (options != NULL)
        own = *(const duet_database_options *)options;
    go_to_server(&own);
    status = duet_database_open(&own, &database, sheet_soon());
    if (status == 0)
        status = duet_database_ping(database, sheet_soon());
    duet_database_close(database);
    return status;
}

static int use_duet_database_pool_options(const void *options)
{
    duet_database_pool_options own = {0};
    duet_database_pool *pool;
    int status;

    if (options != NULL)
        own = *(const duet_database_pool_options *)options;
    go_to_server(&own.database);
    status = duet_database_pool_open(&own, &pool, sheet_soon());
    if (status != 0)
        return pool == NULL ? status : 1;
    status =
        duet_database_pool_run(pool, "SELECT 1", NULL, 0, NULL, sheet_soon());
    duet_database_pool_close(pool, sheet_soon());
    return status;
}

static int use_duet_rows_options(const void *options)
{
    duet_database *database = test_database();
    duet_rows *rows;
    int status =
        duet_database_query(database, "SELECT 1", options, &rows, sheet_soon());

    if (status == 0)
        status = duet_rows_next(rows, sheet_soon()) - 1;
    duet_rows_free(rows);
    duet_database_close(database);
    return status;
}

static const sheet_row of_databases[] = {
    DEFAULTS(duet_database_options),
    ROW(duet_database_options, host, "127.0.0.1", 0),
    ROW(duet_database_options, port, 1, DUET_ECONNECT),
    ROW(duet_database_options, port, 65535, DUET_ECONNECT),
    ROW(duet_database_options, unix_socket, "/no/such/socket", DUET_ECONNECT),
    ROW(duet_database_options, user, "root", 0),
    ROW(duet_database_options, password, "wrong", DUET_EDATABASE),
    ROW(duet_database_options, database, "test", 0),
    ROW(duet_database_options, database, "missing", DUET_EDATABASE),
    ROW(duet_database_options, init_sql, "SET @a = 1", 0),
    ROW(duet_database_options, init_sql, "no SQL", DUET_EDATABASE),
    ROW(duet_database_options, tls, true, DUET_ETLS),
    ROW_WITH(duet_database_options, tls_no_verify, true, 0, tls = true),
    ROW_WITH(duet_database_options, tls_ca_file, "/no/such/file", DUET_ETLS,
             tls = true),
    ROW(duet_database_options, tls_cert_file, "alone", DUET_EINVAL),
    ROW(duet_database_options, tls_key_file, "alone", DUET_EINVAL),
    ROW(duet_database_options, multi_statements, true, 0),
    ROW(duet_database_options, packet_bytes_max, 65535, DUET_EINVAL),
    ROW(duet_database_options, packet_bytes_max, 65536, 0),
    ROW(duet_database_options, packet_bytes_max, 1024 * 1024 * 1024, 0),
    ROW(duet_database_options, packet_bytes_max, 1024 * 1024 * 1024 + 1,
        DUET_EINVAL),
    ROW(duet_database_options, packet_bytes_max, INT64_MAX, DUET_EINVAL),
    ROW(duet_database_options, packet_bytes_max, -1, DUET_EINVAL),
    ROW(duet_database_options, packet_bytes_max, INT64_MIN, DUET_EINVAL),
    ROW(duet_database_options, stop_ms, 1, 0),
    ROW(duet_database_options, stop_ms, 600000, 0),
    ROW(duet_database_options, stop_ms, 600001, DUET_EINVAL),
    ROW(duet_database_options, stop_ms, INT64_MAX, DUET_EINVAL),
    ROW(duet_database_options, stop_ms, -1, DUET_EINVAL),
    ROW(duet_database_options, stop_ms, INT64_MIN, DUET_EINVAL),

    DEFAULTS(duet_rows_options),
    ROW(duet_rows_options, stream, true, 0),
    ROW(duet_rows_options, bytes_max, 1, DUET_ETOOLARGE),
    ROW(duet_rows_options, bytes_max, DUET_NO_LIMIT, 0),
    ROW(duet_rows_options, bytes_max, INT64_MAX, 0),
    ROW(duet_rows_options, bytes_max, -2, DUET_EINVAL),
    ROW(duet_rows_options, bytes_max, INT64_MIN, DUET_EINVAL),

    DEFAULTS(duet_database_pool_options),
    ROW(duet_database_pool_options, minimum, 2, 0),
    ROW(duet_database_pool_options, minimum, DUET_NO_LIMIT, 0),
    ROW(duet_database_pool_options, minimum, 11, DUET_EINVAL),
    ROW(duet_database_pool_options, minimum, INT_MAX, DUET_EINVAL),
    ROW(duet_database_pool_options, minimum, -2, DUET_EINVAL),
    ROW(duet_database_pool_options, minimum, INT_MIN, DUET_EINVAL),
    ROW(duet_database_pool_options, maximum, 1, 0),
    ROW(duet_database_pool_options, maximum, 10000, 0),
    ROW(duet_database_pool_options, maximum, 10001, DUET_EINVAL),
    ROW(duet_database_pool_options, maximum, INT_MAX, DUET_EINVAL),
    ROW(duet_database_pool_options, maximum, -1, DUET_EINVAL),
    ROW(duet_database_pool_options, maximum, INT_MIN, DUET_EINVAL),
    ROW(duet_database_pool_options, age_ms, 1, 0),
    ROW(duet_database_pool_options, age_ms, DUET_NO_LIMIT, 0),
    ROW(duet_database_pool_options, age_ms, INT64_MAX, 0),
    ROW(duet_database_pool_options, age_ms, -2, DUET_EINVAL),
    ROW(duet_database_pool_options, age_ms, INT64_MIN, DUET_EINVAL),
    ROW(duet_database_pool_options, idle_ms, 1, 0),
    ROW(duet_database_pool_options, idle_ms, DUET_NO_LIMIT, 0),
    ROW(duet_database_pool_options, idle_ms, INT64_MAX, 0),
    ROW(duet_database_pool_options, idle_ms, -2, DUET_EINVAL),
    ROW(duet_database_pool_options, idle_ms, INT64_MIN, DUET_EINVAL),
    ROW(duet_database_pool_options, check_ms, 1, 0),
    ROW(duet_database_pool_options, check_ms, DUET_NO_LIMIT, 0),
    ROW(duet_database_pool_options, check_ms, INT64_MAX, 0),
    ROW(duet_database_pool_options, check_ms, -2, DUET_EINVAL),
    ROW(duet_database_pool_options, check_ms, INT64_MIN, DUET_EINVAL),
};

SHEET_CASE(databases_take_their_options_or_refuse_them, sheet_check_in_tasks,
           of_databases)

DATABASE_TEST_MAIN(test(databases_take_their_options_or_refuse_them))
