/* SPDX-License-Identifier: MIT */
/* finish.h - how transfers end. */
#ifndef DUET_CLIENT_CURL_FINISH_H
#define DUET_CLIENT_CURL_FINISH_H

#include "client/curl/state.h"

/* Takes the transfer away from libcurl; its list and state stay. */
void duet__transfer_take_out(duet__transfer *transfer);

/* Hands the transfer to its task. */
void duet__transfer_finish(duet__transfer *transfer, CURLcode result);

/* Finishes the transfers that libcurl is done with. */
void duet__curl_drain(duet__curl_driver *driver);

/* Finishes the transfers that cannot go on. */
void duet__curl_end_broken(duet__curl_driver *driver);

/* Takes away from libcurl the transfers that their tasks have given up. */
void duet__curl_take_leaving(duet__curl_driver *driver);

#endif
