/* SPDX-License-Identifier: MIT */
/* text_query.c - SQL as text, and the steps of reading what it gives. */
#include "database/text_query.h"

#include <string.h>

#include "database/last_error.h"
#include "database/operation.h"
#include "database/rows.h"

int duet__row_step(duet__operation *operation, int happened)
{
    return happened == 0
               ? mysql_fetch_row_start(&operation->row, operation->source)
               : mysql_fetch_row_cont(&operation->row, operation->source,
                                      happened);
}

int duet__next_step(duet__operation *operation, int happened)
{
    return happened == 0
               ? mysql_next_result_start(&operation->result, operation->mysql)
               : mysql_next_result_cont(&operation->result, operation->mysql,
                                        happened);
}

static int query_step(duet__operation *operation, int happened)
{
    if (happened != 0)
        return mysql_real_query_cont(&operation->result, operation->mysql,
                                     happened);
    return mysql_real_query_start(&operation->result, operation->mysql,
                                  operation->text,
                                  (unsigned long)operation->bytes);
}

int duet__database_send(duet_database *database, const char *sql, size_t bytes,
                        duet_deadline deadline)
{
    duet__operation operation = {.step = query_step,
                                 .mysql = database->mysql,
                                 .text = sql,
                                 .bytes = bytes};
    int status = duet__operation_run(database, &operation, deadline);

    if (status == 0 && operation.result != 0)
        status = duet__database_error(database, NULL, "query");
    return duet__database_error_if_large(database, status, "query", bytes);
}

int duet_database_query(duet_database *database, const char *sql,
                        const duet_rows_options *options, duet_rows **out_rows,
                        duet_deadline deadline)
{
    int status = duet__rows_check(options);

    if (out_rows != NULL)
        *out_rows = NULL;
    if (status == 0)
        status = duet__database_enter(database, NULL);
    if (status != 0)
        return status;
    status = duet__database_send(database, sql, strlen(sql), deadline);
    if (status == 0)
        status = duet__rows_open(database, NULL, options, out_rows, deadline);
    return duet__database_leave(database, status);
}
