/* SPDX-License-Identifier: MIT */
/* dns_message.h - the addresses in an answer of a name server. */
#ifndef DUET_CLIENT_NAMES_DNS_MESSAGE_H
#define DUET_CLIENT_NAMES_DNS_MESSAGE_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

#include <duet/export.h>

enum { DUET__DNS_ADDRESSES_MAX = 32 };

typedef struct duet__dns_addresses {
    size_t count;
    int64_t ttl_s; /* the smallest of all records that led to them */
    union {
        struct in_addr ipv4;
        struct in6_addr ipv6;
    } at[DUET__DNS_ADDRESSES_MAX];
} duet__dns_addresses;

/* Reads the addresses of the name that a message asked for, aliases followed,
 * whatever the order of its records.
 *
 *   family     AF_INET or AF_INET6
 *   addresses  filled; those beyond the limit are left out
 *
 * Returns 0, DUET_EPROTOCOL if the message is malformed, or DUET_ENOMEM. */
DUET_MUST_USE int duet__dns_message_read(const unsigned char *message,
                                         size_t length, int family,
                                         duet__dns_addresses *addresses);

#endif
