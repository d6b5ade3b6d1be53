/* SPDX-License-Identifier: MIT */
/* operation.h - one call of the connector that does not block, from its
 * beginning to its end.
 *
 * The connector runs such a call on a stack of its own and leaves that when it
 * would have to wait. An operation that was begun must come to its end: what
 * the frames there hold is freed then. */
#ifndef DUET_DATABASE_LINK_OPERATION_H
#define DUET_DATABASE_LINK_OPERATION_H

#include "database/link/database_state.h"

typedef struct duet__operation duet__operation;

struct duet__operation {
    /* Begins (`happened` is 0) or goes on. Returns the MYSQL_WAIT_ bits of
     * what to wait for, 0 at the end. */
    int (*step)(duet__operation *operation, int happened);
    int wanted; /* what the last step returned: 0 before it began, and after */
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

/* Whether an operation may begin at all. Returns 0, or
 *   DUET_ENOLOOP    the caller is not a task
 *   DUET_ETIMEDOUT  the deadline had passed before */
int duet__operation_may_begin(duet_deadline deadline);

/* Before each operation: lets others run after many that did not have to wait,
 * and looks at the deadline whenever time has passed.
 *
 * Returns 0, DUET_ETIMEDOUT or the codes of duet_yield() */
int duet__operation_pause(duet_database *database, duet_deadline deadline);

/* Begins it, and goes on with it until its end. Returns 0 at the end: its
 * result tells how it went; or why it was left as it is, perhaps waiting. */
int duet__operation_begin(duet_database *database, duet__operation *operation,
                          duet_deadline deadline);

/* Goes on with an operation that waits; 0 at once if it has ended. Returns as
 * duet__operation_begin(). */
int duet__operation_go_on(duet_database *database, duet__operation *operation,
                          duet_deadline deadline);

/* Leads an operation that waits to its end by breaking the connection, which is
 * lost. Nothing if it does not wait. */
void duet__operation_break_off(duet_database *database,
                               duet__operation *operation);

/* Runs an operation to its end; breaks it off if it is given up.
 *
 * Returns 0 once it came to its end by itself; or
 *   DUET_ETIMEDOUT, DUET_ECANCELED, DUET_ENOMEM, DUET_ENOLOOP
 *                   it was broken off, or not even begun */
int duet__operation_run_or_break(duet_database *database,
                                 duet__operation *operation,
                                 duet_deadline deadline);

#endif
