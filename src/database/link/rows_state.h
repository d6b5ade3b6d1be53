/* SPDX-License-Identifier: MIT */
/* rows_state.h - struct duet_rows, for the other source files here.
 *
 * Invariant: `database` is set exactly while the server may send more for these
 * rows; then database->reader points to these rows. */
#ifndef DUET_DATABASE_LINK_ROWS_STATE_H
#define DUET_DATABASE_LINK_ROWS_STATE_H

#include "database/link/database_state.h"
#include "database/value/row_store.h"
#include "database/value/value.h"

typedef struct duet__column {
    char *name;        /* owned */
    MYSQL_FIELD field; /* only the members that decide the type */
} duet__column;

struct duet_rows {
    DUET__LIFE
    duet_database *database;
    MYSQL_STMT *raw; /* the statement that was run; NULL: a text query */
    bool stream;
    bool is_at_end;  /* all rows of this result are read */
    bool is_cut_off; /* the connection ended, or was used for another query,
                      * before */
    duet__column *columns;
    duet__cell *cells; /* of a prepared statement, for each column */
    size_t column_count;
    duet__row_store store; /* streamed: of the current row */
    uint64_t row_count;    /* read from the server */
    uint64_t position;     /* of the current row, from 1; 0: before the first */
    uint64_t affected;
    uint64_t last_id;
    unsigned warnings;
};

#endif
