/* SPDX-License-Identifier: MIT */
/* rows_read.c - reads rows from the server, of a text query or a prepared
 * statement. */
#include "database/query/rows_read.h"

#include <stdlib.h>
#include <string.h>

#include "database/link/kill.h"
#include "database/link/last_error.h"
#include "database/link/steps.h"

/* --- the begin of a result ------------------------------------------------ */

void duet__rows_free_columns(duet_rows *rows)
{
    for (size_t i = 0; i < rows->column_count; i++)
        free(rows->columns[i].name);
    free(rows->columns);
    free(rows->cells);
    rows->columns = NULL;
    rows->cells = NULL;
    rows->column_count = 0;
}

static int copy_columns(duet_rows *rows, const MYSQL_FIELD *fields,
                        size_t count)
{
    rows->columns = calloc(count, sizeof *rows->columns);
    if (rows->columns == NULL)
        return DUET_ENOMEM;
    rows->column_count = count;
    for (size_t i = 0; i < count; i++) {
        rows->columns[i].field = (MYSQL_FIELD){
            .type = fields[i].type,
            .flags = fields[i].flags,
            .charsetnr = fields[i].charsetnr,
        };
        rows->columns[i].name = strdup(fields[i].name);
        if (rows->columns[i].name == NULL)
            return DUET_ENOMEM;
    }
    return 0;
}

static int begin_text(duet_rows *rows)
{
    duet_database *database = rows->database;

    database->source = mysql_use_result(database->mysql);
    if (database->source == NULL)
        return duet__database_error(database, NULL, "result");
    return copy_columns(rows, mysql_fetch_fields(database->source),
                        mysql_num_fields(database->source));
}

static int bind_columns(duet_rows *rows)
{
    MYSQL_BIND *binds = calloc(rows->column_count, sizeof *binds);
    int status = 0;

    rows->cells = calloc(rows->column_count, sizeof *rows->cells);
    if (binds == NULL || rows->cells == NULL) {
        free(binds);
        return DUET_ENOMEM;
    }
    for (size_t i = 0; i < rows->column_count; i++)
        duet__cell_bind(&rows->cells[i], &rows->columns[i].field, &binds[i]);
    if (mysql_stmt_bind_result(rows->raw, binds) != 0)
        status = duet__database_error(rows->database, rows->raw, "columns");
    free(binds);
    return status;
}

static int begin_prepared(duet_rows *rows)
{
    MYSQL_RES *columns = mysql_stmt_result_metadata(rows->raw);
    int status;

    if (columns == NULL)
        return duet__database_error(rows->database, rows->raw, "columns");
    status = copy_columns(rows, mysql_fetch_fields(columns),
                          mysql_num_fields(columns));
    mysql_free_result(columns);
    if (status == 0)
        status = bind_columns(rows);
    return status;
}

/* Reads the numbers of a statement without rows. */
static void read_numbers(duet_rows *rows)
{
    MYSQL *mysql = rows->database->mysql;

    rows->affected = rows->raw != NULL ? mysql_stmt_affected_rows(rows->raw)
                                       : mysql_affected_rows(mysql);
    rows->last_id = rows->raw != NULL ? mysql_stmt_insert_id(rows->raw)
                                      : mysql_insert_id(mysql);
}

int duet__rows_begin(duet_rows *rows)
{
    duet_database *database = rows->database;
    unsigned count = rows->raw != NULL ? mysql_stmt_field_count(rows->raw)
                                       : mysql_field_count(database->mysql);

    duet__rows_free_columns(rows);
    duet__row_store_clear(&rows->store);
    rows->row_count = rows->position = 0;
    rows->affected = rows->last_id = 0;
    rows->warnings = mysql_warning_count(database->mysql);
    rows->is_at_end = count == 0;
    if (rows->raw != NULL && (count > 0 || mysql_stmt_more_results(rows->raw)))
        database->running = rows->raw;
    if (count == 0) {
        read_numbers(rows);
        return 0;
    }
    return rows->raw != NULL ? begin_prepared(rows) : begin_text(rows);
}

/* --- rows ----------------------------------------------------------------- */

