/* SPDX-License-Identifier: MIT */
/* reply_fit.h - a reply whose head is too large for its connection. */
#ifndef DUET_SERVER_REQUEST_REPLY_FIT_H
#define DUET_SERVER_REQUEST_REPLY_FIT_H

#include "server/request/request.h"

/* Replaces a reply whose head is longer than request->reply_head_max by the
 * page of 500, and logs it: libmicrohttpd would close the connection without
 * any reply. To be called before the reply is sent. */
void duet__reply_fit(duet_request *request);

#endif
