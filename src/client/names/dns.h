/* SPDX-License-Identifier: MIT */
/* dns.h - c-ares on the loop, without threads. */
#ifndef DUET_CLIENT_NAMES_DNS_H
#define DUET_CLIENT_NAMES_DNS_H

#include <stdbool.h>
#include <stddef.h>

#include <duet/export.h>

#include "runtime/core/loop.h"

typedef struct duet__dns {
    duet_loop *loop;
    struct ares_channeldata *channel; /* NULL: not open */
    duet__timer timer;                /* c-ares' */
    duet__ready breaker;              /* ends queries without resources */
    duet__list lookups;               /* that are not done */
    char **domains;                   /* to search in */
    size_t domain_count;
    size_t dots; /* a name with this many dots is tried as it is first */
    bool is_closing;
} duet__dns;

/* Opens a channel of the calling thread's loop. Sends nothing yet.
 *
 *   dns      the caller's; closed in any case, after failure, too
 *   servers  as ares_set_servers_ports_csv(); NULL: the system's
 *
 * Returns 0; DUET_EINVAL with detail if `servers` is malformed; DUET_ENOMEM. */
DUET_MUST_USE int duet__dns_open(duet__dns *dns, const char *servers);

/* Answers all questions that are open, without addresses, and closes. */
void duet__dns_close(duet__dns *dns);

/* To be called after c-ares was asked something. */
void duet__dns_arm_timer(duet__dns *dns);

#endif
