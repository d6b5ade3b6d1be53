/* SPDX-License-Identifier: MIT */
/* under_way.c - which clients the clock of a loop waits for. */
#include <arpa/inet.h>
#include <netinet/in.h>

#include "runtime/core/virtual_time.h"
#include "server/request/request.h"
#include "server/connection/under_way.h"

/* 0 for a client without a port. */
static uint16_t port_of(const struct sockaddr *address)
{
    union {
        const struct sockaddr *any;
        const struct sockaddr_in *ipv4;
        const struct sockaddr_in6 *ipv6;
    } is = {.any = address};

    if (address == NULL)
        return 0;
    switch (address->sa_family) {
    case AF_INET:
        return ntohs(is.ipv4->sin_port);
    case AF_INET6:
        return ntohs(is.ipv6->sin6_port);
    default:
        return 0;
    }
}

/* Between two requests a client is waited for, too, but may take its time. */
static bool is_between_requests(const duet__connection *connection)
{
    const duet__stream *stream = &connection->stream;

    return connection->request == NULL && !connection->is_refused &&
           stream->lines > 0 && stream->state == DUET__STREAM_LINE &&
           stream->line_length == 0;
}

void duet__connections_under_way(const duet__connections *all,
                                 struct duet__under_way *under_way)
{
    under_way->listens = true;
    for (duet__link *link = all->list.next; link != &all->list;
         link = link->next) {
        const duet__connection *connection =
            DUET__MEMBER(link, duet__connection, link);
        const duet_request *request = connection->request;

        if (request != NULL && request->phase == DUET__REQUEST_RUNNING)
            duet__under_way_add(under_way->handled,
                                port_of(connection->address));
        else if (!is_between_requests(connection))
            under_way->waits_for_peer = true;
    }
}
