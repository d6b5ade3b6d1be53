/* SPDX-License-Identifier: MIT */
/* steps.h - the steps of operations. Each says which members of its operation
 * the connector's call takes, and which one it fills. */
#ifndef DUET_DATABASE_LINK_STEPS_H
#define DUET_DATABASE_LINK_STEPS_H

#include "database/link/operation.h"

/* mysql_real_connect(): mysql, text (an address), settings; fills connected. */
int duet__connect_step(duet__operation *operation, int happened);

/* mysql_real_query(): mysql, text, bytes; fills result. */
int duet__query_step(duet__operation *operation, int happened);

/* mysql_fetch_row(): source; fills row. */
int duet__row_step(duet__operation *operation, int happened);

/* mysql_next_result(): mysql; fills result. */
int duet__next_step(duet__operation *operation, int happened);

/* mysql_ping(): mysql; fills result. */
int duet__ping_step(duet__operation *operation, int happened);

/* mysql_stmt_prepare(): statement, text, bytes; fills result. */
int duet__prepare_step(duet__operation *operation, int happened);

/* mysql_stmt_execute(): statement; fills result. */
int duet__execute_step(duet__operation *operation, int happened);

/* mysql_stmt_fetch(): statement; fills result. */
int duet__statement_row_step(duet__operation *operation, int happened);

/* mysql_stmt_next_result(): statement; fills result. */
int duet__statement_next_step(duet__operation *operation, int happened);

/* mysql_stmt_free_result(): statement; fills failed. */
int duet__statement_free_rows_step(duet__operation *operation, int happened);

/* mysql_stmt_close(): statement, which it frees; fills failed. */
int duet__statement_close_step(duet__operation *operation, int happened);

#endif
