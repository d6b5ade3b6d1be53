/* SPDX-License-Identifier: MIT */
/* url.h - parses http and https URLs.
 *
 *     https://user:pw@example.org:8443/a/b?x=1#part
 *     scheme  user info  host     port path query fragment
 *
 * A duet_url is made from the text that a person typed or a server sent, and
 * never changes. It is an absolute http or https URL by RFC 3986 and RFC 9110
 * 4.2. Escapes stay as they are, byte for byte, so that signed URLs keep their
 * signature; only bytes that are not allowed in a URL are escaped: spaces,
 * bytes above 127 and any of "<>\^`{|}. As in browsers, '[', ']' and a stray
 * '%' stay as they are.
 *
 * Other changes: spaces around the text are dropped; scheme and host become
 * lower-case; a host with letters outside ASCII gets its "xn--" form (UTS 46,
 * non-transitional, as in browsers); an IPv6 address gets its shortest form; a
 * default port is left out; an empty path becomes "/"; "." and ".." segments
 * are removed (RFC 3986 5.2.4), written as "%2e" they stay.
 *
 * All texts a URL returns are NUL-terminated and borrowed until it is freed.
 */
#ifndef DUET_URL_H
#define DUET_URL_H

#include <stdbool.h>
#include <stdint.h>

#include <duet/export.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_url duet_url;

/* The longest text that is accepted as a URL, in bytes. */
#define DUET_URL_BYTES_MAX 65536

/* Parses an absolute URL.
 *
 *   text  borrowed until return; NUL-terminated
 *   url   returned-owned (duet_url_free), NULL on failure
 *
 * Returns 0, or, with a detail that says what is wrong and where, DUET_EURL
 *   there is no scheme or no host; a control character; a host
 *                   with other ASCII than letters, digits, '-', '.', '_', or
 *                   that has no "xn--" form; a number for a host that is not
 *                   four decimal parts ("127.1", "0x7f.0.0.1"); a bad IPv6
 *                   address or one with a zone; a port outside 1 to 65535
 *   DUET_ESCHEME    the scheme is neither http nor https
 *   DUET_ETOOLARGE  longer than DUET_URL_BYTES_MAX
 *   DUET_ENOMEM     out of memory */
DUET_API DUET_MUST_USE int duet_url_parse(const char *text, duet_url **url);

/* Resolves a reference relative to `base`, such as a redirect's Location or a
 * link of a page (RFC 3986 5.2.2, strict: "http:g" is not relative).
 *
 *   base  borrowed until return
 *   text  borrowed until return; NUL-terminated; "" means `base` without its
 *         fragment
 *   url   returned-owned (duet_url_free), NULL on failure
 *
 * Returns 0 or an error of duet_url_parse(). */
DUET_API DUET_MUST_USE int duet_url_resolve(const duet_url *base,
                                            const char *text, duet_url **url);

/* Frees the URL and all its texts; NULL does nothing. */
DUET_API void duet_url_free(duet_url *url);

/* The whole URL, including fragment and user info. */
DUET_API const char *duet_url_text(const duet_url *url);

/* "http" or "https". */
DUET_API const char *duet_url_scheme(const duet_url *url);

/* The user info before the '@', not decoded ("user:pass%20word"); NULL if there
 * is none. */
DUET_API const char *duet_url_user_info(const duet_url *url);

/* The host without brackets: "example.org", "192.0.2.1", "::1". */
DUET_API const char *duet_url_host(const duet_url *url);

/* The port: the one in the URL, or 80 for http and 443 for https. */
DUET_API uint16_t duet_url_port(const duet_url *url);

/* Did the URL have a port, even the default one? */
DUET_API bool duet_url_port_is_explicit(const duet_url *url);

/* Host, in brackets if it is an IPv6 address, and port unless it is the
 * default: the value of the Host field (RFC 9110 7.2). */
DUET_API const char *duet_url_authority(const duet_url *url);

/* Scheme and authority, "https://example.org:8443": equal texts are equal
 * origins. */
DUET_API const char *duet_url_origin(const duet_url *url);

/* The path, not decoded; it starts with '/'. */
DUET_API const char *duet_url_path(const duet_url *url);

/* The query, not decoded, without its '?'; NULL if there is no '?'. */
DUET_API const char *duet_url_query(const duet_url *url);

/* The fragment, not decoded, without its '#'; NULL if there is no '#'. */
DUET_API const char *duet_url_fragment(const duet_url *url);

/* Path and query, "/a/b?x=1": the target in a request line (RFC 9112 3.2.1). */
DUET_API const char *duet_url_target(const duet_url *url);

/* Have both the same scheme, host and port (RFC 9110 4.3.1)? */
DUET_API bool duet_url_same_origin(const duet_url *a, const duet_url *b);

DUET_END_DECLARATIONS

#endif
