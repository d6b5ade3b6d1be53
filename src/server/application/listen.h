/* SPDX-License-Identifier: MIT */
/* listen.h - the socket that a server takes connections from. */
#ifndef DUET_SERVER_APPLICATION_LISTEN_H
#define DUET_SERVER_APPLICATION_LISTEN_H

#include <stddef.h>

#include <duet/server.h>

/* Opens the socket that `options` describe, or takes the inherited one.
 *
 *   out_descriptor  returned-owned
 *
 * Returns 0, or the codes of duet_server_start(). */
int duet__listen_open(const duet_server_options *options, int *out_descriptor);

/* Tells where a socket listens: its port, and "http://127.0.0.1:8080" cut to
 * `url_bytes`. */
void duet__listen_describe(int descriptor, uint16_t *port, char *url,
                           size_t url_bytes);

#endif
