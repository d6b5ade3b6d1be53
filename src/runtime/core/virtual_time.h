/* SPDX-License-Identifier: MIT */
/* virtual_time.h - when the clock of a loop on virtual time may jump.
 *
 * It must not jump past an answer that is on its way. So before each jump there
 * must have been no outside event for some real time: none if nothing waits for
 * one; a short time for peers, which may never answer; a long time for work in
 * threads, files and programs, which ends by itself. The waits of tasks say
 * what they wait for (wait.h); for the sockets of a client or server its driver
 * does, which is called before a jump only.
 *
 * A request from a client to a server of the same loop is not outside while its
 * handler runs: nothing is sent between the two until the handler has ended. */
#ifndef DUET_RUNTIME_CORE_VIRTUAL_TIME_H
#define DUET_RUNTIME_CORE_VIRTUAL_TIME_H

#include "runtime/core/loop.h"

/* What the drivers report before a jump. */
typedef struct duet__under_way {
    bool waits_for_peer;
    bool listens; /* a new peer may connect */
    /* Sets of the clients' TCP ports of connections: those on which a client
     * waits for a response, and those whose request a handler of this loop
     * works on. */
    uint64_t asking[UINT16_MAX / 64 + 1];
    uint64_t handled[UINT16_MAX / 64 + 1];
} duet__under_way;

static inline void duet__under_way_add(uint64_t *ports, uint16_t port)
{
    ports[port / 64] |= (uint64_t)1 << port % 64;
}

/* Checks the options. Returns 0 or DUET_EINVAL. */
int duet__virtual_time_check(const duet_loop_options *options);

/* Replaces sleeping until `next` on virtual time: delivers events; if there
 * have been none for long enough, jumps to `next`, or ends the run if there is
 * nothing to wait for. */
void duet__virtual_time_pass(duet_loop *loop, duet_deadline next);

#endif
