/* SPDX-License-Identifier: MIT */
/* quiet.h - waiting until a server has no connection, and none that lingers. */
#ifndef DUET_SERVER_CONNECTION_QUIET_H
#define DUET_SERVER_CONNECTION_QUIET_H

#include <duet/server.h>

/* A connection was closed, or one that lingered. */
void duet__quiet_look(duet_server *server);

/* Suspends until there is none. Returns 0 or a code of duet__park(). */
int duet__quiet_wait(duet_server *server, duet_deadline deadline);

#endif
