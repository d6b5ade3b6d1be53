/* SPDX-License-Identifier: MIT */
/* host_gate.h - so many URLs of one host at once, while those of others go on:
 * who waits for a host holds no slot.
 *
 * The session has the same limit, for redirects too, but who waits there holds
 * a slot: a slow host would soon have them all. */
#ifndef DUET_FETCH_HOST_GATE_H
#define DUET_FETCH_HOST_GATE_H

#include "client/admission.h"
#include "fetch/slots.h"

typedef struct duet__host_gate {
    duet__admission admission;
    bool is_needless; /* the slots are fewer: nobody would ever wait */
} duet__host_gate;

/* Makes a gate, which must not be moved. */
void duet__host_gate_init(duet__host_gate *gate, int64_t at_once,
                          int64_t per_host);

/* Waits until a further URL of that host may be fetched, without the caller's
 * slot. Suspends.
 *
 *   out_host   for duet__host_gate_leave(); NULL if there is nothing to leave
 *   waited_ns  set to how long it took
 *
 * Returns 0, and 0 for a text that is no URL; or
 *   DUET_ECLOSED    the gate was closed
 *   DUET_ECANCELED  the task was cancelled
 *   DUET_ENOMEM     no memory
 * The caller holds a slot in any case. */
DUET_MUST_USE int duet__host_gate_enter(duet__host_gate *gate,
                                        duet__slots *slots, const char *url,
                                        duet__admission_host **out_host,
                                        int64_t *waited_ns);

/* Lets the next in; `host` may be NULL. */
void duet__host_gate_leave(duet__host_gate *gate, duet__admission_host *host);

/* Ends all waits, those to come, too. */
void duet__host_gate_close(duet__host_gate *gate);

/* Frees the memory; nobody has entered and not left. */
void duet__host_gate_free(duet__host_gate *gate);

#endif
