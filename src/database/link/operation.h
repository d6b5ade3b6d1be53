/* SPDX-License-Identifier: MIT */
/* operation.h - one non-blocking call of the connector.
 *
 * The connector runs such a call on a stack of its own and leaves it when it
 * would have to wait. An operation that was begun must be completed: only that
 * frees what the frames on that stack hold. */
#ifndef DUET_DATABASE_LINK_OPERATION_H
#define DUET_DATABASE_LINK_OPERATION_H

#include "database/link/database_state.h"

typedef struct duet__operation duet__operation;

struct duet__operation {
    /* Begins (`happened` is 0) or continues. Returns the MYSQL_WAIT_ bits of
     * what to wait for, 0 at the end. */
    int (*step)(duet__operation *operation, int happened);
    int wanted; /* the result of the last step; 0 before the first and after the
                 * last */
    /* The arguments of the step functions. */
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

/* Whether an operation may begin at all. Returns 0, or
 *   DUET_ENOLOOP    the caller is not a task
 *   DUET_ETIMEDOUT  the deadline had passed before */
int duet__operation_may_begin(duet_deadline deadline);

/* To be called before each operation: yields after many that did not have to
 * wait, and checks the deadline whenever time has passed.
 *
 * Returns 0, DUET_ETIMEDOUT or the codes of duet_yield() */
int duet__operation_pause(duet_database *database, duet_deadline deadline);

/* Begins an operation and runs it to its end. Returns 0 at the end, with the
 * outcome in its result; or the code why it was left incomplete, perhaps
 * waiting. */
int duet__operation_begin(duet_database *database, duet__operation *operation,
                          duet_deadline deadline);

/* Continues an operation that waits; 0 at once if it has ended. Returns the
 * codes of duet__operation_begin(). */
int duet__operation_go_on(duet_database *database, duet__operation *operation,
                          duet_deadline deadline);

/* Completes an operation that waits by shutting the connection down, which is
 * lost. Does nothing if it does not wait. */
void duet__operation_break_off(duet_database *database,
                               duet__operation *operation);

/* Runs an operation to its end; aborts it with the connection if it is given
 * up.
 *
 * Returns 0 once it is complete; or DUET_ETIMEDOUT, DUET_ECANCELED,
 *   DUET_ENOMEM, DUET_ENOLOOP
 *                   it was aborted, or never begun */
int duet__operation_run_or_break(duet_database *database,
                                 duet__operation *operation,
                                 duet_deadline deadline);

#endif
