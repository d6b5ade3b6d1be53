/* SPDX-License-Identifier: MIT */
/* rows.h - the results of one query, one after the other. */
#ifndef DUET_DATABASE_QUERY_ROWS_H
#define DUET_DATABASE_QUERY_ROWS_H

#include "database/link/rows_state.h"

/* Returns 0 if the options (NULL for all defaults) are in their range;
 * DUET_EINVAL with detail. */
int duet__rows_check(const duet_rows_options *options);

/* Makes the rows of the query that was just run, and reads them if they are
 * buffered.
 *
 *   raw       the statement that was run, NULL for a text query
 *   out_rows  as for duet_database_query() */
int duet__rows_open(duet_database *database, MYSQL_STMT *raw,
                    const duet_rows_options *options, duet_rows **out_rows,
                    duet_deadline deadline);

#endif
