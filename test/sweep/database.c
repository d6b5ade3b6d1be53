/* SPDX-License-Identifier: MIT */
/* database.c - connections, queries, statements, transactions and pools, again
 * and again, while each of their allocations and system calls fails in turn,
 * also inside the connector.
 *
 * Whatever failed, the call has the right rows or a code that says so, at once;
 * a connection that says it is open has the right rows of its next query, and a
 * new one always has. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <duet/database_pool.h>
#include <duet/duet.h>

#include "fault.h"
#include "support/database/mariadb.h"
#include "sweep.h"

enum {
    HANGS_MS = 60000, /* a call that takes so long hangs */
    POLLS_MAX = 300,  /* of one trial; more is spinning */
    SPARSE_FROM = 100,
    WRONG = 1, /* in place of a status: rows that are not the right ones */
};

static duet_deadline soon(void)
{
    return duet_in_ms(HANGS_MS);
}

/* --- trials --------------------------------------------------------------- */

/* Takes the rows, of which there is one, with one number. */
static int expect_number(int status, duet_rows *rows, int64_t expected)
{
    if (status == 0)
        status = duet_rows_next(rows, soon());
    else
        return status;
    if (status == 1 && duet_rows_value(rows, 0).integer == expected)
        status = duet_rows_next(rows, soon());
    else if (status >= 0)
        status = WRONG;
    duet_rows_free(rows);
    return status;
}

static int ask(duet_database *database, const duet_rows_options *options,
               const char *sql, int64_t expected)
{
    duet_rows *rows;
    int status = duet_database_query(database, sql, options, &rows, soon());

    return expect_number(status, rows, expected);
}

static int query(duet_database *database)
{
    return ask(database, NULL, "SELECT 41 + 1", 42);
}

static int stream(duet_database *database)
{
    const duet_rows_options options = {.stream = true};

    return ask(database, &options, "SELECT 42", 42);
}

static int run(duet_database *database)
{
    const duet_value values[] = {duet_text_value("thirty"),
                                 duet_integer_value(12)};
    duet_rows *rows;
    int status = duet_database_run(database, "SELECT LENGTH(?) * 5 + ?", values,
                                   2, NULL, &rows, soon());

    return expect_number(status, rows, 42);
}

static int statement(duet_database *database)
{
    duet_statement *statement;
    int status = duet_statement_prepare(database, "SELECT CAST(? AS SIGNED)",
                                        &statement, soon());

    for (int i = 0; status == 0 && i < 2; i++) {
        const duet_value value = duet_integer_value(i);
        duet_rows *rows;

        status = duet_statement_run(statement, &value, 1, NULL, &rows, soon());
        status = expect_number(status, rows, i);
    }
    duet_statement_free(statement);
    return status;
}

static int transaction(duet_database *database)
{
    int status = duet_database_begin(database, soon());

    if (status == 0)
        status = duet_database_query(database, "INSERT INTO mice VALUES (1)",
                                     NULL, NULL, soon());
    if (status == 0)
        status = ask(database, NULL, "SELECT COUNT(*) FROM mice", 1);
    return status == 0 ? duet_database_rollback(database, soon()) : status;
}

static int ping(duet_database *database)
{
    return duet_database_ping(database, soon());
}

static int escape(duet_database *database)
{
    char *escaped;
    int status = duet_database_escape(database, "a'b", 3, &escaped, NULL);

    if (status == 0 && strcmp(escaped, "a\\'b") != 0)
        status = WRONG;
    free(escaped);
    return status;
}

static int reconnect(duet_database *database)
{
    int status = duet_database_reconnect(database, soon());

    return status != 0 ? status : query(database);
}

typedef enum way { CONNECT, CONNECT_UNIX, CONNECT_TLS, WARM, POOL } way;

typedef struct trial {
    const char *name;
    way way;
    int (*run)(duet_database *database);
} trial;

