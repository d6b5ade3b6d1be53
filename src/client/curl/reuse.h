/* SPDX-License-Identifier: MIT */
/* reuse.h - which connection may carry a request, and how often one is
 * sent. */
#ifndef DUET_CLIENT_CURL_REUSE_H
#define DUET_CLIENT_CURL_REUSE_H

#include "client/curl/state.h"

/* Sets libcurl's callbacks for this in a handle that was reset. */
void duet__curl_reuse_install(duet__transfer *transfer);

/* Sets the handle for a request, or for the second time of one. */
void duet__curl_reuse_prepare(duet__transfer *transfer);

/* libcurl wants a new connection. Returns false if the request may not be sent
 * (again): then the transfer is to end. */
bool duet__curl_may_repeat(duet__transfer *transfer);

/* The transfer has ended with `result`: is it to begin again? */
bool duet__curl_is_to_repeat(duet__transfer *transfer, CURLcode result);

/* The first line that comes on a kept connection. Returns false if it is not an
 * answer to the request: then the transfer is to end. */
bool duet__curl_proves_itself(duet__transfer *transfer, duet__text line);

/* The response's head is complete. */
void duet__curl_head_ended(duet__transfer *transfer, bool is_http2);

/* The transfer uses its connection no longer. */
void duet__curl_unuse(duet__transfer *transfer);

/* Bytes came that libcurl does not wait for: ends the connection, if it should
 * be silent. */
void duet__curl_silence_broken(duet__curl_driver *driver, int descriptor);

/* A descriptor of ours is about to be closed. */
void duet__curl_unplace(duet__curl_driver *driver, int descriptor);

#endif
