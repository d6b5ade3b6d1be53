/* SPDX-License-Identifier: MIT */
/* leftovers.h - what earlier calls left on a connection. */
#ifndef DUET_DATABASE_LINK_LEFTOVERS_H
#define DUET_DATABASE_LINK_LEFTOVERS_H

#include "database/link/database_state.h"
#include "database/link/statement_state.h"

/* Is nothing left, so that the next answer is the next query's? */
bool duet__leftovers_are_none(const duet_database *database);

/* Cuts the rows that somebody reads off the connection, which is closed or
 * reads on without them. */
void duet__leftovers_detach_reader(duet_database *database);

/* Forgets all but the statements, unread: the connection is about to be
 * closed. */
void duet__leftovers_discard(duet_database *database);

/* The program is done with a statement, which is taken: it waits until the
 * server can be told, or is freed at once if the connection was closed. */
void duet__leftovers_drop_statement(duet_statement *statement);

/* The next statement that waits, NULL if there is none; returned-owned. */
duet_statement *duet__leftovers_take_statement(duet_database *database);

/* Frees a statement that the server was told of, or whose connection is
 * closed. */
void duet__leftovers_end_statement(duet_statement *statement);

/* The same for all that wait: the connection was closed. */
void duet__leftovers_end_statements(duet_database *database);

#endif
