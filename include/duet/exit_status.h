/* SPDX-License-Identifier: MIT */
/* exit_status.h - how a process ended. */
#ifndef DUET_EXIT_STATUS_H
#define DUET_EXIT_STATUS_H

#include <stdbool.h>

typedef struct duet_exit_status {
    int code;         /* 0 to 255; -1 if a signal ended it */
    int signal;       /* the signal that ended it, 0 if it exited */
    bool dumped_core; /* the signal left a core file */
} duet_exit_status;

#endif
