/* SPDX-License-Identifier: MIT */
/* connections.c - adding and removing, and the limits on their number.
 *
 * Owns server->connections and server->addresses. Invariant: a connection is in
 * the list from its accept to its close, and counted for its address if those
 * are limited and it is not shed. */
#include "server/connection/connections.h"

#include <stdlib.h>

#include "server/connection/checked.h"
#include "server/connection/disconnect.h"
#include "server/connection/linger.h"
#include "server/connection/quiet.h"
#include "server/request/server_state.h"

/* Counts the connection for its address; false if that has too many. */
static bool count_address(duet_server *server, duet__connection *connection)
{
    duet__text key = duet__connection_address(connection);
    duet__map_entry *entry;

    if (server->settings.per_address_max == SIZE_MAX)
        return true;
    entry = duet__map_find(&server->addresses, key);
    if (entry == NULL) {
        if (duet__map_insert(&server->addresses, key, NULL) != 0)
            return false;
        entry = duet__map_find(&server->addresses, key);
    }
    if ((uintptr_t)entry->value >= server->settings.per_address_max)
        return false;
    entry->value = (void *)((uintptr_t)entry->value + 1);
    connection->counted = entry;
    return true;
}

static void uncount_address(duet__connection *connection)
{
    duet__map_entry *entry = connection->counted;

    if (entry == NULL)
        return;
    entry->value = (void *)((uintptr_t)entry->value - 1);
    if (entry->value == NULL)
        duet__map_remove_entry(&connection->server->addresses, entry);
}

duet__connection *duet__connections_open(duet_server *server,
                                         struct MHD_Connection *mhd,
                                         int descriptor,
                                         const struct sockaddr *address)
{
    duet__connection *connection = calloc(1, sizeof *connection);

    if (connection == NULL)
        return NULL;
    connection->server = server;
    connection->mhd = mhd;
    connection->descriptor = descriptor;
    connection->address = address;
    duet__link_init(&connection->deadline.link);
    duet__link_init(&connection->look.link);
    duet__link_init(&connection->idle.link);
    if (duet__checked_add(connection) != 0) {
        free(connection);
        return NULL;
    }
    duet__list_push_back(&server->connections, &connection->link);
    server->counts.connections++;
    server->counts.connections_accepted++;
    connection->is_shed =
        server->counts.connections > server->settings.connections_max ||
        !count_address(server, connection);
    duet__server_await(connection, connection->is_shed ? DUET__AWAIT_LINGER
                                                       : DUET__AWAIT_HEAD);
    duet__awaits_look(connection);
    return connection;
}

void duet__connections_close(duet__connection *connection)
{
    duet_server *server;

    if (connection == NULL)
        return;
    server = connection->server;
    uncount_address(connection);
    duet__deadline_clear(&connection->deadline);
    duet__deadline_clear(&connection->look);
    duet__deadline_clear(&connection->idle);
    duet__disconnect_forget(connection);
    duet__linger_begin(connection);
    duet__checked_remove(connection);
    duet__list_remove(&connection->link);
    server->counts.connections--;
    free(connection);
    duet__quiet_look(server);
}
