/* SPDX-License-Identifier: MIT */
/* socket.h - libcurl's descriptors and its timer in the loop. */
#ifndef DUET_CLIENT_CURL_SOCKET_H
#define DUET_CLIENT_CURL_SOCKET_H

#include "client/curl/state.h"

/* Installs libcurl's callbacks for descriptors and its timer in the multi
 * handle. */
void duet__curl_socket_install(duet__curl_driver *driver);

/* The same in the transfer's easy handle. */
void duet__curl_socket_install_easy(duet__transfer *transfer);

/* Has libcurl act on a descriptor, or on its timer (CURL_SOCKET_TIMEOUT). If it
 * has no memory, the transfers that cannot go on are broken. */
void duet__curl_act(duet__curl_driver *driver, curl_socket_t descriptor,
                    int what);

#endif
