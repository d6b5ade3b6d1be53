/* SPDX-License-Identifier: MIT */
/* request_cancel.h - what cancels a running handler. */
#ifndef DUET_SERVER_REQUEST_REQUEST_CANCEL_H
#define DUET_SERVER_REQUEST_REQUEST_CANCEL_H

#include "server/request/request.h"

/* The client has hung up on a running handler. */
void duet__request_peer_gone(duet_request *request);

/* The handler's deadline has passed. */
void duet__request_timed_out(duet_request *request);

/* Does the request's handler go on when its client sends no more
 * (duet_half_close)? */
bool duet__request_survives_half_close(const duet_request *request);

#endif
