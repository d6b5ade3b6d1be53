/* SPDX-License-Identifier: MIT */
/* resolver.h - names to addresses: c-ares on the loop, without threads.
 *
 * Lookups of a name that run at the same time are one; a task that gives up
 * leaves it to the others, and to the cache. Answers are remembered for as long
 * as they say, within bounds; that a name does not exist, too. */
#ifndef DUET_CLIENT_RESOLVER_H
#define DUET_CLIENT_RESOLVER_H

#include <stddef.h>
#include <stdint.h>

#include <duet/export.h>
#include <duet/time.h>

#include "client/addresses.h"

typedef struct duet__resolver duet__resolver;

typedef struct duet__resolver_options {
    int64_t ttl_min_ns;
    int64_t ttl_max_ns;
    int64_t negative_ttl_ns;
    size_t entries_max;
    const char *servers;          /* as ares_set_servers_ports_csv(); or NULL */
    const char *const *overrides; /* "host:port:address", NULL ends; or NULL */
} duet__resolver_options;

/* Makes a resolver of the calling thread's loop. Asks nobody yet.
 *
 *   options  borrowed until return
 *
 * Returns 0, or
 *   DUET_EINVAL  servers or an override is malformed, with detail
 *   DUET_ENOMEM  no memory */
DUET_MUST_USE int duet__resolver_open(const duet__resolver_options *options,
                                      duet__resolver **out_resolver);

/* Ends all waits with DUET_ECLOSED and frees the resolver; NULL does
 * nothing. */
void duet__resolver_close(duet__resolver *resolver);

/* Finds the addresses of a host.
 *
 *   host           a name in lower case, or an address, IPv6 without brackets
 *   out_addresses  to be dropped by duet__addresses_drop(); NULL on failure,
 *                  and if `host` is an address
 *   out_flaw       on DUET_ERESOLVE what c-ares says; a constant
 *
 * Returns 0, or
 *   DUET_ERESOLVE   there is no such name, or no answer
 *   DUET_ETIMEDOUT  the deadline passed
 *   DUET_ECANCELED  the task was cancelled
 *   DUET_ECLOSED    the resolver was closed
 *   DUET_ELIMIT     all that may be remembered is being looked up
 *   DUET_ENOMEM     no memory */
DUET_MUST_USE int duet__resolver_find(duet__resolver *resolver,
                                      const char *host, uint16_t port,
                                      duet__addresses **out_addresses,
                                      const char **out_flaw,
                                      duet_deadline deadline);

#endif
