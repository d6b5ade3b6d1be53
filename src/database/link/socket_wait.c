/* SPDX-License-Identifier: MIT */
/* socket_wait.c - turns the connector's waits into waits of the loop.
 *
 * None of the connector's own timeouts is set, so it never asks for one: we
 * have the deadlines. */
#include "database/link/socket_wait.h"

#include <fcntl.h>
#include <poll.h>

#include <duet/descriptor.h>

void duet__database_unblock(MYSQL *mysql)
{
    int descriptor = mysql_get_socket(mysql);
    int flags = fcntl(descriptor, F_GETFL);

    if (flags >= 0 && !(flags & O_NONBLOCK))
        fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
}

int duet__database_wait(MYSQL *mysql, int wanted, duet_deadline deadline)
{
    int descriptor = mysql_get_socket(mysql);

    if (wanted & MYSQL_WAIT_READ)
        return duet_wait_readable(descriptor, deadline);
    return duet_wait_writable(descriptor, deadline);
}

bool duet__database_has_input(const duet_database *database)
{
    struct pollfd one = {.fd = mysql_get_socket(database->mysql),
                         .events = POLLIN};

    return poll(&one, 1, 0) > 0;
}
