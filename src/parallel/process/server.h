/* SPDX-License-Identifier: MIT */
/* server.h - the process that forks all others. */
#ifndef DUET_PARALLEL_PROCESS_SERVER_H
#define DUET_PARALLEL_PROCESS_SERVER_H

#include "parallel/process/process.h"

/* Makes sure that there is a server, and sets *out_control to the control
 * socket, borrowed. Returns the codes of duet_process_server_start(). */
int duet__process_server(int *out_control);

/* The server of `control` was found dead. */
void duet__process_server_died(int control);

#endif
