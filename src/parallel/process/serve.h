/* SPDX-License-Identifier: MIT */
/* serve.h - what the process server does. */
#ifndef DUET_PARALLEL_PROCESS_SERVE_H
#define DUET_PARALLEL_PROCESS_SERVE_H

#include "parallel/process/process.h"

/* The server: forks what is asked for until the other end of `control` is
 * closed. */
_Noreturn void duet__process_serve(int control);

#endif
