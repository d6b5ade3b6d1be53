/* SPDX-License-Identifier: MIT */
/* child.h - a running program, as the files around it see it. */
#ifndef DUET_PARALLEL_CHILD_CHILD_H
#define DUET_PARALLEL_CHILD_CHILD_H

#include <duet/child.h>

#include "parallel/child/watch.h"

/* What was read from a pipe and not given yet: `length` bytes from `start`. */
typedef struct duet__child_source {
    char *bytes;
    size_t start;
    size_t length;
    size_t capacity; /* without the place of a NUL */
    char under_nul;  /* what stood at `start` before a NUL was put there */
    bool has_nul;
    bool is_read; /* by a task, which may wait */
    bool ended;
} duet__child_source;

/* Invariant: the process is a zombie at most until `ended`; only then is its id
 * anybody else's, and never signalled again. */
struct duet_child {
    int id;
    duet__child_watch watch;
    int pipes[3];                  /* our ends, non-blocking; -1 for none */
    duet__child_source sources[2]; /* standard output, standard error */
    size_t line_limit;
    int reads_in_a_row; /* that found bytes at once */
    bool new_group;
    bool ended;
    duet_exit_status status; /* once ended */
    size_t output_limit;
    int64_t stop_ms; /* negative: without end */
};

#endif
