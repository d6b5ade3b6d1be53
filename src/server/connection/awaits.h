/* SPDX-License-Identifier: MIT */
/* awaits.h - time-outs of what clients are waited for. */
#ifndef DUET_SERVER_CONNECTION_AWAITS_H
#define DUET_SERVER_CONNECTION_AWAITS_H

#include "server/request/server_state.h"

/* Sets up the deadlines' queues. Returns 0, or DUET_ENOMEM: then
 * there is nothing to stop. */
DUET_MUST_USE int duet__awaits_init(duet_server *server);

void duet__awaits_stop(duet_server *server);

/* From now on a client that pauses inside its request is refused. */
void duet__awaits_hurry(duet_server *server);

#endif
