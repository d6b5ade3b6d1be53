/* SPDX-License-Identifier: MIT */
/* url.c - immutable URLs.
 *
 * Owns one piece of memory for each URL, in which all its texts follow each
 * other, each with its NUL; the target of a URL without a query is its path. */
#include "http/url/url.h"

#include <stdlib.h>

#include "base/byte_class.h"
#include "base/error.h"
#include "base/life.h"
#include "http/url/percent.h"

enum piece {
    SCHEME,
    USER_INFO,
    HOST,
    AUTHORITY,
    ORIGIN,
    PATH,
    QUERY,
    FRAGMENT,
    TARGET,
    WHOLE,
    PIECE_COUNT
};

#define MISSING SIZE_MAX

DUET__LIVES("URL")

struct duet_url {
    DUET__LIFE
    size_t offsets[PIECE_COUNT]; /* in the bytes; MISSING: not there */
    uint16_t port;
    bool port_is_explicit;
    char bytes[];
};

/* Writes a URL's pieces one after the other into memory that has room. */
typedef struct writing {
    duet_url *url;
    char *end; /* of what is written */
} writing;

static void put(writing *writing, duet__text text)
{
    if (text.length > 0)
        memcpy(writing->end, text.bytes, text.length);
    writing->end += text.length;
}

/* Writes a part, and escapes the bytes that are not allowed in it. */
static void put_part(writing *writing, duet__text part)
{
    writing->end = duet__percent_write(writing->end, part, DUET__BYTE_URL);
}

/* Starts a piece. */
static void begin(writing *writing, enum piece piece)
{
    writing->url->offsets[piece] = (size_t)(writing->end - writing->url->bytes);
}

/* Ends it; returns it. */
static duet__text end(writing *writing, enum piece piece)
{
    const char *bytes = writing->url->bytes + writing->url->offsets[piece];

    *writing->end++ = '\0';
    return duet__text_of(bytes, (size_t)(writing->end - 1 - bytes));
}

static void put_port(writing *writing, unsigned port)
{
    char text[6];
    char *digit = text + sizeof text;

    for (; port > 0; port /= 10)
        *--digit = (char)('0' + port % 10);
    *--digit = ':';
    put(writing, duet__text_of(digit, (size_t)(text + sizeof text - digit)));
}

/* Scheme, host, authority and origin; returns the authority. */
static duet__text write_origin(writing *writing,
                               const duet__url_reading *reading)
{
    duet__text host = duet__text_from(reading->host);
    bool is_ipv6 = memchr(host.bytes, ':', host.length) != NULL;
    duet__text scheme;
    duet__text authority;

    begin(writing, SCHEME);
    put(writing, reading->is_https ? DUET__TEXT("https") : DUET__TEXT("http"));
    scheme = end(writing, SCHEME);
    begin(writing, HOST);
    put(writing, host);
    end(writing, HOST);
    begin(writing, AUTHORITY);
    put(writing, duet__text_of("[", is_ipv6));
    put(writing, host);
    put(writing, duet__text_of("]", is_ipv6));
    if (reading->port != (reading->is_https ? 443 : 80))
        put_port(writing, reading->port);
    authority = end(writing, AUTHORITY);
    begin(writing, ORIGIN);
    put(writing, scheme);
    put(writing, DUET__TEXT("://"));
    put(writing, authority);
    end(writing, ORIGIN);
    return authority;
}

/* Path, query and target; returns the target. */
static duet__text write_target(writing *writing,
                               const duet__url_reading *reading)
{
    duet__text query = reading->parts.query;
    duet__text path;

    begin(writing, PATH);
    put_part(writing, reading->parts.path);
    path = end(writing, PATH);
    if (query.bytes == NULL) {
        writing->url->offsets[TARGET] = writing->url->offsets[PATH];
        return path;
    }
    begin(writing, QUERY);
    put_part(writing, query);
    query = end(writing, QUERY);
    begin(writing, TARGET);
    put(writing, path);
    put(writing, DUET__TEXT("?"));
    put(writing, query);
    return end(writing, TARGET);
}

