/* SPDX-License-Identifier: MIT */
/* connections.c - adding and removing, and the limits on their number.
 *
 * Owns the list, the addresses and the counts. Invariant: a connection is in
 * the list from its accept to its close, and counted for its address if those
 * are limited and it is not shed. */
#include "server/connection/connections.h"

#include <netinet/in.h>
#include <stdlib.h>

#include "server/connection/checked.h"
#include "server/connection/disconnect.h"
#include "server/connection/linger.h"
#include "server/connection/quiet.h"
#include "server/connection/timeouts.h"
#include "server/request/refusal.h"
#include "server/request/request.h"
#include "server/request/server_state.h"

int duet__connections_init(duet__connections *connections, duet_loop *loop,
                           const duet__settings *settings)
{
    int status;

    *connections = (duet__connections){.loop = loop, .settings = settings};
    duet__link_init(&connections->list);
    duet__link_init(&connections->quiet);
    duet__map_init(&connections->addresses, SIZE_MAX);
    status = duet__linger_init(connections);
    if (status != 0)
        return status;
    status = duet__connection_timeouts_init(connections);
    if (status != 0)
        duet__linger_stop(connections);
    return status;
}

void duet__connections_stop(duet__connections *connections)
{
    duet__linger_stop(connections);
    duet__connection_timeouts_stop(connections);
    duet__map_free(&connections->addresses);
}

/* --- one ----------------------------------------------------------------- */

/* Counts the connection for its address; false if that has too many. */
static bool count_address(duet__connections *all, duet__connection *connection)
{
    duet__text key = duet__connection_address(connection);
    duet__map_entry *entry;

    if (all->settings->per_address_max == SIZE_MAX)
        return true;
    entry = duet__map_find(&all->addresses, key);
    if (entry == NULL) {
        if (duet__map_insert(&all->addresses, key, NULL) != 0)
            return false;
        entry = duet__map_find(&all->addresses, key);
    }
    if ((uintptr_t)entry->value >= all->settings->per_address_max)
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
        duet__map_remove_entry(&connection->all->addresses, entry);
}

duet__connection *duet__connections_open(duet_server *server,
                                         struct MHD_Connection *mhd,
                                         int descriptor,
                                         const struct sockaddr *address)
{
    duet__connections *all = &server->connections;
    duet__connection *connection = calloc(1, sizeof *connection);

    if (connection == NULL)
        return NULL;
    connection->all = all;
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
    duet__list_push_back(&all->list, &connection->link);
    all->count++;
    all->accepted++;
    connection->is_shed = all->count > all->settings->connections_max ||
                          !count_address(all, connection);
    duet__connection_expect(connection, connection->is_shed
                                            ? DUET__EXPECT_LINGER
                                            : DUET__EXPECT_HEAD);
    duet__connection_look_soon(connection);
    return connection;
}

void duet__connections_forget(duet__connection *connection)
{
    duet__connections *all = connection->all;

    duet__deadline_clear(&connection->deadline);
    duet__list_remove(&connection->link);
    all->count--;
    free(connection);
    duet__quiet_look(all);
}

/* libmicrohttpd's part of it ends, and a handler still runs. */
static void outlive(duet__connection *connection)
{
    duet__arena *arena = &connection->request->arena;
    size_t length = connection->address == NULL ? 0
                    : connection->address->sa_family == AF_INET6
                        ? sizeof(struct sockaddr_in6)
                        : sizeof(struct sockaddr_in);
    const char *address = duet__arena_copy(
        arena, duet__text_of((const void *)connection->address, length));

    connection->address = length > 0 ? (const void *)address : NULL;
    connection->descriptor = -1;
    connection->mhd = NULL;
}

void duet__connections_close(duet__connection *connection)
{
    if (connection == NULL)
        return;
    uncount_address(connection);
    duet__deadline_clear(&connection->look);
    duet__deadline_clear(&connection->idle);
    duet__disconnect_forget(connection);
    duet__linger_begin(connection);
    duet__checked_remove(connection);
    if (connection->request != NULL && connection->request->run.is_abandoned)
        outlive(connection);
    else
        duet__connections_forget(connection);
}

/* --- all ----------------------------------------------------------------- */

void duet__connections_cut_idle(duet__connections *connections)
{
    duet__link *link = connections->list.next;

    for (; link != &connections->list; link = link->next) {
        duet__connection *connection =
            DUET__MEMBER(link, duet__connection, link);

        if (connection->request != NULL || connection->is_refused)
            continue;
        duet__deadline_clear(&connection->deadline);
        duet__connection_cut(connection);
    }
}

void duet__connections_refuse_incomplete(duet__connections *connections)
{
    duet__link *link = connections->list.next;

    for (; link != &connections->list; link = link->next) {
        duet__connection *connection =
            DUET__MEMBER(link, duet__connection, link);

        if (duet__connection_is_receiving(connection))
            duet__refuse(connection, 503, "the server stops");
    }
}
