/* SPDX-License-Identifier: MIT */
/* host_key.c - a URL in its simplest form begins with its origin; all others
 * are parsed. Owns nothing. */
#include "fetch/input/host_key.h"

#include <stdio.h>
#include <string.h>

#include "http/url/url.h"
#include "http/url/parts.h"

static bool is_plain_host_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || duet__ascii_is_digit(byte) ||
           byte == '.' || byte == '-';
}

/* No port, or one that is not the scheme's default and has no leading zero. */
static bool is_plain_port(duet__text port, bool is_https)
{
    if (port.bytes == NULL)
        return true;
    if (port.length == 0 || port.length > 5 || port.bytes[0] == '0' ||
        duet__text_equal(port, is_https ? DUET__TEXT("443") : DUET__TEXT("80")))
        return false;
    for (size_t i = 0; i < port.length; i++) {
        if (!duet__ascii_is_digit(port.bytes[i]))
            return false;
    }
    return true;
}

static bool is_plain(duet__text scheme, duet__text authority)
{
    bool is_https = duet__text_equal(scheme, DUET__TEXT("https"));
    duet__text port = authority;
    duet__text host = duet__text_cut(&port, ':');

    if ((!is_https && !duet__text_equal(scheme, DUET__TEXT("http"))) ||
        host.length == 0 || host.length >= DUET__HOST_BYTES)
        return false;
    for (size_t i = 0; i < host.length; i++) {
        if (!is_plain_host_byte(host.bytes[i]))
            return false;
    }
    return is_plain_port(port, is_https);
}

duet__text duet__host_key(duet__text url, char *origin)
{
    duet__url_parts parts = duet__url_split(url);
    duet_url *whole;
    int length = 0;

    if (is_plain(parts.scheme, parts.authority))
        return duet__text_of(url.bytes,
                             (size_t)(parts.authority.bytes - url.bytes) +
                                 parts.authority.length);
    if (duet_url_parse(url.bytes, &whole) == 0) {
        length =
            snprintf(origin, DUET__ORIGIN_BYTES, "%s", duet_url_origin(whole));
        duet_url_free(whole);
    }
    return duet__text_of(origin, (size_t)length);
}

void duet__host_key_split(duet__text origin, char *host, uint16_t *port)
{
    char text[DUET__ORIGIN_BYTES];
    duet_url *url;

    host[0] = '\0';
    *port = 0;
    if (origin.length >= sizeof text)
        return;
    memcpy(text, origin.bytes, origin.length);
    text[origin.length] = '\0';
    if (duet_url_parse(text, &url) != 0)
        return;
    snprintf(host, DUET__HOST_BYTES, "%s", duet_url_host(url));
    *port = duet_url_port(url);
    duet_url_free(url);
}
