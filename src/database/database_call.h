/* SPDX-License-Identifier: MIT */
/* database_call.h - one call of the connector that does not block, from its
 * start to its end.
 *
 * The connector runs such a call on a stack of its own and leaves that when it
 * would have to wait. A call that was begun must come to its end: what its
 * frames hold is freed there. */
#ifndef DUET_DATABASE_DATABASE_CALL_H
#define DUET_DATABASE_DATABASE_CALL_H

#include "database/database.h"

typedef struct duet__call duet__call;

struct duet__call {
    /* Starts (`happened` is 0) or goes on. Returns the MYSQL_WAIT_ bits of
     * what to wait for, 0 when the call is at its end. */
    int (*step)(duet__call *call, int happened);
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

/* Waits until what the connector asked for has happened.
 *
 *   wanted  MYSQL_WAIT_ bits
 *
 * Returns 0, or the codes of duet_wait_readable() */
int duet__database_wait(MYSQL *mysql, int wanted, duet_deadline deadline);

/* Does an idle connection have something to read? The server speaks when it is
 * asked: over TLS it may be a record without data, else it is the end, or an
 * error that comes before it. */
bool duet__database_has_input(const duet_database *database);

/* Makes the connector's socket non-blocking. Under TLS the connector leaves it
 * blocking, and OpenSSL reads it as it is: the whole loop would wait. */
void duet__database_unblock(MYSQL *mysql);

/* Runs a call to its end. If the deadline passes or the task is cancelled, the
 * server is told to stop, over another connection, and the call is led to its
 * end; if that takes too long the connection is broken off and lost.
 *
 * Returns 0 once the call came to its end: its result tells how it went; or
 *   DUET_ETIMEDOUT, DUET_ECANCELED, DUET_ENOMEM, DUET_ENOLOOP
 *                   it was stopped, or not even started */
int duet__call_run(duet_database *database, duet__call *call,
                   duet_deadline deadline);

/* Steps that several files use: mysql_fetch_row(), mysql_next_result(),
 * mysql_stmt_fetch(), mysql_stmt_next_result(). */
int duet__row_step(duet__call *call, int happened);
int duet__next_step(duet__call *call, int happened);
int duet__statement_row_step(duet__call *call, int happened);
int duet__statement_next_step(duet__call *call, int happened);

#endif
