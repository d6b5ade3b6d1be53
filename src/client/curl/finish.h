/* SPDX-License-Identifier: MIT */
/* finish.h - how transfers end. */
#ifndef DUET_CLIENT_CURL_FINISH_H
#define DUET_CLIENT_CURL_FINISH_H

#include "client/curl/state.h"

/* Takes the transfer away from libcurl; its list and state stay. */
void duet__transfer_take_out(duet__transfer *transfer);

/* Tells the hop and its task that libcurl has no more to do with it. */
void duet__transfer_tell_end(duet__transfer *transfer);

/* Hands the transfer to its task. */
void duet__transfer_finish(duet__transfer *transfer, CURLcode result);

/* Finishes the transfers that libcurl is done with. */
void duet__curl_drain(duet__curl_driver *driver);

/* Finishes the transfers that cannot go on. */
void duet__curl_end_broken(duet__curl_driver *driver);

/* The task gives the transfer up, which is no longer to be used. If libcurl has
 * it, the driver takes it away later in this turn. What is left of a body that
 * goes into a ring is dropped, if it is little and there already: then the
 * connection is kept. */
void duet__transfer_abandon(duet__transfer *transfer);

/* The same, as a failure: returns `code` with detail, in the phase in which the
 * transfer is. */
int duet__transfer_give_up(duet__transfer *transfer, int code,
                           const char *what);

#endif
