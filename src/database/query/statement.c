/* SPDX-License-Identifier: MIT */
/* statement.c - prepared statements.
 *
 * Invariant: a freed statement is passed to the connection, which closes it
 * later: its answer may be unread, and the connection in use. */
#include "database/link/statement_state.h"

#include <stdlib.h>
#include <string.h>

#include "database/link/kill.h"
#include "database/link/last_error.h"
#include "database/link/leftovers.h"
#include "database/query/rows.h"
#include "database/link/steps.h"
#include "database/query/use.h"

DUET__LIVES("statement")

/* --- preparing ------------------------------------------------------------ */

static int prepare(duet_statement *statement, const char *sql,
                   duet_deadline deadline)
{
    duet_database *database = statement->database;
    duet__operation operation = {.step = duet__prepare_step,
                                 .mysql = database->mysql,
                                 .text = sql,
                                 .bytes = strlen(sql)};
    int status;

    operation.statement = statement->raw = mysql_stmt_init(database->mysql);
    if (statement->raw == NULL)
        return DUET_ENOMEM;
    status = duet__operation_run_or_kill(database, &operation, deadline);
    if (status == 0 && operation.result != 0)
        status = duet__database_error(database, statement->raw, "prepare");
    return status;
}

int duet_statement_prepare(duet_database *database, const char *sql,
                           duet_statement **out_statement,
                           duet_deadline deadline)
{
    duet_statement *statement;
    int status = duet__database_enter(database, NULL);

    *out_statement = NULL;
    if (status != 0)
        return status;
    statement = calloc(1, sizeof *statement);
    status = DUET_ENOMEM;
    if (statement != NULL) {
        DUET__LIFE_BEGINS(statement);
        statement->database = database;
        status = prepare(statement, sql, deadline);
    }
    if (status == 0)
        *out_statement = statement;
    else
        duet_statement_free(statement);
    return duet__database_leave(database, status);
}

void duet_statement_free(duet_statement *statement)
{
    if (statement == NULL)
        return;
    DUET__LIFE_ENDS(statement);
    duet__leftovers_drop_statement(statement);
}

size_t duet_statement_parameters(const duet_statement *statement)
{
    return mysql_stmt_param_count(statement->raw);
}

/* --- running -------------------------------------------------------------- */

typedef struct parameters {
    MYSQL_BIND *binds;
    MYSQL_TIME *times;
    size_t bytes; /* of texts */
} parameters;

static void free_parameters(parameters *parameters)
{
    free(parameters->binds);
    free(parameters->times);
}

static int bind(duet_statement *statement, const duet_value *values,
                size_t count, parameters *out_parameters)
{
    parameters made = {calloc(count, sizeof *made.binds),
                       calloc(count, sizeof *made.times), 0};

    *out_parameters = made;
    if (made.binds == NULL || made.times == NULL)
        return DUET_ENOMEM;
    for (size_t i = 0; i < count; i++) {
        duet__value_bind(&values[i], &made.times[i], &made.binds[i]);
        out_parameters->bytes += made.binds[i].buffer_length;
    }
    if (mysql_stmt_bind_param(statement->raw, made.binds) != 0)
        return duet__database_error(statement->database, statement->raw,
                                    "parameters");
    return 0;
}

static int execute(duet_statement *statement, const duet_value *values,
                   size_t count, duet_deadline deadline)
{
    duet_database *database = statement->database;
    duet__operation operation = {.step = duet__execute_step,
                                 .mysql = database->mysql,
                                 .statement = statement->raw};
    parameters parameters = {0};
    int status = 0;

    if (count != duet_statement_parameters(statement))
        return duet_fail(DUET_EINVAL, "the statement takes %zu values, not %zu",
                         duet_statement_parameters(statement), count);
    if (count > 0)
        status = bind(statement, values, count, &parameters);
    /* With a count of 0 the connector accepts any columns. Otherwise it keeps
     * the columns from preparing, and fails, with the answer unread, if the
     * table has more or fewer by now. */
    statement->raw->field_count = 0;
    if (status == 0)
        status = duet__operation_run_or_kill(database, &operation, deadline);
    free_parameters(&parameters);
    if (status == 0 && operation.result != 0)
        return duet__database_error_if_large(
            database, duet__database_error(database, statement->raw, "run"),
            "run", parameters.bytes);
    if (status != 0 && !database->is_lost)
        database->running = statement->raw; /* its answer may be unread */
    return status;
}

int duet_statement_run(duet_statement *statement, const duet_value *values,
                       size_t count, const duet_rows_options *options,
                       duet_rows **out_rows, duet_deadline deadline)
{
    duet_database *database = statement->database;
    int status;

    if (out_rows != NULL)
        *out_rows = NULL;
    if (statement->raw->mysql == NULL)
        return duet_fail(DUET_EDISCONNECTED,
                         "the connection of the statement was closed");
    status = duet__rows_check(options);
    if (status == 0)
        status = duet__database_enter(database, NULL);
    if (status != 0)
        return status;
    status = execute(statement, values, count, deadline);
    if (status == 0)
        status = duet__rows_open(database, statement->raw, options, out_rows,
                                 deadline);
    return duet__database_leave(database, status);
}

int duet_database_run(duet_database *database, const char *sql,
                      const duet_value *values, size_t count,
                      const duet_rows_options *options, duet_rows **out_rows,
                      duet_deadline deadline)
{
    duet_statement *statement;
    int status;

    if (out_rows != NULL)
        *out_rows = NULL;
    status = duet_statement_prepare(database, sql, &statement, deadline);
    if (status != 0)
        return status;
    status = duet_statement_run(statement, values, count, options, out_rows,
                                deadline);
    duet_statement_free(statement);
    return status;
}
