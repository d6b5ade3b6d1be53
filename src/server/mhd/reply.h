/* SPDX-License-Identifier: MIT */
/* reply.h - a filled reply handed to libmicrohttpd.
 *
 * Small replies that come again and again, a health check's "ok", share one
 * response object: making and freeing one costs about as much as all else that
 * duet adds to a request. */
#ifndef DUET_SERVER_MHD_REPLY_H
#define DUET_SERVER_MHD_REPLY_H

#include <microhttpd.h>

#include "server/request/request.h"

/* Queues request->reply, from inside the access handler. Returns what that has
 * to return. */
enum MHD_Result duet__mhd_queue_reply(duet_request *request);

#endif