static void write_all(writing *writing, const duet__url_reading *reading)
{
    duet__text authority = write_origin(writing, reading);
    duet__text target = write_target(writing, reading);
    duet__text user_info = {0};
    duet__text fragment = {0};

    if (reading->user_info.bytes != NULL) {
        begin(writing, USER_INFO);
        put_part(writing, reading->user_info);
        user_info = end(writing, USER_INFO);
    }
    if (reading->parts.fragment.bytes != NULL) {
        begin(writing, FRAGMENT);
        put_part(writing, reading->parts.fragment);
        fragment = end(writing, FRAGMENT);
    }
    begin(writing, WHOLE);
    put(writing,
        reading->is_https ? DUET__TEXT("https://") : DUET__TEXT("http://"));
    put(writing, user_info);
    put(writing, duet__text_of("@", user_info.bytes != NULL));
    put(writing, authority);
    put(writing, target);
    put(writing, duet__text_of("#", fragment.bytes != NULL));
    put(writing, fragment);
    end(writing, WHOLE);
}

static size_t part_length(duet__text part)
{
    return duet__percent_length(part, DUET__BYTE_URL);
}

/* The most bytes that all pieces need: the host is in four of them, path and
 * query are in three, user info and fragment in two. */
static size_t measure(const duet__url_reading *reading)
{
    const duet__url_parts *parts = &reading->parts;

    return 64 + 4 * strlen(reading->host) +
           3 * (part_length(parts->path) + part_length(parts->query)) +
           2 * (part_length(parts->fragment) + part_length(reading->user_info));
}

int duet__url_new(const duet__url_reading *reading, duet_url **url)
{
    duet_url *made = malloc(sizeof *made + measure(reading));
    writing writing = {.url = made};

    if (made == NULL)
        return DUET_ENOMEM;
    DUET__LIFE_BEGINS(made);
    made->port = reading->port;
    made->port_is_explicit = reading->port_is_explicit;
    made->offsets[USER_INFO] = MISSING;
    made->offsets[QUERY] = MISSING;
    made->offsets[FRAGMENT] = MISSING;
    writing.end = made->bytes;
    write_all(&writing, reading);
    *url = made;
    return 0;
}

void duet_url_free(duet_url *url)
{
    if (url == NULL)
        return;
    DUET__LIFE_ENDS(url);
    free(url);
}

static const char *text_of(const duet_url *url, enum piece piece)
{
    return url->offsets[piece] != MISSING ? url->bytes + url->offsets[piece]
                                          : NULL;
}

const char *duet_url_text(const duet_url *url)
{
    return text_of(url, WHOLE);
}

const char *duet_url_scheme(const duet_url *url)
{
    return text_of(url, SCHEME);
}

const char *duet_url_user_info(const duet_url *url)
{
    return text_of(url, USER_INFO);
}

const char *duet_url_host(const duet_url *url)
{
    return text_of(url, HOST);
}

uint16_t duet_url_port(const duet_url *url)
{
    return url->port;
}

bool duet_url_port_is_explicit(const duet_url *url)
{
    return url->port_is_explicit;
}

const char *duet_url_authority(const duet_url *url)
{
    return text_of(url, AUTHORITY);
}

const char *duet_url_origin(const duet_url *url)
{
    return text_of(url, ORIGIN);
}

const char *duet_url_path(const duet_url *url)
{
    return text_of(url, PATH);
}

const char *duet_url_query(const duet_url *url)
{
    return text_of(url, QUERY);
}

const char *duet_url_fragment(const duet_url *url)
{
    return text_of(url, FRAGMENT);
}

const char *duet_url_target(const duet_url *url)
{
    return text_of(url, TARGET);
}

bool duet_url_same_origin(const duet_url *a, const duet_url *b)
{
    return strcmp(duet_url_origin(a), duet_url_origin(b)) == 0;
}
