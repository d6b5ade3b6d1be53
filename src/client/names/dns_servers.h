/* SPDX-License-Identifier: MIT */
/* dns_servers.h - the option dns_servers. */
#ifndef DUET_CLIENT_NAMES_DNS_SERVERS_H
#define DUET_CLIENT_NAMES_DNS_SERVERS_H

#include <duet/export.h>

/* Checks what c-ares does not: ports, and missing addresses.
 *
 *   servers  "192.0.2.1,192.0.2.2:5353,[2001:db8::1]:53"
 *
 * Returns 0, or DUET_EINVAL with detail. */
DUET_MUST_USE int duet__dns_servers_check(const char *servers);

#endif
