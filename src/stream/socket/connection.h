/* SPDX-License-Identifier: MIT */
/* connection.h - connections as those know them that make them. */
#ifndef DUET_STREAM_SOCKET_CONNECTION_H
#define DUET_STREAM_SOCKET_CONNECTION_H

#include <duet/connection.h>

#include "stream/socket/address.h"

/* Makes a connection of a connected, non-blocking stream socket.
 *
 *   descriptor  taken on success
 *   peer        NULL: it is asked for
 *
 * Returns 0 or DUET_ENOMEM. */
DUET_MUST_USE int duet__connection_new(int descriptor,
                                       const duet__address *peer,
                                       duet_connection **out_connection);

/* Begins to connect a new socket.
 *
 *   out_descriptor  returned-owned, non-blocking; -1 on failure
 *
 * Returns 0 if it has connected, DUET_EAGAIN if it is writable once it has or
 * has failed, DUET_EBUSY if the listener of a Unix socket takes no more now, or
 * the code of socket(2) or connect(2). */
DUET_MUST_USE int duet__connection_begin(const duet__address *address,
                                         int *out_descriptor);

/* What became of it, once it is writable: 0 or a code. */
DUET_MUST_USE int duet__connection_outcome(int descriptor);

#endif
