/* SPDX-License-Identifier: MIT */
/* resolver.h - resolves names to addresses: c-ares on the loop, without
 * threads.
 *
 * Tasks that look up the same name at the same time share one lookup; if one
 * gives up, it continues for the others and for the cache. Answers are cached
 * for their TTL, within limits; a name that does not exist, too. The number of
 * lookups at once is limited; others wait for their turn, first come, first
 * served.
 */
#ifndef DUET_CLIENT_NAMES_RESOLVER_H
#define DUET_CLIENT_NAMES_RESOLVER_H

#include <stddef.h>
#include <stdint.h>

#include <duet/export.h>
#include <duet/time.h>

#include "client/names/addresses.h"

typedef struct duet__resolver duet__resolver;

typedef struct duet__resolver_options {
    int64_t ttl_min_ns;
    int64_t ttl_max_ns;
    int64_t negative_ttl_ns;
    size_t entries_max;  /* remembered; those in progress may be more */
    const char *servers; /* as ares_set_servers_ports_csv(); or NULL */
    const char *const *overrides; /* "host:port:address", NULL ends; or NULL */
} duet__resolver_options;

/* Makes a resolver of the calling thread's loop. Sends nothing yet.
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

/* What to look up, and for how long. */
typedef struct duet__search {
    const char *host; /* a name in lower case, or an address, IPv6 without
                       * brackets */
    uint16_t port;
    int64_t begin_ns;            /* now, by the clock of duet_clock_ns() */
    duet_deadline turn_deadline; /* until the name is looked up */
    int64_t limit_ns;            /* from then on, to the answer */
    duet_deadline deadline;      /* of both together */
    int64_t turn_ns; /* set to when its lookup began, by the clock of
                      * duet_clock_ns(); 0 if there was none */
} duet__search;

/* Finds the addresses of a host.
 *
 *   search         borrowed until return
 *   out_addresses  to be dropped by duet__addresses_drop(); NULL on failure,
 *                  and if the host is an address
 *   out_flaw       on DUET_ERESOLVE what c-ares says; a constant
 *
 * Returns 0, or
 *   DUET_ERESOLVE   there is no such name, or no answer
 *   DUET_ETIMEDOUT  a deadline or the limit passed
 *   DUET_ECANCELED  the task was cancelled
 *   DUET_ECLOSED    the resolver was closed
 *   DUET_ENOMEM     no memory */
DUET_MUST_USE int duet__resolver_find(duet__resolver *resolver,
                                      duet__search *search,
                                      duet__addresses **out_addresses,
                                      const char **out_flaw);

#endif
