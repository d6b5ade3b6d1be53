/* SPDX-License-Identifier: MIT */
/* timeouts.h - time-outs of what is expected on connections. */
#ifndef DUET_SERVER_CONNECTION_TIMEOUTS_H
#define DUET_SERVER_CONNECTION_TIMEOUTS_H

#include "server/request/connections_state.h"

/* Sets up the deadlines' queues. Returns 0, or DUET_ENOMEM: then
 * there is nothing to stop. */
DUET_MUST_USE int
duet__connection_timeouts_init(duet__connections *connections);

void duet__connection_timeouts_stop(duet__connections *connections);

/* From now on a client that pauses inside its request is refused. */
void duet__connection_timeouts_hurry(duet__connections *connections);

#endif
