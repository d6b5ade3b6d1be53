/* SPDX-License-Identifier: MIT */
/* serve.h - the main function of the fork server. */
#ifndef DUET_PARALLEL_PROCESS_SERVE_H
#define DUET_PARALLEL_PROCESS_SERVE_H

#include "parallel/process/process.h"

/* Forks the requested processes until the other end of `control` is closed. */
_Noreturn void duet__process_serve(int control);

#endif
