/* SPDX-License-Identifier: MIT */
/* connection.c - the records of connections, and the limits on their number.
 */
#include "server/connection.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>

#include "server/disconnect.h"
#include "server/linger.h"
#include "server/mhd_idle.h"
#include "server/mhd_receive.h"
#include "server/request.h"
#include "server/server.h"

/* The bytes that tell one address from another, without the port. */
static duet__text address_key(const struct sockaddr *address)
{
    if (address == NULL)
        return duet__text_of("", 0);
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *ipv4 = (const void *)address;

        return duet__text_of((const char *)&ipv4->sin_addr,
                             sizeof ipv4->sin_addr);
    }
    if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *ipv6 = (const void *)address;

        return duet__text_of((const char *)&ipv6->sin6_addr,
                             sizeof ipv6->sin6_addr);
    }
    return duet__text_of("", 0);
}

/* Counts the connection for its address; false if that has too many. */
static bool count_address(duet_server *server, duet__connection *connection)
{
    duet__text key = address_key(connection->address);
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

duet__connection *duet__connection_open(duet_server *server,
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
    if (duet__mhd_receive_add(connection) != 0) {
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

void duet__connection_close(duet__connection *connection)
{
    duet_server *server;

    if (connection == NULL)
        return;
    server = connection->server;
    uncount_address(connection);
    duet__deadline_clear(&connection->deadline);
    duet__deadline_clear(&connection->look);
    duet__mhd_idle_end(connection);
    duet__disconnect_forget(connection);
    duet__linger_begin(connection);
    duet__mhd_receive_remove(connection);
    duet__list_remove(&connection->link);
    server->counts.connections--;
    free(connection);
    duet__server_connection_closed(server);
}

bool duet__connection_is_at_end(const duet__connection *connection)
{
    char byte;
    ssize_t count = recv(connection->descriptor, &byte, sizeof byte,
                         MSG_PEEK | MSG_DONTWAIT);

    return count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR);
}

bool duet__connection_is_receiving(const duet__connection *connection)
{
    const duet_request *request = connection->request;

    return request != NULL && request->phase <= DUET__REQUEST_BODY &&
           !connection->is_refused;
}

bool duet__connection_is_in_line(const duet__connection *connection)
{
    const duet__stream *stream = &connection->stream;

    return connection->request == NULL && connection->lines_begun > 0 &&
           stream->lines == connection->lines_begun &&
           stream->state == DUET__STREAM_LINE && stream->line_length > 0 &&
           stream->flaw == 0 && !connection->is_refused;
}

void duet__connection_peer(const duet__connection *connection,
                           char text[DUET__PEER_BYTES])
{
    const struct sockaddr *address = connection->address;
    duet__text key = address_key(address);

    if (key.length == 0 || inet_ntop(address->sa_family, key.bytes, text,
                                     DUET__PEER_BYTES) == NULL)
        *text = '\0';
}

void duet__connection_cut(duet__connection *connection)
{
    connection->is_cut = true;
    shutdown(connection->descriptor, SHUT_RDWR);
}