static const trial trials[] = {
    {"connect", CONNECT, query},    {"unix socket", CONNECT_UNIX, query},
    {"tls", CONNECT_TLS, query},    {"query", WARM, query},
    {"stream", WARM, stream},       {"run", WARM, run},
    {"statement", WARM, statement}, {"transaction", WARM, transaction},
    {"ping", WARM, ping},           {"escape", WARM, escape},
    {"reconnect", WARM, reconnect}, {"pool", POOL, NULL},
};

/* Without memory to connect with, the connector reads a NULL pointer, and frees
 * twice: nothing that we can do about. */
static const fault own_memory = {"own memory", FAULT_OWN_MEMORY, ENOMEM};

static const fault faults[] = {
    {"memory", FAULT_MEMORY, ENOMEM},
    {"socket EMFILE", FAULT_SOCKET, EMFILE},
    {"socket ENOBUFS", FAULT_SOCKET, ENOBUFS},
    {"connect ENETUNREACH", FAULT_CONNECT, ENETUNREACH},
    {"connect ECONNREFUSED", FAULT_CONNECT, ECONNREFUSED},
    {"epoll_ctl ENOMEM", FAULT_EPOLL_CTL, ENOMEM},
    {"epoll_ctl ENOSPC", FAULT_EPOLL_CTL, ENOSPC},
    {"epoll_wait EINTR", FAULT_EPOLL_WAIT, EINTR},
    {"send ECONNRESET", FAULT_SEND, ECONNRESET},
    {"send EPIPE", FAULT_SEND, EPIPE},
    {"send EAGAIN", FAULT_SEND, EAGAIN},
    {"recv ECONNRESET", FAULT_RECV, ECONNRESET},
    {"recv EINTR", FAULT_RECV, EINTR},
    {"recv EAGAIN", FAULT_RECV, EAGAIN},
    {"recv EIO", FAULT_RECV, EIO},
    {"getsockopt ENOBUFS", FAULT_GETSOCKOPT, ENOBUFS},
    {"setsockopt ENOBUFS", FAULT_SETSOCKOPT, ENOBUFS},
    {"fcntl EINVAL", FAULT_FCNTL, EINVAL},
    {"open EMFILE", FAULT_OPEN, EMFILE},
};

/* --- the trial ------------------------------------------------------------ */

static bool is_honest(const fault *fault, way way, int status)
{
    /* EPROTOCOL: the connector gives no reason. */
    if (fault->error == ENOMEM)
        return status == DUET_ENOMEM || status == DUET_EPROTOCOL ||
               (way == CONNECT_TLS && status == DUET_ETLS);
    return status == DUET_ECONNECT || status == DUET_EDISCONNECTED ||
           status == DUET_ENOMEM || status == DUET_EMFILE ||
           status == DUET_ENOSPC || status == DUET_ETLS;
}

static duet_database_options options_of(way way)
{
    duet_database_options options = test_server.options;

    if (way == CONNECT_UNIX)
        options.unix_socket = test_server.unix_socket;
    if (way == CONNECT_TLS) {
        options.host = "localhost";
        options.tls = true;
        options.tls_ca_file = test_server.tls_ca_file;
    }
    return options;
}

static void complain(const sweep *sweep, const fault *fault, int nth,
                     const char *what, int status)
{
    sweep_complain(sweep, fault, nth, "%s: %s (%s)", what,
                   status == WRONG ? "wrong rows" : duet_error_name(status),
                   duet_error_message(status == WRONG ? 0 : status));
}

/* The end of what fault_arm() began. */
static bool disarm(const sweep *sweep, const fault *fault, int nth, int status)
{
    const trial *trial = sweep->trial;
    bool has_struck;

    if (fault_polls() > POLLS_MAX)
        complain(sweep, fault, nth, "the loop spins", status);
    has_struck = fault_disarm();
    if (status != 0 && !(has_struck && is_honest(fault, trial->way, status)))
        complain(sweep, fault, nth, "failed", status);
    return has_struck;
}

static void expect_next(const sweep *sweep, const fault *fault, int nth,
                        duet_database *database)
{
    int status;

    if (duet_database_in_transaction(database))
        status = duet_database_rollback(database, soon());
    status = ask(database, NULL, "SELECT 1000 + 1", 1001);
    if (status == DUET_EDISCONNECTED && !duet_database_is_open(database))
        status = duet_database_reconnect(database, soon());
    if (status != 0)
        complain(sweep, fault, nth, "the next failed", status);
}

