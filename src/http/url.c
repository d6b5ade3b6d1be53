/* SPDX-License-Identifier: MIT */
/* url.c - checked, normalised, immutable URLs.
 *
 * Owns one piece of memory for each URL, in which all its texts follow each
 * other, each with its NUL; the target of a URL without a query is its path. */
#include "http/url.h"

#include <stdlib.h>

#include "base/error.h"
#include "http/host.h"

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

struct duet_url {
    size_t offsets[PIECE_COUNT]; /* in the bytes; MISSING: not there */
    uint16_t port;
    bool port_is_explicit;
    char bytes[];
};

/* What a URL is made of while it is being read. */
typedef struct reading {
    duet__url_parts parts; /* the resolved ones, as written */
    duet__text user_info;  /* NULL bytes if there is none */
    char host[DUET__HOST_BYTES];
    uint16_t port;
    bool port_is_explicit;
    bool is_https;
} reading;

/* Bytes that stay as they are in user info, path, query and fragment. What
 * separates the parts is not among the bytes that are asked for; '%' is either
 * an escape already or no business of ours. */
static bool is_kept(unsigned char byte)
{
    /* A bit each: 0x21 to 0x7e without "<>\\^`{|} */
    static const uint64_t bits[4] = {0xaffffffa00000000, 0x47fffffeafffffff};

    return bits[byte / 64] >> byte % 64 & 1;
}

static int check_text(duet__text text)
{
    if (text.length > DUET_URL_BYTES_MAX)
        return duet__fail(DUET_ETOOLARGE, "URL has %zu bytes, more than %d",
                          text.length, DUET_URL_BYTES_MAX);
    for (size_t i = 0; i < text.length; i++) {
        unsigned char byte = (unsigned char)text.bytes[i];

        if (byte < 0x20 || byte == 0x7f)
            return duet__fail(
                DUET_EURL,
                "byte %zu of the URL is the control character 0x%02x", i + 1,
                byte);
    }
    return 0;
}

static int read_scheme(reading *reading)
{
    duet__text scheme = reading->parts.scheme;

    if (scheme.bytes == NULL)
        return duet__fail(DUET_EURL,
                          "URL has no scheme; write http:// or https:// "
                          "before it");
    reading->is_https =
        duet__text_equal_ignoring_case(scheme, DUET__TEXT("https"));
    if (!reading->is_https &&
        !duet__text_equal_ignoring_case(scheme, DUET__TEXT("http")))
        return duet__fail(DUET_ESCHEME,
                          "URL scheme \"%.*s\" is neither http nor https",
                          DUET__TEXT_ARGUMENTS(scheme));
    return 0;
}

static int read_port(reading *reading, duet__text port)
{
    reading->port = reading->is_https ? 443 : 80;
    reading->port_is_explicit = port.length > 0;
    if (port.length > 0 && !duet__port_read(port, &reading->port))
        return duet__fail(DUET_EURL,
                          "URL port \"%.*s\" is not a number from 1 to 65535",
                          DUET__TEXT_ARGUMENTS(port));
    return 0;
}

/* authority = [ userinfo "@" ] host [ ":" port ], RFC 3986 3.2 */
static int read_authority(reading *reading)
{
    duet__text rest = reading->parts.authority;
    size_t at = duet__text_find(rest, '@');
    duet__text host;
    duet__text port;
    const char *flaw;

    if (rest.bytes == NULL)
        return duet__fail(DUET_EURL,
                          "URL has no host; \"//\" must follow the scheme");
    reading->user_info = duet__text_of(NULL, 0);
    if (at < rest.length) {
        reading->user_info = duet__text_of(rest.bytes, at);
        rest = duet__text_skip(rest, at + 1);
    }
    if (duet__text_find(rest, '@') < rest.length)
        return duet__fail(DUET_EURL, "URL has more than one '@' before the "
                                     "path; write %%40 in the user info");
    if (!duet__host_split(rest, &host, &port))
        return duet__fail(DUET_EURL,
                          "URL host \"%.*s\" has a '[' without ']' "
                          "or more behind it than a port",
                          DUET__TEXT_ARGUMENTS(rest));
    flaw = duet__host_name_read(host, reading->host);
    if (flaw != NULL)
        return duet__fail(DUET_EURL, "URL host \"%.*s\" %s",
                          DUET__TEXT_ARGUMENTS(host), flaw);
    return read_port(reading, port);
}

/* Bytes of `text` once it is escaped. */
static size_t escaped_length(duet__text text)
{
    size_t length = text.length;

    for (size_t i = 0; i < text.length; i++)
        if (!is_kept((unsigned char)text.bytes[i]))
            length += 2;
    return length;
}

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

