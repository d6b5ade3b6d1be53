/* SPDX-License-Identifier: MIT */
/* addresses.c - lists of addresses, and hosts with given addresses. */
#include "client/names/addresses.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/error.h"
#include "http/url/host.h"

enum {
    FIXED_MAX = 10000,
    PLACE_BYTES = DUET__HOST_BYTES + 8,
    LIST_BYTES = 4096, /* of the addresses of one host */
};

duet__addresses *duet__addresses_new(const char *text)
{
    size_t bytes = strlen(text) + 1;
    duet__addresses *addresses = malloc(sizeof *addresses + bytes);

    if (addresses == NULL)
        return NULL;
    addresses->holders = 1;
    memcpy(addresses->text, text, bytes);
    return addresses;
}

duet__addresses *duet__addresses_hold(duet__addresses *addresses)
{
    addresses->holders++;
    return addresses;
}

void duet__addresses_drop(duet__addresses *addresses)
{
    if (addresses != NULL && --addresses->holders == 0)
        free(addresses);
}

bool duet__host_is_address(const char *host)
{
    struct in6_addr bytes;
    size_t length = strlen(host);

    /* An IPv4 address ends in a digit; a text with a colon is not a name. */
    if (length == 0 || (!duet__ascii_is_digit(host[length - 1]) &&
                        memchr(host, ':', length) == NULL))
        return false;
    return inet_pton(AF_INET, host, &bytes) == 1 ||
           inet_pton(AF_INET6, host, &bytes) == 1;
}

/* --- fixed hosts --------------------------------------------------------- */

static duet__text write_place(char place[PLACE_BYTES], const char *host,
                              uint16_t port)
{
    int length = snprintf(place, PLACE_BYTES, "%s:%u", host, (unsigned)port);

    return duet__text_of(place, (size_t)length < PLACE_BYTES ? (size_t)length
                                                             : PLACE_BYTES - 1);
}

/* Appends "address" or "[address]", with brackets for IPv6.
 *
 * Returns 0, DUET_EINVAL if it is not an address, DUET_ETOOLARGE, or
 * DUET_ENOMEM. */
static int append_address(duet__buffer *list, duet__text text)
{
    char bare[INET6_ADDRSTRLEN];

    if (text.length >= 2 && text.bytes[0] == '[' &&
        text.bytes[text.length - 1] == ']')
        text = duet__text_of(text.bytes + 1, text.length - 2);
    if (text.length >= sizeof bare)
        return DUET_EINVAL;
    memcpy(bare, text.bytes, text.length);
    bare[text.length] = '\0';
    if (!duet__host_is_address(bare))
        return DUET_EINVAL;
    return duet__buffer_appendf(list,
                                strchr(bare, ':') != NULL ? "%s[%s]" : "%s%s",
                                list->length > 0 ? "," : "", bare);
}

/* Copies "address,address"; NULL with *status set if one is not an address, or
 * if there is no memory. */
static duet__addresses *read_addresses(duet__text rest, int *status)
{
    duet__addresses *addresses = NULL;
    duet__buffer list;

    duet__buffer_init(&list, LIST_BYTES);
    do
        *status = append_address(&list, duet__text_cut(&rest, ','));
    while (*status == 0 && rest.bytes != NULL);
    if (*status == DUET_ETOOLARGE)
        *status = DUET_EINVAL;
    if (*status == 0) {
        addresses = duet__addresses_new(list.bytes);
        *status = addresses != NULL ? 0 : DUET_ENOMEM;
    }
    duet__buffer_free(&list);
    return addresses;
}

static int read_one(duet__fixed_hosts *hosts, const char *text)
{
    duet__text rest = duet__text_from(text);
    duet__text name = duet__text_cut(&rest, ':');
    duet__text port_text = duet__text_cut(&rest, ':');
    char host[DUET__HOST_BYTES];
    char place[PLACE_BYTES];
    duet__addresses *addresses = NULL;
    uint16_t port;
    int status = DUET_EINVAL;

    if (rest.bytes != NULL && duet__host_name_read(name, host) == NULL &&
        duet__port_read(port_text, &port))
        addresses = read_addresses(rest, &status);
    if (status == DUET_EINVAL)
        return duet__fail(status,
                          "option resolve has \"%.200s\", which is not "
                          "host:port:address",
                          text);
    if (status != 0)
        return status;
    status = duet__map_insert(&hosts->by_place, write_place(place, host, port),
                              addresses);
    if (status == 0)
        return 0;
    duet__addresses_drop(addresses);
    if (status == DUET_EEXIST)
        return duet__fail(DUET_EINVAL, "option resolve has %.250s twice",
                          place);
    return status;
}

int duet__fixed_hosts_read(duet__fixed_hosts *hosts, const char *const *texts)
{
    int status;

    duet__map_init(&hosts->by_place, FIXED_MAX);
    hosts->localhost = duet__addresses_new("127.0.0.1,[::1]");
    status = hosts->localhost != NULL ? 0 : DUET_ENOMEM;
    for (; status == 0 && texts != NULL && *texts != NULL; texts++)
        status = read_one(hosts, *texts);
    return status;
}

static bool is_localhost(const char *host)
{
    static const char name[] = "localhost";
    size_t length = strlen(host);

    if (length > 0 && host[length - 1] == '.')
        length--;
    if (length < sizeof name - 1 ||
        strncmp(host + length - (sizeof name - 1), name, sizeof name - 1) != 0)
        return false;
    return length == sizeof name - 1 || host[length - sizeof name] == '.';
}

duet__addresses *duet__fixed_hosts_find(const duet__fixed_hosts *hosts,
                                        const char *host, uint16_t port)
{
    duet__addresses *found = NULL;
    char place[PLACE_BYTES];

    if (hosts->by_place.count > 0)
        found = duet__map_get(&hosts->by_place, write_place(place, host, port));
    if (found == NULL && is_localhost(host))
        found = hosts->localhost;
    return found != NULL ? duet__addresses_hold(found) : NULL;
}

void duet__fixed_hosts_free(duet__fixed_hosts *hosts)
{
    duet__map_entry *entry = duet__map_first(&hosts->by_place);

    for (; entry != NULL; entry = duet__map_next(&hosts->by_place, entry))
        duet__addresses_drop(entry->value);
    duet__map_free(&hosts->by_place);
    duet__addresses_drop(hosts->localhost);
}
