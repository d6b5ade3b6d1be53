/* SPDX-License-Identifier: MIT */
/* shown.c - finds the password in a URL, also in a malformed one. Owns
 * nothing. */
#include "http/url/shown.h"

#include <stdio.h>
#include <string.h>

/* Where the authority begins and ends; the whole text up to the first '/', '?'
 * or '#' if there is no "//". */
static void find_authority(duet__text url, size_t *begin, size_t *end)
{
    size_t place = 0;

    *begin = 0;
    while (place + 2 < url.length && *begin == 0) {
        if (memcmp(url.bytes + place, "://", 3) == 0)
            *begin = place + 3;
        place++;
    }
    *end = *begin;
    while (*end < url.length && url.bytes[*end] != '/' &&
           url.bytes[*end] != '?' && url.bytes[*end] != '#')
        ++*end;
}

/* In an authority without '@', is the text after the last ':' a number, or is
 * there no ':'? An address of IPv6 ends with ']'. */
static bool has_port_at_most(duet__text authority)
{
    size_t place = authority.length;

    if (duet__text_find(authority, '@') < authority.length)
        return true;
    while (place > 0 && duet__ascii_is_digit(authority.bytes[place - 1]))
        place--;
    return place == 0 || authority.bytes[place - 1] == ':' ||
           duet__text_find(authority, ':') == authority.length ||
           authority.bytes[place - 1] == ']';
}

duet__shown_url duet__shown_url_of(duet__text url)
{
    size_t begin;
    size_t end;
    size_t at;
    size_t colon;

    find_authority(url, &begin, &end);
    if (!has_port_at_most(duet__text_of(url.bytes + begin, end - begin)))
        end = url.length; /* a password may have a '/' that should be %2F */
    for (at = end; at > begin && url.bytes[at - 1] != '@'; at--)
        continue;
    if (at == begin)
        return (duet__shown_url){.before = url};
    at--; /* the last '@' of the authority */
    colon = begin +
            duet__text_find(duet__text_of(url.bytes + begin, at - begin), ':');
    if (colon == at)
        return (duet__shown_url){.before = url};
    return (duet__shown_url){.before = duet__text_of(url.bytes, colon + 1),
                             .after = duet__text_skip(url, at)};
}

const char *duet__shown_url_write(const char *url, char *shown)
{
    duet__shown_url parts = duet__shown_url_of(duet__text_from(url));

    snprintf(shown, DUET__SHOWN_URL_BYTES, "%.*s%s%.*s",
             DUET__TEXT_ARGUMENTS(parts.before),
             parts.after.bytes != NULL ? DUET__SHOWN_PASSWORD : "",
             DUET__TEXT_ARGUMENTS(parts.after));
    return shown;
}
