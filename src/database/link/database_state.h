/* SPDX-License-Identifier: MIT */
/* database_state.h - a connection, as the files of this folder see it.
 *
 * Invariant: between two public calls the connection is lost; or nothing of an
 * earlier answer is unread, except what `source`, `running` and the connector's
 * own state name; duet__database_drain() reads that or gives the connection
 * up. */
#ifndef DUET_DATABASE_LINK_DATABASE_STATE_H
#define DUET_DATABASE_LINK_DATABASE_STATE_H

#include <mysql.h>

#include <duet/database.h>
#include <duet/error.h>

#include "base/life.h"
#include "database/link/connection_settings.h"

struct duet_database {
    DUET__LIFE
    MYSQL *mysql; /* NULL once the loss was dealt with */
    duet__database_settings settings;
    bool is_encrypted;
    bool in_use;         /* a call is going on */
    bool is_lost;        /* cannot be used any more */
    bool is_stopping;    /* a call that is given up is not stopped by KILL */
    bool was_killed;     /* a KILL QUERY was sent; a ping has to follow */
    int unwaited;        /* calls in a row that did not have to wait */
    duet_rows *reader;   /* whose rows are on their way; NULL: nobody's */
    MYSQL_RES *source;   /* text rows that are not read to their end */
    MYSQL_STMT *running; /* a statement whose results are not */
    duet_statement *dropped; /* to be forgotten by the server */
    unsigned error_number;
    char error_sqlstate[6];
    char error_message[MYSQL_ERRMSG_SIZE];
    int64_t opened_ns; /* for the pool */
    int64_t idle_ns;   /* since when it is idle, for the pool */
};

#endif
