/* SPDX-License-Identifier: MIT */
/* rows.c - the public calls on rows: step, inspect, free. */
#include "database/query/rows.h"

#include <stdlib.h>
#include <string.h>

#include "database/link/leftovers.h"
#include "database/query/rows_read.h"
#include "database/query/use.h"

DUET__LIVES("rows")

static const int64_t BYTES_MAX = 64 * 1024 * 1024;

/* --- lifetime ------------------------------------------------------------- */

/* Detaches from the connection once nothing more can arrive. */
static int finish(duet_rows *rows, int status)
{
    duet_database *database = rows->database;

    if (database == NULL)
        return status;
    if (status < 0) {
        duet__leftovers_detach_reader(database);
    } else if (rows->is_at_end && !mysql_more_results(database->mysql)) {
        database->running = NULL;
        duet__leftovers_detach_reader(database);
        rows->is_cut_off = false;
    }
    return status;
}

/* Begins a result, and buffers it if the options say so. */
static int take_result(duet_rows *rows, int status, duet_deadline deadline)
{
    if (status >= 0 && !rows->stream) {
        int reading = duet__rows_read_all(rows, true, deadline);

        if (reading < 0)
            status = reading;
    }
    return finish(rows, status);
}

static int64_t limit(const duet_rows_options *options)
{
    if (options == NULL || options->bytes_max == 0)
        return BYTES_MAX;
    return options->bytes_max;
}

int duet__rows_check(const duet_rows_options *options)
{
    if (options == NULL || options->bytes_max >= DUET_NO_LIMIT)
        return 0;
    return duet_fail(DUET_EINVAL, "option bytes_max is %lld",
                     (long long)options->bytes_max);
}

static int drop_all(duet_rows *rows, duet_deadline deadline)
{
    int status = duet__rows_read_all(rows, false, deadline);

    while (status == 0 && (status = duet__rows_go_on(rows, deadline)) > 0)
        status = 0;
    return finish(rows, status);
}

int duet__rows_open(duet_database *database, MYSQL_STMT *raw,
                    const duet_rows_options *options, duet_rows **out_rows,
                    duet_deadline deadline)
{
    duet_rows *rows = calloc(1, sizeof *rows);
    int status;

    if (rows == NULL)
        return DUET_ENOMEM;
    DUET__LIFE_BEGINS(rows);
    rows->database = database;
    rows->raw = raw;
    rows->stream = out_rows == NULL || (options != NULL && options->stream);
    rows->store.bytes_max = limit(options);
    database->reader = rows;
    status = take_result(rows, duet__rows_begin(rows), deadline);
    if (status == 0 && out_rows == NULL && rows->database != NULL)
        status = drop_all(rows, deadline);
    if (status != 0 || out_rows == NULL)
        duet_rows_free(rows);
    else
        *out_rows = rows;
    return status;
}

void duet_rows_free(duet_rows *rows)
{
    if (rows == NULL)
        return;
    DUET__LIFE_ENDS(rows);
    if (rows->database != NULL)
        duet__leftovers_detach_reader(rows->database);
    duet__rows_free_columns(rows);
    duet__row_store_free(&rows->store);
    free(rows);
}

/* --- stepping ------------------------------------------------------------- */

static int cut_off(void)
{
    return duet_fail(DUET_EDISCONNECTED, "rows: the connection is closed, or "
                                         "was given up");
}

int duet_rows_next(duet_rows *rows, duet_deadline deadline)
{
    duet_database *database = rows->database;
    int status;

    if (!rows->stream) {
        if (rows->position > rows->row_count)
            return 0;
        return ++rows->position <= rows->row_count;
    }
    rows->position = 0;
    duet__row_store_clear(&rows->store);
    if (rows->is_at_end || database == NULL)
        return rows->is_cut_off && !rows->is_at_end ? cut_off() : 0;
    status = duet__database_enter(database, rows);
    if (status != 0)
        return status;
    status = duet__rows_read(rows, deadline);
    rows->position = status > 0;
    if (status == 0 || status < 0)
        finish(rows, status);
    return duet__database_leave(database, status);
}

int duet_rows_next_result(duet_rows *rows, duet_deadline deadline)
{
    duet_database *database = rows->database;
    int status;

    rows->position = 0;
    if (database == NULL)
        return rows->is_cut_off ? cut_off() : 0;
    status = duet__database_enter(database, rows);
    if (status != 0)
        return status;
    status = duet__rows_go_on(rows, deadline);
    if (status == 0)
        rows->is_at_end = true;
    status = take_result(rows, status, deadline);
    return duet__database_leave(database, status);
}

/* --- looking -------------------------------------------------------------- */

duet_value duet_rows_value(const duet_rows *rows, size_t column)
{
    uint64_t row = rows->stream ? 0 : rows->position - 1;

    if (rows->position == 0 || column >= rows->column_count ||
        (!rows->stream && rows->position > rows->row_count))
        return duet_null_value();
    return duet__row_store_get(&rows->store,
                               (size_t)row * rows->column_count + column);
}

size_t duet_rows_columns(const duet_rows *rows)
{
    return rows->column_count;
}

const char *duet_rows_name(const duet_rows *rows, size_t column)
{
    return column < rows->column_count ? rows->columns[column].name : NULL;
}

duet_value_type duet_rows_type(const duet_rows *rows, size_t column)
{
    if (column >= rows->column_count)
        return DUET_VALUE_NULL;
    return duet__value_type_of(&rows->columns[column].field);
}

int duet_rows_column(const duet_rows *rows, const char *name)
{
    for (size_t i = 0; i < rows->column_count; i++) {
        if (strcmp(rows->columns[i].name, name) == 0)
            return (int)i;
    }
    return DUET_ENOENT;
}

uint64_t duet_rows_count(const duet_rows *rows)
{
    return rows->row_count;
}

uint64_t duet_rows_affected(const duet_rows *rows)
{
    return rows->affected;
}

uint64_t duet_rows_last_id(const duet_rows *rows)
{
    return rows->last_id;
}

unsigned duet_rows_warnings(const duet_rows *rows)
{
    return rows->warnings;
}
