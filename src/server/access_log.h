/* SPDX-License-Identifier: MIT */
/* access_log.h - a line for each request that was answered. */
#ifndef DUET_SERVER_ACCESS_LOG_H
#define DUET_SERVER_ACCESS_LOG_H

#include "server/request.h"

/* Writes the line: address, time, request line, status, bytes of the body, and
 * milliseconds from the request line to the end of the reply:
 *
 *     127.0.0.1 2026-01-31T12:00:00Z "GET /a?b HTTP/1.1" 200 5 0.312
 *
 *   is_complete  false: the client left before the end; then status is 499 */
void duet__access_log_write(duet_request *request, bool is_complete);

#endif
