/* SPDX-License-Identifier: MIT */
/* room.h - how long the head of a reply may be.
 *
 * libmicrohttpd keeps the head of the request, what it made of it, and the head
 * of the reply in one block of connection_memory_bytes. If the last does not
 * fit any more it closes the connection without a word, so we have to know
 * before. What it takes is estimated from above. */
#ifndef DUET_SERVER_MHD_ROOM_H
#define DUET_SERVER_MHD_ROOM_H

#include "server/request/request.h"

/* The least that is left for a request to be answered at all. */
enum { DUET__ROOM_MIN = 320 };

/* Bytes that are left for the head of the reply. */
size_t duet__mhd_room(const duet_request *request);

/* Bytes that the head of request->reply takes. */
size_t duet__mhd_reply_head_bytes(const duet_request *request);

#endif
