/* SPDX-License-Identifier: MIT */
/* under_way.h - what a server waits for from outside, for virtual time. */
#ifndef DUET_SERVER_CONNECTION_UNDER_WAY_H
#define DUET_SERVER_CONNECTION_UNDER_WAY_H

#include "server/request/connections_state.h"

/* Adds what is waited for from clients, and whose requests have handlers. */
void duet__connections_under_way(const duet__connections *all,
                                 struct duet__under_way *under_way);

#endif
