/* SPDX-License-Identifier: MIT */
/* rows_read.h - reading rows from the server, inside a public call. */
#ifndef DUET_DATABASE_QUERY_ROWS_READ_H
#define DUET_DATABASE_QUERY_ROWS_READ_H

#include "database/query/rows.h"

/* Begins the result that the connection is at: its columns and numbers. */
int duet__rows_begin(duet_rows *rows);

/* Adds the next row to the store; returns 1, 0 at the end, or a code. */
int duet__rows_read(duet_rows *rows, duet_deadline deadline);

/* Reads the rows that are left of this result into the store, or drops them. */
int duet__rows_read_all(duet_rows *rows, bool keep, duet_deadline deadline);

/* Goes to the next result; returns 1, 0 if there is none, or a code. */
int duet__rows_go_on(duet_rows *rows, duet_deadline deadline);

void duet__rows_free_columns(duet_rows *rows);

#endif
