/* SPDX-License-Identifier: MIT */
/* last_error.h - errors of the server and of the connector. */
#ifndef DUET_DATABASE_LINK_LAST_ERROR_H
#define DUET_DATABASE_LINK_LAST_ERROR_H

#include <mysql.h>

#include "database/link/database_state.h"

/* The code for an error number of the server or the connector. */
int duet__database_error_code(unsigned number);

/* Is the connection unusable after this error? */
bool duet__database_error_loses(unsigned number);

/* Keeps the newest error of `statement`, or of the connection if that is NULL,
 * and returns its code.
 *
 *   what  for people: "query" */
int duet__database_error(duet_database *database, MYSQL_STMT *statement,
                         const char *what);

/* Adds to the detail of a lost connection that the `bytes` sent may have
 * exceeded the server's limit: most servers close the connection without an
 * error then.
 *
 *   status  of the call, which is returned
 *   what    for people: "query" */
int duet__database_error_if_large(const duet_database *database, int status,
                                  const char *what, size_t bytes);

#endif
