/* SPDX-License-Identifier: MIT */
/* connect.h - connects to a host by TCP; see connection.h.
 *
 * Threads: for the loop's own thread.
 */
#ifndef DUET_CONNECT_H
#define DUET_CONNECT_H

#include <stdint.h>

#include <duet/connection.h>
#include <duet/export.h>
#include <duet/time.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_connect_options {
    /* Time until the name is resolved. Default 10,000 ms; DUET_NO_LIMIT. */
    int64_t resolve_ms;
    /* Time for each address to answer. The next address is tried 250 ms after
     * the one before, or when that has failed (RFC 8305). Default 10,000 ms;
     * DUET_NO_LIMIT. */
    int64_t connect_ms;
    /* Name servers to ask, "192.0.2.1,[2001:db8::1]:53", copied. Default: those
     * of the system. */
    const char *dns_servers;
    /* Addresses that need no lookup, as in duet_session_options. An array that
     * ends with NULL; borrowed until return. Default: none. */
    const char *const *resolve;
} duet_connect_options;

/* Connects to a host by TCP: resolves the name on the loop, and tries its
 * addresses as RFC 8305 says.
 *
 *   host            a name in any script, or an address, IPv6 with or without
 *                   brackets; borrowed until return
 *   port            1 to 65535
 *   options         borrowed until return; NULL for all defaults
 *   out_connection  returned-owned (duet_connection_close()); NULL on failure
 *
 * Returns 0, or, with a detail that says which phase and which host,
 *   DUET_ERESOLVE      there is no such name, or no answer
 *   DUET_ECONNECT      no address accepted; the detail has the last reason
 *   DUET_ECONNREFUSED  the only address refused
 *   DUET_ETIMEDOUT     the deadline or a limit passed
 *   DUET_ECANCELED     the task was cancelled
 *   DUET_EURL          `host` is no host name
 *   DUET_EINVAL        the port is 0, or an option is out of range
 *   DUET_ENOMEM        no memory
 *   DUET_ENOLOOP       the caller is not a task
 *   or another code of socket(2), such as DUET_EMFILE
 * Source: asyncio.open_connection(). */
DUET_API DUET_MUST_USE int duet_connect(const char *host, uint16_t port,
                                        const duet_connect_options *options,
                                        duet_connection **out_connection,
                                        duet_deadline deadline);

DUET_END_DECLARATIONS

#endif
