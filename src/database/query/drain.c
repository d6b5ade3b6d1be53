/* SPDX-License-Identifier: MIT */
/* drain.c - reads what a query left unread, or stops the query and reads the
 * rest, so that the next query gets its own answer. */
#include "database/query/drain.h"

#include <stdlib.h>

#include "database/link/kill.h"
#include "database/link/last_error.h"
#include "database/link/leftovers.h"
#include "database/link/steps.h"

/* For this time, reading the rest is cheaper than stopping the query. */
enum { READ_ON_MS = 20 };

/* --- reading the rest ----------------------------------------------------- */

/* Runs an operation whose failure matters only if it loses the connection. */
static int run(duet_database *database, duet__operation *operation,
               duet_deadline deadline)
{
    int status;

    operation->mysql = database->mysql;
    status = duet__operation_run_or_kill(database, operation, deadline);
    if (status == 0 && duet__database_error_loses(mysql_errno(database->mysql)))
        status = duet__database_error(database, NULL, "reading the rest");
    return status;
}

static int read_text(duet_database *database, duet_deadline deadline)
{
    duet__operation operation = {.step = duet__row_step,
                                 .source = database->source};
    int status;

    do
        status = run(database, &operation, deadline);
    while (status == 0 && operation.row != NULL);
    if (status == 0) {
        mysql_free_result(database->source);
        database->source = NULL;
    }
    return status;
}

/* Unbinds the buffers of rows that were freed. */
static int unbind(duet_database *database, MYSQL_STMT *statement,
                  unsigned count)
{
    MYSQL_BIND *binds = calloc(count, sizeof *binds);
    int status = 0;

    if (binds == NULL)
        return DUET_ENOMEM;
    for (unsigned i = 0; i < count; i++) {
        binds[i].buffer_type = MYSQL_TYPE_STRING;
        binds[i].flags = MADB_BIND_DUMMY;
    }
    if (mysql_stmt_bind_result(statement, binds) != 0)
        status = duet__database_error(database, statement, "columns");
    free(binds);
    return status;
}

/* One by one, as mysql_stmt_free_result() would read all of them without a
 * pause while the server is faster. */
static int read_statement_rows(duet_database *database, MYSQL_STMT *statement,
                               duet_deadline deadline)
{
    duet__operation operation = {.step = duet__statement_row_step,
                                 .statement = statement};
    unsigned count = mysql_stmt_field_count(statement);
    bool more = count > 0;
    int status = more ? unbind(database, statement, count) : 0;

    while (status == 0 && more) {
        status = run(database, &operation, deadline);
        more =
            operation.result == 0 || operation.result == MYSQL_DATA_TRUNCATED;
    }
    if (status == 0) {
        operation.step = duet__statement_free_rows_step;
        status = run(database, &operation, deadline);
    }
    return status;
}

static int read_statement(duet_database *database, duet_deadline deadline)
{
    MYSQL_STMT *statement = database->running;
    duet__operation operation = {.step = duet__statement_next_step,
                                 .statement = statement};
    int status = read_statement_rows(database, statement, deadline);

    while (status == 0 && mysql_stmt_more_results(statement)) {
        status = run(database, &operation, deadline);
        if (status != 0 || operation.result != 0)
            break;
        status = read_statement_rows(database, statement, deadline);
    }
    if (status == 0)
        database->running = NULL;
    return status;
}

static int read_next(duet_database *database, duet_deadline deadline)
{
    duet__operation operation = {.step = duet__next_step};

    return run(database, &operation, deadline);
}

static int forget_dropped(duet_database *database, duet_deadline deadline)
{
    int status = 0;

    while (status == 0 && database->dropped != NULL) {
        duet_statement *statement = duet__leftovers_take_statement(database);
        duet__operation operation = {.step = duet__statement_close_step,
                                     .statement = statement->raw};

        statement->raw = NULL; /* the operation frees it, whatever the result */
        status = run(database, &operation, deadline);
        duet__leftovers_end_statement(statement);
    }
    return status;
}

static int read_rest(duet_database *database, duet_deadline deadline)
{
    MYSQL *mysql = database->mysql;
    int status = 0;

    while (status == 0) {
        if (database->running != NULL) {
            status = read_statement(database, deadline);
        } else if (database->source != NULL) {
            status = read_text(database, deadline);
        } else if (mysql->status == MYSQL_STATUS_GET_RESULT) {
            database->source = mysql_use_result(mysql);
            if (database->source == NULL)
                status = duet__database_error(database, NULL, "result");
        } else if (mysql_more_results(mysql)) {
            status = read_next(database, deadline);
        } else {
            return forget_dropped(database, deadline);
        }
    }
    return status;
}

/* --- entry points --------------------------------------------------------- */

int duet__database_ping(duet_database *database, duet_deadline deadline)
{
    duet__operation operation = {.step = duet__ping_step,
                                 .mysql = database->mysql};
    int status = duet__operation_run_or_kill(database, &operation, deadline);

    if (status == 0 && operation.result != 0)
        status = duet__database_error(database, NULL, "ping");
    return status;
}

int duet__database_drain(duet_database *database)
{
    duet_deadline end, moment;
    int first = 0, status;

    if (duet__leftovers_are_none(database))
        return 0;
    end = duet_in_ms(database->settings.stop_ms);
    moment = duet_in_ms(READ_ON_MS);
    status = read_rest(database, duet_deadline_earlier(moment, end));
    if (status != 0 && !database->is_lost) {
        first = status;
        database->is_stopping = true; /* a KILL was sent already */
        status = read_rest(database, end);
    }
    database->is_stopping = true;
    /* A KILL that arrives too late for its query would stop the next one. */
    if (status == 0 && database->was_killed)
        status = duet__database_ping(database, end);
    database->is_stopping = false;
    database->was_killed = false;
    if (status != 0) {
        database->is_lost = true;
        return status == DUET_ECANCELED ? status : DUET_EDISCONNECTED;
    }
    return first == DUET_ECANCELED ? first : 0;
}
