/* SPDX-License-Identifier: MIT */
/* status.h - the status codes of HTTP and their phrases. */
#ifndef DUET_STATUS_H
#define DUET_STATUS_H

#include <duet/export.h>

DUET_BEGIN_DECLARATIONS

/* The reason phrase of a status: "Not Found" for 404 (the IANA registry of HTTP
 * status codes; RFC 9110 15).
 *
 *   status  any number
 *
 * Returns a borrowed constant text, never NULL: for a number from 100 to 599
 * that is not registered the name of its class ("Client Error"), for others "".
 * Any thread. */
DUET_API const char *duet_status_reason(int status);

DUET_END_DECLARATIONS

#endif
