/* SPDX-License-Identifier: MIT */
/* transaction.c - transactions and savepoints, as SQL. The server's answers say
 * whether one is open. */
#include <stdio.h>
#include <string.h>

#include <duet/error.h>

#include "database/link/database_state.h"

enum { NAME_BYTES_MAX = 64, SQL_BYTES = 2 * NAME_BYTES_MAX + 64 };

static int run(duet_database *database, const char *sql, bool in_transaction,
               duet_deadline deadline)
{
    if (duet_database_is_open(database) &&
        duet_database_in_transaction(database) != in_transaction)
        return duet_fail(DUET_ESTATE, "%s: %s transaction is open", sql,
                         in_transaction ? "no" : "a");
    return duet_database_query(database, sql, NULL, NULL, deadline);
}

int duet_database_begin(duet_database *database, duet_deadline deadline)
{
    return run(database, "START TRANSACTION", false, deadline);
}

int duet_database_commit(duet_database *database, duet_deadline deadline)
{
    return run(database, "COMMIT", true, deadline);
}

int duet_database_rollback(duet_database *database, duet_deadline deadline)
{
    if (duet_database_is_open(database) &&
        !duet_database_in_transaction(database))
        return 0;
    return run(database, "ROLLBACK", true, deadline);
}

/* Runs `verb` with the name between backticks, doubled inside. */
static int run_with_name(duet_database *database, const char *verb,
                         const char *name, duet_deadline deadline)
{
    char sql[SQL_BYTES];
    size_t at = (size_t)snprintf(sql, sizeof sql, "%s `", verb);

    if (*name == '\0' || strlen(name) > NAME_BYTES_MAX)
        return duet_fail(DUET_EINVAL, "a savepoint's name has 1 to %d bytes",
                         NAME_BYTES_MAX);
    for (; *name != '\0'; name++) {
        if (*name == '`')
            sql[at++] = '`';
        sql[at++] = *name;
    }
    sql[at++] = '`';
    sql[at] = '\0';
    return run(database, sql, true, deadline);
}

int duet_database_savepoint(duet_database *database, const char *name,
                            duet_deadline deadline)
{
    return run_with_name(database, "SAVEPOINT", name, deadline);
}

int duet_database_rollback_to(duet_database *database, const char *name,
                              duet_deadline deadline)
{
    return run_with_name(database, "ROLLBACK TO SAVEPOINT", name, deadline);
}

int duet_database_release_savepoint(duet_database *database, const char *name,
                                    duet_deadline deadline)
{
    return run_with_name(database, "RELEASE SAVEPOINT", name, deadline);
}
