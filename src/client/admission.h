/* SPDX-License-Identifier: MIT */
/* admission.h - who may have a connection: a total limit, a limit for each
 * host, first come first served within a host, hosts in turn.
 *
 * A slot is the right to run one hop of an exchange. It is given by
 * duet__admission_enter() and given back by exactly one
 * duet__admission_leave(). */
#ifndef DUET_CLIENT_ADMISSION_H
#define DUET_CLIENT_ADMISSION_H

#include <stdbool.h>
#include <stddef.h>

#include <duet/export.h>
#include <duet/time.h>

#include "base/list.h"
#include "base/map.h"

typedef struct duet__admission_host {
    duet__map_entry *entry; /* its place among the hosts */
    size_t running;         /* slots given */
    duet__list waiting;     /* of duet__wait, first in first out */
    duet__link turn;        /* in admission->turns while it could run one */
} duet__admission_host;

typedef struct duet__admission {
    size_t total_max;
    size_t per_host_max;
    size_t running; /* slots given, of all hosts */
    size_t waiting; /* tasks */
    duet__map hosts;
    duet__list turns; /* of duet__admission_host that have somebody waiting and
                       * are below their limit; the first is served next */
    bool is_closed;
} duet__admission;

/* Makes an empty one; it must not be moved. Limits of 1 or more. */
void duet__admission_init(duet__admission *admission, size_t total_max,
                          size_t per_host_max);

/* Takes a slot, waiting for it if need be.
 *
 *   host      what the limit for each host counts by; copied
 *   out_host  what duet__admission_leave() takes
 *
 * Returns 0, or
 *   DUET_ETIMEDOUT  the deadline passed
 *   DUET_ECANCELED  the task was cancelled
 *   DUET_ECLOSED    duet__admission_close() was called
 *   DUET_ENOMEM     no memory */
DUET_MUST_USE int duet__admission_enter(duet__admission *admission,
                                        duet__text host,
                                        duet__admission_host **out_host,
                                        duet_deadline deadline);

/* Gives a slot back, and it to the next that waits. */
void duet__admission_leave(duet__admission *admission,
                           duet__admission_host *host);

/* Ends all waits with DUET_ECLOSED and gives nothing any more. */
void duet__admission_close(duet__admission *admission);

/* Frees the memory, once nobody has or waits for a slot. */
void duet__admission_free(duet__admission *admission);

#endif
