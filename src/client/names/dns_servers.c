/* SPDX-License-Identifier: MIT */
/* dns_servers.c - checks server addresses, as c-ares accepts any number as a
 * port and truncates it to 16 bits. */
#include "client/names/dns_servers.h"

#include <stdint.h>

#include <duet/error.h>

#include "base/error.h"
#include "base/text.h"
#include "http/url/host.h"

/* What follows the address: ":PORT", or nothing. */
static duet__text behind_address(duet__text server)
{
    size_t colon = duet__text_find(server, ':');
    duet__text rest = duet__text_skip(server, colon);

    if (server.length > 0 && server.bytes[0] == '[')
        return duet__text_skip(server, duet__text_find(server, ']') + 1);
    /* An IPv6 address without brackets has no port. */
    if (duet__text_find(duet__text_skip(rest, 1), ':') + 1 < rest.length)
        return duet__text_of("", 0);
    return rest;
}

int duet__dns_servers_check(const char *servers)
{
    duet__text rest = duet__text_from(servers);

    while (rest.bytes != NULL) {
        duet__text server = duet__text_trim(duet__text_cut(&rest, ','));
        duet__text port = behind_address(server);
        uint16_t number;

        if (server.length == 0)
            return duet__fail(DUET_EINVAL,
                              "option dns_servers has an empty address");
        if (port.length > 0 &&
            (port.bytes[0] != ':' ||
             !duet__port_read(duet__text_skip(port, 1), &number)))
            return duet__fail(DUET_EINVAL,
                              "option dns_servers has \"%.*s\", in which "
                              "\"%.*s\" is no port from 1 to 65535",
                              (int)server.length, server.bytes,
                              (int)port.length, port.bytes);
    }
    return 0;
}
