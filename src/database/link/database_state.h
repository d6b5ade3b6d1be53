/* SPDX-License-Identifier: MIT */
/* database_state.h - struct duet_database, for the other source files here.
 *
 * Invariant: between two public calls either the connection is lost, or no
 * earlier answer is unread, except those that `source`, `running` and the
 * connector's own state refer to; duet__database_drain() reads these or gives
 * the connection up. */
#ifndef DUET_DATABASE_LINK_DATABASE_STATE_H
#define DUET_DATABASE_LINK_DATABASE_STATE_H

#include <mysql.h>

#include <duet/database.h>
#include <duet/error.h>

#include "base/life.h"
#include "database/link/connection_settings.h"

struct duet_database {
    DUET__LIFE
    MYSQL *mysql; /* NULL once a lost connection was closed */
    duet__database_settings settings;
    bool is_encrypted;
    bool in_use;             /* a call is in progress */
    bool is_lost;            /* cannot be used any more */
    bool is_stopping;        /* giving a call up sends no KILL */
    bool was_killed;         /* a KILL QUERY was sent; a ping has to follow */
    int unwaited;            /* calls in a row that did not have to wait */
    duet_rows *reader;       /* the rows that are being received; NULL: none */
    MYSQL_RES *source;       /* text rows that are not read to their end */
    MYSQL_STMT *running;     /* a statement whose results are not, either */
    duet_statement *dropped; /* to be closed at the server */
    unsigned error_number;
    char error_sqlstate[6];
    char error_message[MYSQL_ERRMSG_SIZE];
    int64_t opened_ns; /* for the pool */
    int64_t idle_ns;   /* since when it is idle, for the pool */
};

#endif
