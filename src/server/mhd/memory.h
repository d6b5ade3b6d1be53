/* SPDX-License-Identifier: MIT */
/* memory.h - what is left of a connection's memory.
 *
 * libmicrohttpd keeps the head of the request, what it made of it, and the head
 * of the reply in one block of connection_memory_bytes. If the last does not
 * fit any more it closes the connection without a word, so we have to know
 * before. What it takes is estimated from above. */
#ifndef DUET_SERVER_MHD_MEMORY_H
#define DUET_SERVER_MHD_MEMORY_H

#include "server/request/request.h"

/* The least that is left for a request to be answered at all. */
enum { DUET__REPLY_HEAD_MIN = 320 };

/* Bytes that are left for the head of the reply. */
size_t duet__mhd_reply_head_max(const duet_request *request);

#endif
