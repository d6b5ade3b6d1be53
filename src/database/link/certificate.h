/* SPDX-License-Identifier: MIT */
/* certificate.h - verifies the identity of a server. */
#ifndef DUET_DATABASE_LINK_CERTIFICATE_H
#define DUET_DATABASE_LINK_CERTIFICATE_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/ssl.h>

/* Verifies the peer's certificate after a handshake: it must be signed by a
 * trusted authority, be valid today, and name `host`.
 *
 *   host      a name or an address
 *   out_flaw  for messages; set if the check fails
 *   room      bytes there
 *
 * Returns true if the certificate passes all checks. Source: RFC 9525, 6. */
bool duet__certificate_check(const SSL *session, const char *host,
                             char *out_flaw, size_t room);

#endif
