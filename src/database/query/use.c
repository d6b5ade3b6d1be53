/* SPDX-License-Identifier: MIT */
/* use.c - the begin and end of every public call on a connection.
 *
 * Invariant: `in_use` is set exactly between entering and leaving; a connection
 * is clean when a call enters, and clean or closed when it leaves. */
#include "database/query/use.h"

#include <duet/task.h>

#include "database/link/connect.h"
#include "database/query/drain.h"
#include "database/link/leftovers.h"

void duet__database_pass_cancel(void)
{
    duet_task_cancel(duet_current_task());
    duet_task_uncancel(duet_current_task()); /* counted once, as before */
}

int duet__database_enter(duet_database *database, const duet_rows *reader)
{
    int status = 0;

    if (duet_current_task() == NULL)
        return DUET_ENOLOOP;
    if (database->in_use)
        return duet_fail(DUET_EBUSY, "another task uses the connection");
    if (database->reader != NULL && database->reader != reader)
        return duet_fail(DUET_EBUSY, "rows of the connection are unread");
    database->in_use = true;
    if (!database->is_lost && reader == NULL)
        status = duet__database_drain(database);
    if (status == 0 && database->is_lost)
        status = duet_fail(DUET_EDISCONNECTED, "the connection is closed");
    if (status != 0)
        duet__database_leave(database, status);
    return status;
}

int duet__database_leave(duet_database *database, int status)
{
    bool gave_up = status == DUET_ETIMEDOUT || status == DUET_ECANCELED ||
                   status == DUET_ETOOLARGE || status == DUET_ENOMEM;

    if (gave_up) {
        duet__leftovers_detach_reader(database);
        if (!database->is_lost &&
            duet__database_drain(database) == DUET_ECANCELED &&
            status != DUET_ECANCELED)
            duet__database_pass_cancel();
    }
    if (gave_up && status != DUET_ETOOLARGE)
        duet_fail(status, "database: %s; the connection is %s",
                  duet_error_text(status),
                  database->is_lost ? "closed" : "clean");
    if (database->is_lost)
        duet__database_disconnect(database);
    database->in_use = false;
    return status;
}