static void put_escaped(writing *writing, duet__text text)
{
    static const char digits[] = "0123456789ABCDEF";

    for (size_t i = 0; i < text.length; i++) {
        unsigned char byte = (unsigned char)text.bytes[i];

        if (is_kept(byte)) {
            *writing->end++ = (char)byte;
        } else {
            *writing->end++ = '%';
            *writing->end++ = digits[byte >> 4];
            *writing->end++ = digits[byte & 15];
        }
    }
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
static duet__text write_origin(writing *writing, const reading *reading)
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
static duet__text write_target(writing *writing, const reading *reading)
{
    duet__text query = reading->parts.query;
    duet__text path;

    begin(writing, PATH);
    put_escaped(writing, reading->parts.path);
    path = end(writing, PATH);
    if (query.bytes == NULL) {
        writing->url->offsets[TARGET] = writing->url->offsets[PATH];
        return path;
    }
    begin(writing, QUERY);
    put_escaped(writing, query);
    query = end(writing, QUERY);
    begin(writing, TARGET);
    put(writing, path);
    put(writing, DUET__TEXT("?"));
    put(writing, query);
    return end(writing, TARGET);
}

static void write_all(writing *writing, const reading *reading)
{
    duet__text authority = write_origin(writing, reading);
    duet__text target = write_target(writing, reading);
    duet__text user_info = {0};
    duet__text fragment = {0};

    if (reading->user_info.bytes != NULL) {
        begin(writing, USER_INFO);
        put_escaped(writing, reading->user_info);
        user_info = end(writing, USER_INFO);
    }
    if (reading->parts.fragment.bytes != NULL) {
        begin(writing, FRAGMENT);
        put_escaped(writing, reading->parts.fragment);
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

/* Bytes that all pieces take at most: the host is in four of them, path and
 * query are in three, user info and fragment in two. */
static size_t measure(const reading *reading)
{
    const duet__url_parts *parts = &reading->parts;

    return 64 + 4 * strlen(reading->host) +
           3 * (escaped_length(parts->path) + escaped_length(parts->query)) +
           2 * (escaped_length(parts->fragment) +
                escaped_length(reading->user_info));
}

static int make(const reading *reading, duet_url **url)
{
    duet_url *made = malloc(sizeof *made + measure(reading));
    writing writing = {.url = made};

    if (made == NULL)
        return DUET_ENOMEM;
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

/* Takes "." and ".." out of the path, in `room`, if there may be any. */
static int normalise(duet__text *path, duet__buffer *room)
{
    int status;

    if (path->length > 0 && path->bytes[0] == '/' &&
        memmem(path->bytes, path->length, "/.", 2) == NULL)
        return 0;
    status = duet__url_append_path(room, *path);
    *path = duet__buffer_text(room);
    return status;
}

/* Reads and makes the URL of `parts`. */
static int finish(duet__url_parts parts, duet_url **url)
{
    reading reading;
    duet__buffer room;
    int status;

    reading.parts = parts; /* the rest is set by reading */
    status = read_scheme(&reading);
    duet__buffer_init(&room, SIZE_MAX);
    if (status == 0)
        status = read_authority(&reading);
    if (status == 0)
        status = normalise(&reading.parts.path, &room);
    if (status == 0)
        status = make(&reading, url);
    duet__buffer_free(&room);
    return status;
}

int duet_url_parse(const char *text, duet_url **url)
{
    duet__text trimmed = duet__text_trim(duet__text_from(text));
    int status = check_text(trimmed);

    *url = NULL;
    return status != 0 ? status : finish(duet__url_split(trimmed), url);
}

/* The path of `base` up to its last '/', and `path` (RFC 3986 5.2.3). */
static int merge(duet__buffer *joined, duet__text base, duet__text path)
{
    int status;

    while (base.bytes[base.length - 1] != '/')
        base.length--;
    status = duet__buffer_append_text(joined, base);
    return status != 0 ? status : duet__buffer_append_text(joined, path);
}

/* Fills what `parts` lacks from `base` (RFC 3986 5.2.2). */
static int fill(duet__url_parts *parts, const duet__url_parts *base,
                duet__buffer *joined)
{
    int status = 0;

    if (parts->scheme.bytes != NULL)
        return 0;
    parts->scheme = base->scheme;
    if (parts->authority.bytes != NULL)
        return 0;
    parts->authority = base->authority;
    if (parts->path.length == 0) {
        parts->path = base->path;
        if (parts->query.bytes == NULL)
            parts->query = base->query;
    } else if (parts->path.bytes[0] != '/') {
        status = merge(joined, base->path, parts->path);
        parts->path = duet__buffer_text(joined);
    }
    return status;
}

int duet_url_resolve(const duet_url *base, const char *text, duet_url **url)
{
    duet__url_parts base_parts =
        duet__url_split(duet__text_from(duet_url_text(base)));
    duet__text trimmed = duet__text_trim(duet__text_from(text));
    duet__url_parts parts = duet__url_split(trimmed);
    duet__buffer joined;
    int status = check_text(trimmed);

    *url = NULL;
    duet__buffer_init(&joined, SIZE_MAX);
    if (status == 0)
        status = fill(&parts, &base_parts, &joined);
    if (status == 0)
        status = finish(parts, url);
    duet__buffer_free(&joined);
    return status;
}

void duet_url_free(duet_url *url)
{
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
