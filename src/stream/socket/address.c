/* SPDX-License-Identifier: MIT */
/* address.c - addresses of sockets, read and written. */
#include "stream/socket/address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include <duet/error.h>

#include "base/error.h"

bool duet__address_read(duet__text host, uint16_t port, duet__address *address)
{
    char bare[INET6_ADDRSTRLEN];

    if (host.length > 2 && host.bytes[0] == '[' &&
        host.bytes[host.length - 1] == ']')
        host = duet__text_of(host.bytes + 1, host.length - 2);
    if (host.length == 0 || host.length >= sizeof bare)
        return false;
    memcpy(bare, host.bytes, host.length);
    bare[host.length] = '\0';
    *address = (duet__address){.length = 0};
    if (inet_pton(AF_INET, bare, &address->ipv4.sin_addr) == 1) {
        address->ipv4.sin_family = AF_INET;
        address->ipv4.sin_port = htons(port);
        address->length = sizeof address->ipv4;
    } else if (inet_pton(AF_INET6, bare, &address->ipv6.sin6_addr) == 1) {
        address->ipv6.sin6_family = AF_INET6;
        address->ipv6.sin6_port = htons(port);
        address->length = sizeof address->ipv6;
    }
    return address->length > 0;
}

int duet__address_of_path(const char *path, duet__address *address)
{
    size_t length = strlen(path);
    bool is_abstract = path[0] == '@';

    *address = (duet__address){.local.sun_family = AF_UNIX};
    if (length <= (is_abstract ? 1 : 0))
        return duet__fail(DUET_EINVAL, "the path of the socket is empty");
    if (length >= sizeof address->local.sun_path)
        return duet__fail(DUET_ENAMETOOLONG,
                          "the path of a socket has at most %zu bytes",
                          sizeof address->local.sun_path - 1);
    memcpy(address->local.sun_path, path, length);
    if (is_abstract)
        address->local.sun_path[0] = '\0';
    address->length =
        (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    return 0;
}

void duet__address_of_socket(int descriptor, bool peer, duet__address *address)
{
    int failed;

    address->length = sizeof address->local;
    failed = peer ? getpeername(descriptor, &address->any, &address->length)
                  : getsockname(descriptor, &address->any, &address->length);
    if (failed)
        *address = (duet__address){.any.sa_family = AF_UNSPEC};
}

static void write_path(const duet__address *address, char *text)
{
    size_t begin = offsetof(struct sockaddr_un, sun_path);
    size_t length = address->length > begin ? address->length - begin : 0;
    const char *path = address->local.sun_path;
    bool is_abstract = length > 0 && path[0] == '\0';

    if (!is_abstract)
        length = strnlen(path, length);
    snprintf(text, DUET__ADDRESS_TEXT, "unix:%s%.*s", is_abstract ? "@" : "",
             (int)(is_abstract ? length - 1 : length),
             is_abstract ? path + 1 : path);
}

void duet__address_write(const duet__address *address, char *text)
{
    char host[INET6_ADDRSTRLEN] = "";

    switch (address->any.sa_family) {
    case AF_INET:
        inet_ntop(AF_INET, &address->ipv4.sin_addr, host, sizeof host);
        snprintf(text, DUET__ADDRESS_TEXT, "%s:%u", host,
                 duet__address_port(address));
        break;
    case AF_INET6:
        inet_ntop(AF_INET6, &address->ipv6.sin6_addr, host, sizeof host);
        snprintf(text, DUET__ADDRESS_TEXT, "[%s]:%u", host,
                 duet__address_port(address));
        break;
    default:
        write_path(address, text);
    }
}

uint16_t duet__address_port(const duet__address *address)
{
    if (address->any.sa_family == AF_INET)
        return ntohs(address->ipv4.sin_port);
    return address->any.sa_family == AF_INET6 ? ntohs(address->ipv6.sin6_port)
                                              : 0;
}
