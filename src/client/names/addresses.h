/* SPDX-License-Identifier: MIT */
/* addresses.h - the addresses of a host, with a reference count; and hosts
 * whose addresses need no lookup. */
#ifndef DUET_CLIENT_NAMES_ADDRESSES_H
#define DUET_CLIENT_NAMES_ADDRESSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <duet/export.h>

#include "base/map.h"

/* "192.0.2.1,[2001:db8::1]" */
typedef struct duet__addresses {
    size_t holders;
    char text[];
} duet__addresses;

/* Makes a list with one reference; NULL if there is no memory. */
duet__addresses *duet__addresses_new(const char *text);

/* Adds a reference, and returns the list. */
duet__addresses *duet__addresses_hold(duet__addresses *addresses);

/* Releases a reference; NULL does nothing. */
void duet__addresses_drop(duet__addresses *addresses);

/* Is `host` itself an address? IPv6 without brackets. */
bool duet__host_is_address(const char *host);

/* Hosts with given addresses. */
typedef struct duet__fixed_hosts {
    duet__map by_place;         /* "host:port" to duet__addresses */
    duet__addresses *localhost; /* RFC 6761 6.3 */
} duet__fixed_hosts;

/* Reads "host:port:address" texts.
 *
 *   texts  borrowed until return; NULL ends the array; NULL for none
 *
 * Returns 0, or DUET_EINVAL with detail, DUET_ENOMEM. To be freed in any
 * case. */
DUET_MUST_USE int duet__fixed_hosts_read(duet__fixed_hosts *hosts,
                                         const char *const *texts);

/* The addresses of `host` (in lower case) on `port`, held; NULL if they are not
 * fixed. */
duet__addresses *duet__fixed_hosts_find(const duet__fixed_hosts *hosts,
                                        const char *host, uint16_t port);

void duet__fixed_hosts_free(duet__fixed_hosts *hosts);

#endif
