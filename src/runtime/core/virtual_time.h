/* SPDX-License-Identifier: MIT */
/* virtual_time.h - when the clock of a loop on virtual time may jump.
 *
 * It must not jump past an answer that is on its way. So before each jump the
 * outside must have been silent for some time of the real clock: none if nobody
 * waits for it; a little for peers, who may be silent for ever; long for work
 * in threads, files and programs, which ends by itself. What tasks wait for
 * their waits tell (wait.h), what sockets of a client or server wait for its
 * driver, which is asked before a jump and at no other time.
 *
 * A request from a client to a server of the same loop is not outside while its
 * handler runs: nothing moves between the two until that has ended. */
#ifndef DUET_RUNTIME_CORE_VIRTUAL_TIME_H
#define DUET_RUNTIME_CORE_VIRTUAL_TIME_H

#include "runtime/core/loop.h"

/* What the drivers tell before a jump. */
typedef struct duet__under_way {
    bool waits_for_peer;
    bool listens; /* a peer that is not known yet may begin */
    /* Sets of TCP ports, of clients' ends of connections: where a response is
     * awaited, and whose request a handler of this loop works on. */
    uint64_t asking[UINT16_MAX / 64 + 1];
    uint64_t handled[UINT16_MAX / 64 + 1];
} duet__under_way;

static inline void duet__under_way_add(uint64_t *ports, uint16_t port)
{
    ports[port / 64] |= (uint64_t)1 << port % 64;
}

/* Checks the options. Returns 0 or DUET_EINVAL. */
int duet__virtual_time_check(const duet_loop_options *options);

/* On virtual time, in place of sleeping until `next`: delivers events; if there
 * are none, and were none for long enough, jumps there, or ends the run if
 * there is nothing that it could wait for. */
void duet__virtual_time_pass(duet_loop *loop, duet_deadline next);

#endif
