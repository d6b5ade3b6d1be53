/* SPDX-License-Identifier: MIT */
/* quiet.h - waiting until a server has no connection, and none that lingers. */
#ifndef DUET_SERVER_CONNECTION_QUIET_H
#define DUET_SERVER_CONNECTION_QUIET_H

#include "server/request/connections_state.h"

/* A connection was closed, or one that lingered. */
void duet__quiet_look(duet__connections *connections);

/* Suspends until there is none. Returns 0 or a code of duet__park(). */
int duet__quiet_wait(duet__connections *connections, duet_deadline deadline);

#endif
