/* SPDX-License-Identifier: MIT */
/* accept.h - getting libmicrohttpd to listen again.
 *
 * When no descriptor is left for another connection it stops listening until
 * one of its connections ends, whoever else has freed descriptors by then; if
 * it has none it tries again without a pause. So the connection that has been
 * idle for the longest makes room; without one, it is given a connection that
 * has ended already as soon as there are descriptors again; and if it has none
 * it is left alone for a moment. */
#ifndef DUET_SERVER_MHD_ACCEPT_H
#define DUET_SERVER_MHD_ACCEPT_H

#include <duet/server.h>

/* After each MHD_run: does what is possible if descriptors were lacking. */
void duet__mhd_accept_look(duet_server *server);

/* Before each MHD_run: the moment is over. */
void duet__mhd_accept_resume(duet_server *server);

#endif
