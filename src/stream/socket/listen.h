/* SPDX-License-Identifier: MIT */
/* listen.h - sockets that listen. */
#ifndef DUET_STREAM_SOCKET_LISTEN_H
#define DUET_STREAM_SOCKET_LISTEN_H

#include <stdbool.h>

#include <duet/export.h>

#include "stream/socket/address.h"

/* Opens a non-blocking socket, binds it and listens.
 *
 *   backlog         0: 4,096
 *   out_descriptor  returned-owned
 *
 * Returns 0, or a code of socket(2), bind(2) or listen(2) with a detail. */
DUET_MUST_USE int duet__listen_on(const duet__address *address, bool reuse_port,
                                  int backlog, int *out_descriptor);

/* Listens on a socket that is bound already, and makes it non-blocking. */
DUET_MUST_USE int duet__listen_again(int descriptor, int backlog);

/* The address of `host`, "localhost" and NULL being 127.0.0.1.
 *
 * Returns 0, or DUET_EINVAL with a detail. */
DUET_MUST_USE int duet__listen_address(const char *host, uint16_t port,
                                       duet__address *address);

#endif
