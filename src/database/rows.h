/* SPDX-License-Identifier: MIT */
/* rows.h - the results of one query, one after the other.
 *
 * Invariant: `database` is set exactly while more may come from the server for
 * these rows; then database->reader is these rows. */
#ifndef DUET_DATABASE_ROWS_H
#define DUET_DATABASE_ROWS_H

#include "database/database.h"
#include "database/row_store.h"
#include "database/value.h"

typedef struct duet__column {
    char *name;        /* owned */
    MYSQL_FIELD field; /* only what says the type */
} duet__column;

struct duet_rows {
    duet_database *database;
    MYSQL_STMT *raw; /* the statement that gives them; NULL: a text query */
    bool stream;
    bool is_at_end;  /* all rows of this result are read */
    bool is_cut_off; /* the connection ended, or was needed, before */
    duet__column *columns;
    duet__cell *cells; /* of a prepared statement, for each column */
    size_t column_count;
    duet__row_store store; /* streamed: of the current row */
    uint64_t row_count;    /* read from the server */
    uint64_t position;     /* of the current row, from 1; 0: before them */
    uint64_t affected;
    uint64_t last_id;
    unsigned warnings;
};

/* Returns 0 if the options (NULL for all defaults) are in their range;
 * DUET_EINVAL with detail. */
int duet__rows_check(const duet_rows_options *options);

/* Makes the rows of what was just run, and reads them if they are buffered.
 *
 *   raw       the statement that was run, NULL for a text query
 *   out_rows  as for duet_database_query() */
int duet__rows_open(duet_database *database, MYSQL_STMT *raw,
                    const duet_rows_options *options, duet_rows **out_rows,
                    duet_deadline deadline);

#endif
