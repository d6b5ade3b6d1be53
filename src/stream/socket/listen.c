/* SPDX-License-Identifier: MIT */
/* listen.c - bind and listen, with errors that say where. */
#include "stream/socket/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <duet/error.h>

#include "base/error.h"

enum { DEFAULT_BACKLOG = 4096 };

int duet__listen_address(const char *host, uint16_t port,
                         duet__address *address)
{
    if (host == NULL || strcmp(host, "localhost") == 0)
        host = "127.0.0.1";
    if (host[0] != '[' &&
        duet__address_read(duet__text_from(host), port, address))
        return 0;
    return duet__fail(DUET_EINVAL, "host \"%.60s\" is no numeric address",
                      host);
}

static bool bind_and_listen(int descriptor, const duet__address *address,
                            bool reuse_port, int backlog)
{
    int on = 1;

    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (reuse_port &&
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0)
        return false;
    return bind(descriptor, &address->any, address->length) == 0 &&
           listen(descriptor, backlog > 0 ? backlog : DEFAULT_BACKLOG) == 0;
}

int duet__listen_on(const duet__address *address, bool reuse_port, int backlog,
                    int *out_descriptor)
{
    int descriptor = socket(address->any.sa_family,
                            SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    char where[DUET__ADDRESS_TEXT];
    int status;

    if (descriptor >= 0 &&
        bind_and_listen(descriptor, address, reuse_port, backlog)) {
        *out_descriptor = descriptor;
        return 0;
    }
    status = duet__error_from_errno(errno);
    if (descriptor >= 0)
        close(descriptor);
    duet__address_write(address, where);
    return duet__fail(status, "listen on %s: %s", where,
                      duet_error_text(status));
}

int duet__listen_again(int descriptor, int backlog)
{
    int flags = fcntl(descriptor, F_GETFL);
    int status;

    if (flags >= 0 && fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0 &&
        listen(descriptor, backlog > 0 ? backlog : DEFAULT_BACKLOG) == 0)
        return 0;
    status = duet__error_from_errno(errno);
    return duet__fail(status, "listen on inherited descriptor %d: %s",
                      descriptor, duet_error_text(status));
}
