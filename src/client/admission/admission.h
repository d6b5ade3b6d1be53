/* SPDX-License-Identifier: MIT */
/* admission.h - limits the connections: in total and for each host; first come
 * first served within a host, hosts in turn.
 *
 * A slot is the right to run one hop of an exchange. It is granted by
 * duet__admission_enter() and returned by exactly one duet__admission_leave().
 *
 * Silent servers must not delay the others: while all slots are in use and
 * another host waits, the slot of a server that has sent nothing for a second
 * is lent to that host, which means it is not counted any more. At most
 * total_max are lent at once. A host with a lent slot comes after those
 * without. */
#ifndef DUET_CLIENT_ADMISSION_ADMISSION_H
#define DUET_CLIENT_ADMISSION_ADMISSION_H

#include <stdbool.h>
#include <stddef.h>

#include <duet/export.h>
#include <duet/time.h>

#include "base/list.h"
#include "base/map.h"
#include "runtime/core/timer.h"

typedef struct duet__admission_host {
    duet__map_entry *entry; /* its place among the hosts */
    size_t running;         /* slots given */
    size_t lent;            /* of them */
    duet__list waiting;     /* of duet__wait, first in first out */
    duet__list *list;       /* turns or late, while it could run one */
    duet__link turn;        /* in `list` */
} duet__admission_host;

typedef struct duet__admission_slot {
    duet__link link; /* in admission->slots until it is lent */
    duet__admission_host *host;
    int64_t heard_ns; /* when its server sent last, or it was granted */
    bool is_lent;
} duet__admission_slot;

typedef struct duet__admission {
    size_t total_max;
    size_t per_host_max;
    size_t running; /* slots given, of all hosts */
    size_t lent;    /* of them */
    size_t waiting; /* tasks */
    duet__map hosts;
    duet__list slots; /* of duet__admission_slot, in the order given */
    duet__list turns; /* of duet__admission_host that have waiting tasks and are
                       * below their limit; the first is served next */
    duet__list late;  /* the same, with a slot that is lent; after those */
    duet__timer look; /* armed while a task waits in `turns` */
    bool is_closed;
} duet__admission;

/* Makes an empty one; it must not be moved. Limits of 1 or more. */
void duet__admission_init(duet__admission *admission, size_t total_max,
                          size_t per_host_max);

/* Takes a slot, and waits for one if necessary.
 *
 *   host  the host that the slot is counted for; copied
 *   slot  set; borrowed until duet__admission_leave(). The owner sets heard_ns
 *         when the server sends.
 *
 * Returns 0, or
 *   DUET_ETIMEDOUT  the deadline passed
 *   DUET_ECANCELED  the task was cancelled
 *   DUET_ECLOSED    duet__admission_close() was called
 *   DUET_ENOMEM     no memory */
DUET_MUST_USE int duet__admission_enter(duet__admission *admission,
                                        duet__text host,
                                        duet__admission_slot *slot,
                                        duet_deadline deadline);

/* Returns a slot, and grants it to the next waiting task. */
void duet__admission_leave(duet__admission *admission,
                           duet__admission_slot *slot);

/* Ends all waits with DUET_ECLOSED and grants no more slots. */
void duet__admission_close(duet__admission *admission);

/* Frees the memory, once no task has or waits for a slot. */
void duet__admission_free(duet__admission *admission);

#endif
