/* SPDX-License-Identifier: MIT */
/* operation.h - one call of the connector that does not block, from its
 * start to its end.
 *
 * The connector runs such a call on a stack of its own and leaves that when it
 * would have to wait. A call that was begun must come to its end: what its
 * frames hold is freed there. */
#ifndef DUET_DATABASE_OPERATION_H
#define DUET_DATABASE_OPERATION_H

#include "database/database.h"

typedef struct duet__operation duet__operation;

struct duet__operation {
    /* Starts (`happened` is 0) or goes on. Returns the MYSQL_WAIT_ bits of
     * what to wait for, 0 when the call is at its end. */
    int (*step)(duet__operation *operation, int happened);
    /* What the step functions need. */
    MYSQL *mysql;
    MYSQL_STMT *statement;
    MYSQL_RES *source;
    const char *text;
    size_t bytes;
    const duet__database_settings *settings;
    /* What the connector's call returned; each step function fills one. */
    int result;
    my_bool failed;
    MYSQL_ROW row;
    MYSQL *connected;
};

/* Runs a call to its end. If the deadline passes or the task is cancelled, the
 * server is told to stop, over another connection, and the call is led to its
 * end; if that takes too long the connection is broken off and lost.
 *
 * Returns 0 once the call came to its end: its result tells how it went; or
 *   DUET_ETIMEDOUT, DUET_ECANCELED, DUET_ENOMEM, DUET_ENOLOOP
 *                   it was stopped, or not even started */
int duet__operation_run(duet_database *database, duet__operation *operation,
                        duet_deadline deadline);

/* Steps that several files use: mysql_fetch_row(), mysql_next_result(),
 * mysql_stmt_fetch(), mysql_stmt_next_result(). */
int duet__row_step(duet__operation *operation, int happened);
int duet__next_step(duet__operation *operation, int happened);
int duet__statement_row_step(duet__operation *operation, int happened);
int duet__statement_next_step(duet__operation *operation, int happened);

#endif
