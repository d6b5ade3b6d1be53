/* SPDX-License-Identifier: MIT */
/* certificate.h - is the server who it should be? */
#ifndef DUET_DATABASE_LINK_CERTIFICATE_H
#define DUET_DATABASE_LINK_CERTIFICATE_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/ssl.h>

/* Checks what the peer showed in a handshake that has ended: a certificate
 * that a trusted authority signed, that is valid today, and that names `host`.
 *
 *   host      a name or an address
 *   out_flaw  for people; set if it is not so
 *   room      bytes there
 *
 * Returns true if all of it is so. Source: RFC 9525, 6. */
bool duet__certificate_check(const SSL *session, const char *host,
                             char *out_flaw, size_t room);

#endif
