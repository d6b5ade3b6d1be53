/* SPDX-License-Identifier: MIT */
/* text_query.c - queries that are sent as text. Owns nothing. */
#include <string.h>

#include "database/link/kill.h"
#include "database/link/last_error.h"
#include "database/query/rows.h"
#include "database/link/steps.h"
#include "database/query/use.h"

/* Inside a public call; does not read the answer. */
static int send_query(duet_database *database, const char *sql, size_t bytes,
                      duet_deadline deadline)
{
    duet__operation operation = {.step = duet__query_step,
                                 .mysql = database->mysql,
                                 .text = sql,
                                 .bytes = bytes};
    int status = duet__operation_run_or_kill(database, &operation, deadline);

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
    status = send_query(database, sql, strlen(sql), deadline);
    if (status == 0)
        status = duet__rows_open(database, NULL, options, out_rows, deadline);
    return duet__database_leave(database, status);
}
