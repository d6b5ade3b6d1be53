/* SPDX-License-Identifier: MIT */
/* listen.c - bind and listen, with errors that say where. */
#include "server/application/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"

enum { DEFAULT_BACKLOG = 4096 };

typedef union any_address {
    struct sockaddr any;
    struct sockaddr_in ipv4;
    struct sockaddr_in6 ipv6;
} any_address;

static int read_host(const char *host, uint16_t port, any_address *address,
                     socklen_t *length)
{
    memset(address, 0, sizeof *address);
    if (host == NULL || strcmp(host, "localhost") == 0)
        host = "127.0.0.1";
    if (inet_pton(AF_INET, host, &address->ipv4.sin_addr) == 1) {
        address->ipv4.sin_family = AF_INET;
        address->ipv4.sin_port = htons(port);
        *length = sizeof address->ipv4;
        return 0;
    }
    if (inet_pton(AF_INET6, host, &address->ipv6.sin6_addr) == 1) {
        address->ipv6.sin6_family = AF_INET6;
        address->ipv6.sin6_port = htons(port);
        *length = sizeof address->ipv6;
        return 0;
    }
    return duet__fail(DUET_EINVAL, "host \"%.60s\" is no numeric address",
                      host);
}

static int listen_on(int descriptor, const duet_server_options *options,
                     const any_address *address, socklen_t length)
{
    int on = 1;

    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (options->reuse_port &&
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0)
        return -1;
    if (bind(descriptor, &address->any, length) != 0)
        return -1;
    return listen(descriptor,
                  options->backlog > 0 ? options->backlog : DEFAULT_BACKLOG);
}

static int open_socket(const duet_server_options *options, int *out_descriptor)
{
    any_address address;
    socklen_t length = 0;
    int status = read_host(options->host, options->port, &address, &length);
    int descriptor;

    if (status != 0)
        return status;
    descriptor = socket(address.any.sa_family,
                        SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor >= 0 &&
        listen_on(descriptor, options, &address, length) == 0) {
        *out_descriptor = descriptor;
        return 0;
    }
    status = duet__error_from_errno(errno);
    if (descriptor >= 0)
        close(descriptor);
    return duet__fail(status, "listen on %.60s port %u: %s",
                      options->host != NULL ? options->host : "127.0.0.1",
                      options->port, duet_error_text(status));
}

static int inherit(int descriptor, const duet_server_options *options)
{
    int flags = fcntl(descriptor, F_GETFL);

    if (flags < 0 || fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) != 0 ||
        listen(descriptor, options->backlog > 0 ? options->backlog
                                                : DEFAULT_BACKLOG) != 0) {
        int status = duet__error_from_errno(errno);

        return duet__fail(status, "listen on inherited descriptor %d: %s",
                          descriptor, duet_error_text(status));
    }
    return 0;
}

int duet__listen_open(const duet_server_options *options, int *out_descriptor)
{
    if (options->backlog < 0)
        return duet__fail(DUET_EINVAL, "backlog is negative");
    if (options->listen_descriptor < 0)
        return duet__fail(DUET_EINVAL, "listen_descriptor is negative");
    if (options->listen_descriptor == 0)
        return open_socket(options, out_descriptor);
    *out_descriptor = options->listen_descriptor;
    return inherit(options->listen_descriptor, options);
}

void duet__listen_describe(int descriptor, uint16_t *port, char *url,
                           size_t url_bytes)
{
    any_address address = {.any.sa_family = AF_UNSPEC};
    socklen_t length = sizeof address;
    char host[INET6_ADDRSTRLEN] = "";

    *port = 0;
    getsockname(descriptor, &address.any, &length);
    if (address.any.sa_family == AF_INET) {
        inet_ntop(AF_INET, &address.ipv4.sin_addr, host, sizeof host);
        *port = ntohs(address.ipv4.sin_port);
        snprintf(url, url_bytes, "http://%s:%u", host, *port);
    } else if (address.any.sa_family == AF_INET6) {
        inet_ntop(AF_INET6, &address.ipv6.sin6_addr, host, sizeof host);
        *port = ntohs(address.ipv6.sin6_port);
        snprintf(url, url_bytes, "http://[%s]:%u", host, *port);
    } else {
        snprintf(url, url_bytes, "unix:");
    }
}
