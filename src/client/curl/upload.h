/* SPDX-License-Identifier: MIT */
/* upload.h - has libcurl look again at uploads that it may have forgotten. */
#ifndef DUET_CLIENT_CURL_UPLOAD_H
#define DUET_CLIENT_CURL_UPLOAD_H

#include "client/curl/state.h"

/* The request of a transfer is sent on `one`, which counts it in `users`. */
void duet__curl_upload_begins(duet__transfer *transfer, duet__curl_socket *one);

/* The transfer has left `one`, which may be NULL: it was closed. */
void duet__curl_upload_ends(duet__transfer *transfer, duet__curl_socket *one);

/* The connection is closed. */
void duet__curl_upload_closed(duet__curl_driver *driver,
                              duet__curl_socket *one);

/* libcurl has acted on a descriptor, or, -1, on any of them. */
void duet__curl_upload_wake(duet__curl_driver *driver, int descriptor);

#endif
