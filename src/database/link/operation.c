/* SPDX-License-Identifier: MIT */
/* operation.c - runs the connector's operations step by step.
 *
 * Invariant: an operation is in progress exactly while its `wanted` is not 0,
 * and a connection has at most one operation in progress. */
#include "database/link/operation.h"

#include <openssl/err.h>
#include <sys/socket.h>

#include <duet/task.h>

#include "database/link/socket_wait.h"

enum { UNWAITED_MAX = 256 };

/* OpenSSL keeps errors for each thread, and the connector would take an error
 * that another connection left there for its own and close this connection. */
static void step(const duet_database *database, duet__operation *operation,
                 int happened)
{
    if (database->is_encrypted)
        ERR_clear_error();
    operation->wanted = operation->step(operation, happened);
}

static bool is_over(duet_deadline deadline)
{
    return duet_deadline_left_ns(deadline) == 0;
}

int duet__operation_may_begin(duet_deadline deadline)
{
    if (duet_current_task() == NULL)
        return DUET_ENOLOOP;
    if (duet_deadline_is_now(deadline))
        return duet_fail(DUET_ETIMEDOUT,
                         "database: the deadline had passed before the call");
    return 0;
}

int duet__operation_pause(duet_database *database, duet_deadline deadline)
{
    bool has_waited = database->unwaited == 0;
    int status = 0;

    if (++database->unwaited > UNWAITED_MAX) {
        status = duet_yield();
        database->unwaited = 0;
        has_waited = true;
    }
    return status == 0 && has_waited && is_over(deadline) ? DUET_ETIMEDOUT
                                                          : status;
}

int duet__operation_begin(duet_database *database, duet__operation *operation,
                          duet_deadline deadline)
{
    step(database, operation, 0);
    return duet__operation_go_on(database, operation, deadline);
}

/* If the server is faster than this program, there is always data to read, so a
 * wait alone would never notice that the deadline has passed. */
int duet__operation_go_on(duet_database *database, duet__operation *operation,
                          duet_deadline deadline)
{
    int status;

    while (operation->wanted != 0) {
        database->unwaited = 0;
        if (operation->settings != NULL) /* connecting */
            duet__database_unblock(operation->mysql);
        status =
            duet__database_wait(operation->mysql, operation->wanted, deadline);
        if (status != 0)
            return status;
        step(database, operation, operation->wanted & ~MYSQL_WAIT_TIMEOUT);
        if (operation->wanted != 0 && is_over(deadline))
            return DUET_ETIMEDOUT;
    }
    return 0;
}

void duet__operation_break_off(duet_database *database,
                               duet__operation *operation)
{
    if (operation->wanted == 0)
        return;
    shutdown(mysql_get_socket(operation->mysql), SHUT_RDWR);
    while (operation->wanted != 0)
        step(database, operation, MYSQL_WAIT_TIMEOUT);
    database->is_lost = true;
}

int duet__operation_run_or_break(duet_database *database,
                                 duet__operation *operation,
                                 duet_deadline deadline)
{
    int status = duet__operation_may_begin(deadline);

    if (status == 0)
        status = duet__operation_pause(database, deadline);
    if (status == 0)
        status = duet__operation_begin(database, operation, deadline);
    if (status != 0)
        duet__operation_break_off(database, operation);
    return status;
}
