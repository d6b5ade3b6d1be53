/* SPDX-License-Identifier: MIT */
/* stream.h - a hop whose body is read as it comes. */
#ifndef DUET_CLIENT_CURL_STREAM_H
#define DUET_CLIENT_CURL_STREAM_H

#include "client/curl/driver.h"
#include "client/hop/hop.h"

/* Waits until there are bytes in the ring of the hop, which has a transfer.
 *
 * Returns 0, or
 *   DUET_EEMPTY     the body is whole; the hop has no transfer any more
 *   DUET_ETIMEDOUT  the deadline passed, and the hop still has its transfer; or
 *                   the peer was silent for too long, and it has none
 *   DUET_ECANCELED  the task was cancelled; it still has its transfer
 *   or how the transfer failed, with detail and phase; it has none any more */
DUET_MUST_USE int duet__curl_read(duet__hop *hop, duet_deadline deadline);

/* Bytes were taken out of the ring: goes on if it was full. */
void duet__curl_read_on(duet__hop *hop);

/* There is another piece of the body, or no more will come: goes on if it was
 * waited for. */
void duet__curl_send_on(duet__hop_body *outgoing);

/* Gives the hop up; does nothing if it has no transfer. */
void duet__curl_leave(duet__hop *hop);

/* Takes away from libcurl the transfers that their tasks have given up. */
void duet__curl_take_leaving(duet__curl_driver *driver);

/* Goes on with the transfers whose rings have room again. */
void duet__curl_take_resuming(duet__curl_driver *driver);

#endif
