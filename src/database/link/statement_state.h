/* SPDX-License-Identifier: MIT */
/* statement_state.h - struct duet_statement, for the other source files here.
 */
#ifndef DUET_DATABASE_LINK_STATEMENT_STATE_H
#define DUET_DATABASE_LINK_STATEMENT_STATE_H

#include "database/link/database_state.h"

struct duet_statement {
    DUET__LIFE
    MYSQL_STMT *raw;         /* raw->mysql is NULL once the connection closed */
    duet_database *database; /* not valid then */
    duet_statement *next;    /* in database->dropped */
};

#endif
