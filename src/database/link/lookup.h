/* SPDX-License-Identifier: MIT */
/* lookup.h - the addresses of a host. */
#ifndef DUET_DATABASE_LINK_LOOKUP_H
#define DUET_DATABASE_LINK_LOOKUP_H

#include <duet/time.h>

enum { DUET__ADDRESSES_MAX = 8, DUET__ADDRESS_BYTES = 64 };

typedef struct duet__database_addresses {
    char text[DUET__ADDRESSES_MAX][DUET__ADDRESS_BYTES];
    int count;
} duet__database_addresses;

/* Resolves a host on the default thread pool; an address needs no look-up.
 *
 * Returns 0, or
 *   DUET_ERESOLVE  there is no such name; the detail says more
 *   and the codes of duet_to_thread() */
int duet__database_lookup(const char *host,
                          duet__database_addresses *out_addresses,
                          duet_deadline deadline);

#endif
