/* SPDX-License-Identifier: MIT */
/* driver.h - libmicrohttpd as a driver of the loop.
 *
 * The daemon runs in external-polling mode: its epoll descriptor sits in the
 * loop's, and MHD_run is called once a turn if that is readable, if
 * libmicrohttpd asked for it, or if connections were resumed. It is called from
 * the loop's stack only, never by a task and never from inside itself:
 * libmicrohttpd does not guard against that. */
#ifndef DUET_SERVER_MHD_DRIVER_H
#define DUET_SERVER_MHD_DRIVER_H

#include <duet/server.h>

/* Starts the daemon on a listening socket, which is taken on success.
 *
 * Returns 0, or DUET_ENOMEM, DUET_EMFILE, ... */
int duet__mhd_start(duet_server *server, int listen_descriptor);

/* Takes no more connections. */
void duet__mhd_quiesce(duet_server *server);

/* Ends the daemon, and the connections that are left; none is suspended. */
void duet__mhd_stop(duet_server *server);

#endif
