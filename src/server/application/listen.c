/* SPDX-License-Identifier: MIT */
/* listen.c - the socket that a server's options describe. */
#include "server/application/listen.h"

#include <stdio.h>

#include <duet/error.h>

#include "base/error.h"
#include "stream/socket/listen.h"

int duet__listen_open(const duet_server_options *options, int *out_descriptor)
{
    duet__address address;
    int status;

    if (options->backlog < 0)
        return duet__fail(DUET_EINVAL, "backlog is negative");
    if (options->listen_descriptor < 0)
        return duet__fail(DUET_EINVAL, "listen_descriptor is negative");
    *out_descriptor = options->listen_descriptor;
    if (options->listen_descriptor > 0)
        return duet__listen_again(options->listen_descriptor, options->backlog);
    status = duet__listen_address(options->host, options->port, &address);
    if (status != 0)
        return status;
    return duet__listen_on(&address, options->reuse_port, options->backlog,
                           out_descriptor);
}

void duet__listen_describe(int descriptor, uint16_t *port, char *url,
                           size_t url_bytes)
{
    duet__address address;
    char text[DUET__ADDRESS_TEXT];
    bool is_local;

    duet__address_of_socket(descriptor, false, &address);
    duet__address_write(&address, text);
    *port = duet__address_port(&address);
    is_local =
        address.any.sa_family != AF_INET && address.any.sa_family != AF_INET6;
    snprintf(url, url_bytes, "%s%s", is_local ? "" : "http://", text);
}
