/* SPDX-License-Identifier: MIT */
/* kill.c - stops operations at the server: KILL QUERY is sent over another
 * connection, as this one is busy.
 *
 * Invariant: when duet__operation_run_or_kill() returns, no operation of the
 * connection is in progress. */
#include "database/link/kill.h"

#include <stdio.h>
#include <string.h>

#include "database/link/connect.h"
#include "database/link/last_error.h"
#include "database/link/leftovers.h"
#include "database/link/steps.h"

/* Stops the query of this connection at the server, over another connection. */
static int kill_query(const duet_database *database, duet_deadline deadline)
{
    duet_database other = {.settings = database->settings};
    duet__operation operation = {.step = duet__query_step};
    char sql[64];
    int status;

    other.settings.init_sql = NULL;
    snprintf(sql, sizeof sql, "KILL QUERY %lu",
             mysql_thread_id(database->mysql));
    status = duet__database_connect(&other, deadline);
    if (status == 0) {
        operation.mysql = other.mysql;
        operation.text = sql;
        operation.bytes = strlen(sql);
        status = duet__operation_run_or_break(&other, &operation, deadline);
    }
    if (status == 0 && operation.result != 0)
        status = duet__database_error(&other, NULL, "query");
    duet__database_disconnect(&other);
    return status;
}

/* Ends an operation, begun or not, that was given up with the code `why`, and
 * returns that code. */
static int stop(duet_database *database, duet__operation *operation, int why)
{
    duet_deadline deadline = duet_in_ms(database->settings.stop_ms);
    int status = 0;

    if (!database->is_stopping) {
        status = kill_query(database, deadline);
        if (status == 0) {
            database->was_killed = true;
            status = duet__operation_go_on(database, operation, deadline);
        }
    }
    duet__operation_break_off(database, operation);
    return status == DUET_ECANCELED ? status : why;
}

int duet__operation_run_or_kill(duet_database *database,
                                duet__operation *operation,
                                duet_deadline deadline)
{
    int status = duet__operation_may_begin(deadline);

    if (status != 0)
        return status;
    status = duet__operation_pause(database, deadline);
    if (status == 0)
        status = duet__operation_begin(database, operation, deadline);
    else if (duet__leftovers_are_none(database))
        return status; /* the server has nothing to do */
    return status == 0 ? 0 : stop(database, operation, status);
}
