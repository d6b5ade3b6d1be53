/* SPDX-License-Identifier: MIT */
/* half_close.h - clients that close their sending side and may still read.
 *
 * libmicrohttpd reads first when a suspended connection is resumed, finds the
 * end, and closes. So where the handler goes on all the same, its task sends
 * the reply. */
#ifndef DUET_SERVER_HALF_CLOSE_H
#define DUET_SERVER_HALF_CLOSE_H

#include "server/request.h"

/* Returns 0, or DUET_EINVAL with detail. */
int duet__half_close_check(duet_half_close value);

/* Does the request's handler go on? */
bool duet__half_close_answers(const duet_request *request);

/* Sends the filled reply if libmicrohttpd could not; for the handler's task,
 * at its end. Suspends while the client is slow; sets request->is_answered. */
void duet__half_close_reply(duet_request *request);

#endif