static bool try_connection(const sweep *sweep, const fault *fault, int nth)
{
    const trial *trial = sweep->trial;
    const duet_database_options options = options_of(trial->way);
    duet_database *database = NULL;
    bool has_struck;
    int status = 0;

    if (trial->way == WARM)
        status = duet_database_open(&options, &database, soon());
    if (status != 0)
        complain(sweep, fault, nth, "the first failed", status);
    fault_arm(fault, nth);
    if (trial->way != WARM)
        status = duet_database_open(&options, &database, soon());
    if (status == 0)
        status = trial->run(database);
    has_struck = disarm(sweep, fault, nth, status);
    if (database == NULL &&
        (status = duet_database_open(&options, &database, soon())) != 0)
        complain(sweep, fault, nth, "the next has no connection", status);
    if (database != NULL)
        expect_next(sweep, fault, nth, database);
    duet_database_close(database);
    return has_struck;
}

static int ask_pool(duet_database_pool *pool)
{
    const duet_value value = duet_integer_value(42);
    duet_rows *rows;
    int status = duet_database_pool_run(pool, "SELECT CAST(? AS SIGNED)",
                                        &value, 1, &rows, soon());

    return expect_number(status, rows, 42);
}

static bool try_pool(const sweep *sweep, const fault *fault, int nth)
{
    const duet_database_pool_options options = {
        .database = test_server.options, .minimum = 1, .maximum = 2};
    duet_database_pool *pool;
    bool has_struck;
    int status;

    fault_arm(fault, nth);
    status = duet_database_pool_open(&options, &pool, soon());
    if (status == 0)
        status = ask_pool(pool);
    has_struck = disarm(sweep, fault, nth, status);
    if (pool == NULL)
        return has_struck;
    status = ask_pool(pool);
    if (status != 0)
        complain(sweep, fault, nth, "the next failed", status);
    status = duet_database_pool_close(pool, soon());
    if (status != 0)
        complain(sweep, fault, nth, "the pool did not close", status);
    return has_struck;
}

/* --- the case ------------------------------------------------------------- */

static bool connects(const trial *trial)
{
    return trial->way != WARM || trial->run == reconnect;
}

static void sweep_one(const trial *trial)
{
    sweep one = {
        .name = trial->name,
        .faults = &own_memory,
        .count = 1,
        .try = trial->way == POOL ? try_pool : try_connection,
        .trial = trial,
        .sparse_from = trial->way == CONNECT_TLS ? SPARSE_FROM : 0,
    };
    bool skips = connects(trial); /* the first, which is of memory */

    sweep_all(&one);
    one.faults = faults + skips;
    one.count = sizeof faults / sizeof *faults - skips;
    sweep_all(&one);
}

in_task(whatever_fails_the_next_query_has_its_rows)
{
    static const fault none = {"none", FAULT_NONE, 0};
    duet_database *database = test_database();

    test_sql(database, "CREATE TABLE mice (id INT) ENGINE=InnoDB", NULL);
    duet_database_close(database);
    /* What the libraries make once in a process is no part of a trial. */
    for (size_t i = 0; i < sizeof trials / sizeof *trials; i++) {
        const sweep once = {.name = trials[i].name, .trial = &trials[i]};

        (void)(trials[i].way == POOL ? try_pool : try_connection)(&once, &none,
                                                                  0);
    }
    fault_watch_this_thread();
    for (size_t i = 0; i < sizeof trials / sizeof *trials; i++)
        sweep_one(&trials[i]);
    assert_int_equal(sweep_complaints(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(whatever_fails_the_next_query_has_its_rows),
    };

    if (!fault_is_possible())
        return 77;
    if (!test_has_mariadb()) {
        test_record_skip();
        return 77;
    }
    return cmocka_run_group_tests(tests, test_server_start, test_server_stop);
}
