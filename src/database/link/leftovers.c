/* SPDX-License-Identifier: MIT */
/* leftovers.c - what earlier calls left on a connection: rows that are still
 * being read, unread answers, statements to be closed.
 *
 * They are `reader`, `source`, `running` and `dropped` of a duet_database. No
 * I/O here: drain.c reads what can be read. */
#include "database/link/leftovers.h"

#include <stdlib.h>

#include "database/link/rows_state.h"

bool duet__leftovers_are_none(const duet_database *database)
{
    return database->source == NULL && database->running == NULL &&
           database->dropped == NULL && !database->was_killed &&
           database->mysql->status == MYSQL_STATUS_READY &&
           !mysql_more_results(database->mysql);
}

void duet__leftovers_detach_reader(duet_database *database)
{
    duet_rows *rows = database->reader;

    if (rows == NULL)
        return;
    database->reader = NULL;
    rows->database = NULL;
    rows->raw = NULL;
    rows->is_cut_off = true;
}

void duet__leftovers_discard(duet_database *database)
{
    duet__leftovers_detach_reader(database);
    if (database->source != NULL) {
        database->source->handle = NULL; /* otherwise it would be read to its
                                          * end */
        mysql_free_result(database->source);
        database->source = NULL;
    }
    database->running = NULL;
    database->was_killed = false;
}

/* --- statements ----------------------------------------------------------- */

void duet__leftovers_end_statement(duet_statement *statement)
{
    if (statement->raw != NULL)
        mysql_stmt_close(statement->raw);
    free(statement);
}

void duet__leftovers_drop_statement(duet_statement *statement)
{
    if (statement->raw == NULL || statement->raw->mysql == NULL) {
        duet__leftovers_end_statement(statement);
        return;
    }
    statement->next = statement->database->dropped;
    statement->database->dropped = statement;
}

duet_statement *duet__leftovers_take_statement(duet_database *database)
{
    duet_statement *statement = database->dropped;

    if (statement != NULL)
        database->dropped = statement->next;
    return statement;
}

void duet__leftovers_end_statements(duet_database *database)
{
    duet_statement *statement;

    while ((statement = duet__leftovers_take_statement(database)) != NULL)
        duet__leftovers_end_statement(statement);
}
