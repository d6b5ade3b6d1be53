/* SPDX-License-Identifier: MIT */
/* lookup.c - resolves names in a thread and gives the connector addresses, as
 * the connector's own look-up blocks. */
#include "database/link/lookup.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <duet/error.h>
#include <duet/thread_pool.h>

typedef struct lookup {
    int error; /* of getaddrinfo() */
    duet__database_addresses addresses;
    char host[]; /* NUL-terminated */
} lookup;

/* In a thread. */
static int look_up(void *argument)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_ADDRCONFIG};
    lookup *lookup = argument;
    duet__database_addresses *found = &lookup->addresses;
    struct addrinfo *list = NULL;

    lookup->error = getaddrinfo(lookup->host, NULL, &hints, &list);
    for (struct addrinfo *a = list;
         a != NULL && found->count < DUET__ADDRESSES_MAX; a = a->ai_next) {
        if (getnameinfo(a->ai_addr, a->ai_addrlen, found->text[found->count],
                        DUET__ADDRESS_BYTES, NULL, 0, NI_NUMERICHOST) == 0)
            found->count++;
    }
    if (list != NULL)
        freeaddrinfo(list);
    return 0;
}

static bool is_address(const char *host)
{
    unsigned char bytes[sizeof(struct in6_addr)];

    return inet_pton(AF_INET, host, bytes) == 1 ||
           inet_pton(AF_INET6, host, bytes) == 1;
}

int duet__database_lookup(const char *host,
                          duet__database_addresses *out_addresses,
                          duet_deadline deadline)
{
    size_t bytes = strlen(host) + 1;
    lookup *lookup;
    int status;

    if (strcmp(host, "localhost") == 0) { /* RFC 6761, 6.3 */
        *out_addresses = (duet__database_addresses){
            .text = {"127.0.0.1", "::1"}, .count = 2};
        return 0;
    }
    *out_addresses = (duet__database_addresses){.count = 1};
    if (is_address(host)) {
        memcpy(out_addresses->text[0], host, bytes);
        return 0;
    }
    lookup = calloc(1, sizeof *lookup + bytes);
    if (lookup == NULL)
        return DUET_ENOMEM;
    memcpy(lookup->host, host, bytes);
    status = duet_to_thread_owned(look_up, lookup, free, NULL, deadline);
    if (status != 0)
        return status;
    *out_addresses = lookup->addresses;
    if (lookup->addresses.count == 0)
        status = duet_fail(DUET_ERESOLVE, "resolve %s: %s", host,
                           gai_strerror(lookup->error));
    free(lookup);
    return status;
}
