/* SPDX-License-Identifier: MIT */
/* receive.h - between libmicrohttpd and the socket: what it receives is
 * checked first (http/stream_check.h).
 *
 * It offers no such place, and once it has read bytes nobody can see any more
 * how its lines and chunks were framed. So its reference to recv() is pointed
 * to ours when the first server starts (mhd/reference.h). No system call is
 * added.
 *
 * Where that cannot be done, because it is linked statically, connections are
 * not checked, and one is closed behind a chunked request. */
#ifndef DUET_SERVER_MHD_RECEIVE_H
#define DUET_SERVER_MHD_RECEIVE_H

#include "server/request/server_state.h"

/* Puts ours in place, once in a process. */
void duet__mhd_receive_install(void);

/* From here to the end what this thread receives is for `server`. */
void duet__mhd_receive_begin(duet_server *server);
void duet__mhd_receive_end(void);

/* The server that libmicrohttpd runs for in this thread; NULL if it does not.
 */
duet_server *duet__mhd_receiver(void);

/* Refuses the requests that were found flawed, as far as what came before them
 * on their connections was answered; outside of MHD_run. */
void duet__mhd_receive_refuse(duet_server *server);

/* Refuses the request that is being read, whose head has not ended: what is
 * known of its first line is told to whoever wants to know. */
void duet__mhd_refuse(duet__connection *connection, int status,
                      const char *reason);

#endif
