/* SPDX-License-Identifier: MIT */
/* database.c - the public calls on connections: open, close, reopen,
 * inspect. */
#include "database/link/database_state.h"

#include <stdlib.h>

#include "database/link/connect.h"
#include "database/query/drain.h"
#include "database/link/leftovers.h"
#include "database/query/use.h"

DUET__LIVES("database")

/* --- public calls --------------------------------------------------------- */

int duet_database_open(const duet_database_options *options,
                       duet_database **out_database, duet_deadline deadline)
{
    duet_database *database = calloc(1, sizeof *database);
    duet__database_settings settings;
    int status;

    *out_database = NULL;
    if (database == NULL)
        return DUET_ENOMEM;
    DUET__LIFE_BEGINS(database);
    status = duet__database_settings_read(options, &settings);
    if (status == 0)
        status = duet__database_settings_copy(&settings, &database->settings);
    if (status == 0)
        status = duet__database_connect(database, deadline);
    if (status != 0) {
        duet_database_close(database);
        return status;
    }
    *out_database = database;
    return 0;
}

void duet_database_close(duet_database *database)
{
    if (database == NULL)
        return;
    DUET__LIFE_ENDS(database);
    duet__leftovers_detach_reader(database);
    duet__database_disconnect(database);
    duet__database_settings_free(&database->settings);
    free(database);
}

int duet_database_reconnect(duet_database *database, duet_deadline deadline)
{
    int status;

    if (database->in_use)
        return duet_fail(DUET_EBUSY, "another task uses the connection");
    duet__leftovers_detach_reader(database);
    duet__database_disconnect(database);
    database->in_use = true;
    status = duet__database_connect(database, deadline);
    database->in_use = false;
    return status;
}

int duet_database_ping(duet_database *database, duet_deadline deadline)
{
    int status = duet__database_enter(database, NULL);

    if (status != 0)
        return status;
    return duet__database_leave(database,
                                duet__database_ping(database, deadline));
}

/* --- what is known -------------------------------------------------------- */

bool duet_database_is_open(const duet_database *database)
{
    return !database->is_lost;
}

bool duet_database_is_encrypted(const duet_database *database)
{
    return database->is_encrypted;
}

uint64_t duet_database_id(const duet_database *database)
{
    return database->mysql != NULL ? mysql_thread_id(database->mysql) : 0;
}

bool duet_database_in_transaction(const duet_database *database)
{
    return database->mysql != NULL &&
           (database->mysql->server_status & SERVER_STATUS_IN_TRANS) != 0;
}

int duet_database_escape(const duet_database *database, const char *text,
                         size_t bytes, char **out_escaped, size_t *out_bytes)
{
    const size_t most = (size_t)1 << 30;
    unsigned long written;

    *out_escaped = NULL;
    if (database->mysql == NULL)
        return duet_fail(DUET_EDISCONNECTED,
                         "database: the connection is lost");
    if (bytes > most)
        return duet_fail(DUET_ETOOLARGE, "escape %zu bytes: more than %zu",
                         bytes, most);
    *out_escaped = malloc(bytes * 2 + 1);
    if (*out_escaped == NULL)
        return DUET_ENOMEM;
    written = mysql_real_escape_string(database->mysql, *out_escaped, text,
                                       (unsigned long)bytes);
    if (out_bytes != NULL)
        *out_bytes = written;
    return 0;
}
