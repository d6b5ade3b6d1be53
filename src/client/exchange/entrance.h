/* SPDX-License-Identifier: MIT */
/* entrance.h - what a hop needs before it is passed to libcurl: the addresses
 * of its host, then a slot.
 *
 * In this order, so that a task that waits for a name holds no slot that
 * another host could use. */
#ifndef DUET_CLIENT_EXCHANGE_ENTRANCE_H
#define DUET_CLIENT_EXCHANGE_ENTRANCE_H

#include "client/hop/hop.h"
#include "client/session/session.h"

typedef struct duet__entrance {
    duet_timings *timings; /* set to the durations of the waits */
    duet__addresses *addresses;
    bool is_inside; /* it has both */
} duet__entrance;

/* Waits for both. Sets the hop's addresses, and begin_ns to now.
 *
 *   hop       with its request and begin_ns
 *   entrance  with `timings`; after 0 to be passed to duet__hop_leave()
 *   deadline  of the whole exchange
 *
 * Returns 0, or a code with detail and phase. */
DUET_MUST_USE int duet__hop_enter(duet_session *session, duet__hop *hop,
                                  duet__entrance *entrance,
                                  duet_deadline deadline);

/* Returns the slot and drops the addresses, if it has them. */
void duet__hop_leave(duet_session *session, duet__hop *hop,
                     duet__entrance *entrance);

#endif
