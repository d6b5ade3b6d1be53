/* SPDX-License-Identifier: MIT */
/* read.c - parses texts to checked and normalised URLs. Owns nothing. */
#include "base/error.h"
#include "http/head/fields.h"
#include "http/url/url.h"
#include "http/url/parts.h"

static int check_text(duet__text text)
{
    size_t flaw = duet__text_find(text, '\t'); /* which fields may have */

    if (text.length > DUET_URL_BYTES_MAX)
        return duet__fail(DUET_ETOOLARGE, "URL has %zu bytes, more than %d",
                          text.length, DUET_URL_BYTES_MAX);
    flaw = duet__field_value_flaw(duet__text_of(text.bytes, flaw));
    if (flaw < text.length)
        return duet__fail(DUET_EURL,
                          "byte %zu of the URL is the control character 0x%02x",
                          flaw + 1, (unsigned char)text.bytes[flaw]);
    return 0;
}

static int read_scheme(duet__url_reading *reading)
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

static int read_port(duet__url_reading *reading, duet__text port)
{
    reading->port = reading->is_https ? 443 : 80;
    reading->port_is_explicit = port.length > 0;
    if (port.length > 0 && !duet__port_read(port, &reading->port))
        return duet__fail(DUET_EURL, /* it may be part of a password */
                          "URL port is not a number from 1 to 65535");
    return 0;
}

/* authority = [ userinfo "@" ] host [ ":" port ], RFC 3986 3.2 */
static int read_authority(duet__url_reading *reading)
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
    /* Browsers read '\\' as '/': for them the text before "\\@" is a host. */
    if (duet__text_find(rest, '\\') < rest.length)
        return duet__fail(DUET_EURL, "URL has a '\\' before the path; write "
                                     "%%5C in the user info");
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

/* Removes "." and ".." from the path, using `room`, if there may be any. */
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
    duet__url_reading reading;
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
        status = duet__url_new(&reading, url);
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
