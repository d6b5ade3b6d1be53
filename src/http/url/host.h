/* SPDX-License-Identifier: MIT */
/* host.h - reads "host:port", as in URLs and in the Host field. */
#ifndef DUET_HTTP_URL_HOST_H
#define DUET_HTTP_URL_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* Room for any host that duet__host_name_read() accepts, with its NUL. */
enum { DUET__HOST_BYTES = 256 };

/* Splits `text` into host and port.
 *
 *   host  set; an IPv6 address keeps its brackets
 *   port  set to the text after the ':'; its bytes are NULL if there is no ':'
 *
 * Returns true; false if '[' is not closed or ']' is followed by anything other
 * than ':'. Nothing else is checked. */
bool duet__host_split(duet__text text, duet__text *host, duet__text *port);

/* Is `text` a valid value of the Host field: uri-host [ ":" port ] with a host
 * that is not empty (RFC 9110 7.2, RFC 3986 3.2.2; 9110 4.2.1 forbids an empty
 * one for http)?
 *
 * Accepted: "a", "a:80", "a:", "1.2.3.4:5", "[::1]:80", "a%20b", "a_b".
 * Refused: "", ":80", "a:b", "a:65536", "a b", "a/b", "a,b c", "u@a", "::1",
 * "[::1", "[::1]x", "[fe80::1%eth0]", "a%zz". */
bool duet__host_field_is_valid(duet__text text);

/* Reads a port from 1 to 65535 in decimal digits. */
bool duet__port_read(duet__text text, uint16_t *port);

/* Reads the host of a URL as one to connect to.
 *
 *   text  as written; IPv6 in brackets
 *   host  room for DUET__HOST_BYTES; set to the host in lower case, a name with
 *         letters outside ASCII in its "xn--" form, an IPv6 address without
 *         brackets in its shortest form
 *
 * Returns NULL, or a constant sentence that says what is wrong with it. */
const char *duet__host_name_read(duet__text text, char *host);

/* Is a host that duet__host_name_read() has written an address? That function
 * accepts no name with a last label of digits or with a colon. */
bool duet__host_name_is_address(duet__text host);

#endif
