/* SPDX-License-Identifier: MIT */
/* child.h - a running program, as the files around it see it. */
#ifndef DUET_PARALLEL_CHILD_H
#define DUET_PARALLEL_CHILD_H

#include <duet/child.h>

#include "parallel/child_watch.h"

/* Invariant: the process is a zombie at most until `ended`; only then is its id
 * anybody else's, and never signalled again. */
struct duet_child {
    int id;
    duet__child_watch watch;
    int pipes[3];       /* our ends, non-blocking; -1 for none */
    int reads_in_a_row; /* that found bytes at once */
    bool new_group;
    bool ended;
    duet_exit_status status; /* once ended */
    size_t output_limit;
    int64_t stop_ms; /* negative: without end */
};

#endif
