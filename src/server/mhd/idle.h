/* SPDX-License-Identifier: MIT */
/* idle.h - the memory of connections that wait for their next request.
 *
 * A connection keeps every page of it that one of its requests has touched.
 * When it has been idle for a while the pages beyond the first are given back
 * to the system, which hands out zeroed ones when they are touched again. */
#ifndef DUET_SERVER_MHD_IDLE_H
#define DUET_SERVER_MHD_IDLE_H

#include "server/request/server_state.h"

/* Returns 0, or DUET_ENOMEM: then it must not be stopped. */
DUET_MUST_USE int duet__mhd_idle_init(duet_server *server);

/* No connection is left. */
void duet__mhd_idle_stop(duet_server *server);

/* The connection waits for its next request from now on. */
void duet__mhd_idle_begin(duet__connection *connection);

/* A request has begun, or the connection is closed. */
static inline void duet__mhd_idle_end(duet__connection *connection)
{
    duet__deadline_clear(&connection->idle);
}

#endif
