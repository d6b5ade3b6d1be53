/* SPDX-License-Identifier: MIT */
/* access_log.h - a line for each request that was answered, or refused. */
#ifndef DUET_SERVER_REQUEST_ACCESS_LOG_H
#define DUET_SERVER_REQUEST_ACCESS_LOG_H

#include "server/request/connection.h"

/* The status of a client that left before the reply's end. */
enum { DUET__STATUS_CLIENT_LEFT = 499 };

/* Writes the line of the request in progress: address, time, request line,
 * status, bytes of the body, and milliseconds from the request line to the end
 * of the reply; "-" for what was not read:
 *
 *     127.0.0.1 2026-01-31T12:00:00Z "GET /a?b HTTP/1.1" 200 5 0.312
 *     127.0.0.1 2026-01-31T12:00:00Z "- - -" 414 17 0.000
 *
 *   status, body_bytes  what was sent */
void duet__access_log_write(const duet__connection *connection, int status,
                            size_t body_bytes);

#endif
