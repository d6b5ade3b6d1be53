/* SPDX-License-Identifier: MIT */
/* operation.c - runs the connector's calls, and stops those that are given
 * up.
 *
 * Invariant: when duet__operation_run() returns, no call of the connection is
 * in the connector's hands. */
#include "database/operation.h"

#include <openssl/err.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <duet/task.h>

#include "database/drain.h"
#include "database/socket_wait.h"
#include "database/text_query.h"

enum { UNWAITED_MAX = 256 };

/* OpenSSL keeps errors for each thread, and the connector takes the one that
 * another connection left for its own: it would close this one. */
static int step(const duet_database *database, duet__operation *operation,
                int happened)
{
    if (database->is_encrypted)
        ERR_clear_error();
    return operation->step(operation, happened);
}

static bool is_over(duet_deadline deadline)
{
    return duet_deadline_left_ns(deadline) == 0;
}

/* Goes on with a call until its end. Returns 0, or why it has to wait still.
 * From a server that is faster than this program there is something whenever
 * it waits, so a wait alone would never tell that the deadline has passed. */
static int go_on(duet_database *database, duet__operation *operation,
                 int *wanted, duet_deadline deadline)
{
    int status;

    while (*wanted != 0) {
        database->unwaited = 0;
        if (operation->settings != NULL) /* connecting */
            duet__database_unblock(operation->mysql);
        status = duet__database_wait(operation->mysql, *wanted, deadline);
        if (status != 0)
            return status;
        *wanted = step(database, operation, *wanted & ~MYSQL_WAIT_TIMEOUT);
        if (*wanted != 0 && is_over(deadline))
            return DUET_ETIMEDOUT;
    }
    return 0;
}

/* Leads a call to its end by breaking the connection. */
static void break_off(duet_database *database, duet__operation *operation,
                      int wanted)
{
    shutdown(mysql_get_socket(operation->mysql), SHUT_RDWR);
    while (wanted != 0)
        wanted = step(database, operation, MYSQL_WAIT_TIMEOUT);
    database->is_lost = true;
}

/* Tells the server, over another connection, to stop what it does for this
 * one. */
static int kill_query(const duet_database *database, duet_deadline deadline)
{
    duet_database other = {.settings = database->settings, .is_stopping = true};
    char sql[64];
    int status;

    other.settings.init_sql = NULL;
    snprintf(sql, sizeof sql, "KILL QUERY %lu",
             mysql_thread_id(database->mysql));
    status = duet__database_connect(&other, deadline);
    if (status == 0)
        status = duet__database_send(&other, sql, strlen(sql), deadline);
    duet__database_disconnect(&other);
    return status;
}

/* Ends a call, begun if `wanted` is not 0, that was given up for the reason
 * `why`. Returns the reason. */
static int stop(duet_database *database, duet__operation *operation, int wanted,
                int why)
{
    duet_deadline deadline = duet_in_ms(database->settings.stop_ms);
    int status = 0;

    if (!database->is_stopping) {
        status = kill_query(database, deadline);
        if (status == 0) {
            database->was_killed = true;
            status = go_on(database, operation, &wanted, deadline);
        }
    }
    if (wanted != 0)
        break_off(database, operation, wanted);
    return status == DUET_ECANCELED ? status : why;
}

/* Before each call: lets others run after many calls that did not have to wait,
 * and looks at the deadline whenever time has passed. */
static int pause_between(duet_database *database, duet__operation *operation,
                         duet_deadline deadline)
{
    bool has_waited = database->unwaited == 0;
    int status = 0;

    if (++database->unwaited > UNWAITED_MAX) {
        status = duet_yield();
        database->unwaited = 0;
        has_waited = true;
    }
    if (status == 0 && has_waited && is_over(deadline))
        status = DUET_ETIMEDOUT;
    if (status == 0 || duet__database_is_drained(database))
        return status;
    return stop(database, operation, 0, status);
}

int duet__operation_run(duet_database *database, duet__operation *operation,
                        duet_deadline deadline)
{
    int status;
    int wanted;

    if (duet_current_task() == NULL)
        return DUET_ENOLOOP;
    if (duet_deadline_is_now(deadline))
        return duet_fail(DUET_ETIMEDOUT,
                         "database: the deadline had passed before the call");
    status = pause_between(database, operation, deadline);
    if (status != 0)
        return status;
    wanted = step(database, operation, 0);
    status = go_on(database, operation, &wanted, deadline);
    if (status != 0)
        status = stop(database, operation, wanted, status);
    return status;
}
