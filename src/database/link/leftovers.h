/* SPDX-License-Identifier: MIT */
/* leftovers.h - what earlier calls left on a connection. */
#ifndef DUET_DATABASE_LINK_LEFTOVERS_H
#define DUET_DATABASE_LINK_LEFTOVERS_H

#include "database/link/database_state.h"
#include "database/link/statement_state.h"

/* Is nothing left, so that the next answer belongs to the next query? */
bool duet__leftovers_are_none(const duet_database *database);

/* Detaches the rows that are being read from the connection, which is closed or
 * continues without them. */
void duet__leftovers_detach_reader(duet_database *database);

/* Discards everything except the statements, unread: the connection is about to
 * be closed. */
void duet__leftovers_discard(duet_database *database);

/* Takes a statement that the program has released: it is kept until it can be
 * closed at the server, or freed at once if the connection was closed. */
void duet__leftovers_drop_statement(duet_statement *statement);

/* The next statement to be closed, NULL if there is none; returned-owned. */
duet_statement *duet__leftovers_take_statement(duet_database *database);

/* Frees a statement that was closed at the server, or whose connection is
 * closed. */
void duet__leftovers_end_statement(duet_statement *statement);

/* The same for all statements to be closed: the connection was closed. */
void duet__leftovers_end_statements(duet_database *database);

#endif
