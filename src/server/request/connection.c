/* SPDX-License-Identifier: MIT */
/* connection.c - what can be asked of a connection, and its sudden end. */
#include "server/request/connection.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>

#include "server/request/request.h"

duet__text duet__connection_address(const duet__connection *connection)
{
    const struct sockaddr *address = connection->address;

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

    return request != NULL && !connection->is_refused &&
           (request->phase <= DUET__REQUEST_BODY ||
            request->phase == DUET__REQUEST_DRAINED);
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
    duet__text address = duet__connection_address(connection);

    if (address.length == 0 ||
        inet_ntop(connection->address->sa_family, address.bytes, text,
                  DUET__PEER_BYTES) == NULL)
        *text = '\0';
}

void duet__connection_cut(duet__connection *connection)
{
    connection->is_cut = true;
    shutdown(connection->descriptor, SHUT_RDWR);
}
