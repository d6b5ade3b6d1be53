/* SPDX-License-Identifier: MIT */
/* upload.h - uploads that share a connection go on, and let the loop rest. */
#ifndef DUET_CLIENT_CURL_UPLOAD_H
#define DUET_CLIENT_CURL_UPLOAD_H

#include "client/curl/state.h"

/* The request of a transfer is sent on `one`, which counts it in `users`. */
void duet__curl_upload_begins(duet__transfer *transfer, duet__curl_socket *one);

/* The transfer has left `one`, which may be NULL: it was closed. */
void duet__curl_upload_ends(duet__transfer *transfer, duet__curl_socket *one);

/* There is more of its body to send. */
void duet__curl_upload_has_more(duet__transfer *transfer);

/* The connection is closed. */
void duet__curl_upload_closed(duet__curl_driver *driver,
                              duet__curl_socket *one);

/* libcurl waits for these EPOLL events, and so does the loop. */
void duet__curl_upload_wanted(duet__curl_socket *one, uint32_t events);

/* libcurl has acted on these EPOLL events of a descriptor. */
void duet__curl_upload_acted(duet__curl_driver *driver, int descriptor,
                             uint32_t events);

/* The same, on any descriptors, as it was time. */
void duet__curl_upload_acted_in_time(duet__curl_driver *driver);

#endif