static int read_text_row(duet_rows *rows, bool keep, duet_deadline deadline)
{
    duet_database *database = rows->database;
    MYSQL_RES *source = database->source;
    duet__operation operation = {
        .step = duet__row_step, .mysql = database->mysql, .source = source};
    int status = duet__operation_run_or_kill(database, &operation, deadline);
    unsigned long *bytes;

    if (status != 0)
        return status;
    if (operation.row == NULL) {
        if (mysql_errno(database->mysql) != 0)
            status = duet__database_error(database, NULL, "row");
        if (!database->is_lost) {
            mysql_free_result(source);
            database->source = NULL;
        }
        return status;
    }
    bytes = mysql_fetch_lengths(source);
    for (size_t i = 0; keep && i < rows->column_count && status == 0; i++)
        status = duet__row_store_add(
            &rows->store, duet__value_parse(&rows->columns[i].field,
                                            operation.row[i], bytes[i]));
    return status != 0 ? status : 1;
}

/* Adds a text whose length is in its cell. */
static int add_text(duet_rows *rows, size_t column)
{
    duet__cell *cell = &rows->cells[column];
    unsigned long length;
    my_bool is_null, is_cut;
    char *bytes;
    MYSQL_BIND bind = {.buffer_type = cell->type == DUET_VALUE_BYTES
                                          ? MYSQL_TYPE_BLOB
                                          : MYSQL_TYPE_STRING,
                       .length = &length,
                       .is_null = &is_null,
                       .error = &is_cut};
    int status =
        duet__row_store_add_room(&rows->store, cell->type, cell->bytes, &bytes);

    if (status != 0 || cell->bytes == 0)
        return status;
    bind.buffer = bytes;
    bind.buffer_length = cell->bytes;
    if (mysql_stmt_fetch_column(rows->raw, &bind, (unsigned)column, 0) != 0)
        return duet__database_error(rows->database, rows->raw, "column");
    return 0;
}

static int read_prepared_row(duet_rows *rows, bool keep, duet_deadline deadline)
{
    duet_database *database = rows->database;
    duet__operation operation = {.step = duet__statement_row_step,
                                 .mysql = database->mysql,
                                 .statement = rows->raw};
    int status = duet__operation_run_or_kill(database, &operation, deadline);

    if (status != 0)
        return status;
    if (operation.result == MYSQL_NO_DATA) {
        if (!mysql_stmt_more_results(rows->raw))
            database->running = NULL;
        return 0;
    }
    if (operation.result != 0 && operation.result != MYSQL_DATA_TRUNCATED) {
        status = duet__database_error(database, rows->raw, "row");
        database->running = NULL;
        return status;
    }
    for (size_t i = 0; keep && i < rows->column_count && status == 0; i++) {
        if (duet__cell_is_text(&rows->cells[i]))
            status = add_text(rows, i);
        else
            status = duet__row_store_add(
                &rows->store, duet__cell_value(&rows->cells[i], NULL));
    }
    return status != 0 ? status : 1;
}

static int read_row(duet_rows *rows, bool keep, duet_deadline deadline)
{
    int status;

    if (rows->is_at_end)
        return 0;
    status = rows->raw != NULL ? read_prepared_row(rows, keep, deadline)
                               : read_text_row(rows, keep, deadline);
    if (status > 0)
        rows->row_count++;
    else
        rows->is_at_end = true;
    return status;
}

int duet__rows_read(duet_rows *rows, duet_deadline deadline)
{
    return read_row(rows, true, deadline);
}

int duet__rows_read_all(duet_rows *rows, bool keep, duet_deadline deadline)
{
    int status;

    do
        status = read_row(rows, keep, deadline);
    while (status > 0);
    return status;
}

/* --- the next result ------------------------------------------------------ */

int duet__rows_go_on(duet_rows *rows, duet_deadline deadline)
{
    duet_database *database = rows->database;
    duet__operation operation = {
        .step = rows->raw != NULL ? duet__statement_next_step : duet__next_step,
        .mysql = database->mysql,
        .statement = rows->raw};
    int status = duet__rows_read_all(rows, false, deadline);

    if (status != 0)
        return status;
    if (!mysql_more_results(database->mysql))
        return 0;
    status = duet__operation_run_or_kill(database, &operation, deadline);
    if (status != 0)
        return status;
    if (operation.result > 0) {
        status = duet__database_error(database, rows->raw, "next result");
        database->running = NULL;
        return status;
    }
    if (operation.result < 0)
        return 0;
    status = duet__rows_begin(rows);
    return status != 0 ? status : 1;
}
