/* SPDX-License-Identifier: MIT */
/* text_query.h - SQL as text. */
#ifndef DUET_DATABASE_TEXT_QUERY_H
#define DUET_DATABASE_TEXT_QUERY_H

#include "database/database.h"

/* Runs SQL inside a public call; what it gives is not read yet. */
int duet__database_send(duet_database *database, const char *sql, size_t bytes,
                        duet_deadline deadline);

#endif
