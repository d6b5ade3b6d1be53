/* SPDX-License-Identifier: MIT */
/* child.h - struct duet_child, for the other source files of this room. */
#ifndef DUET_PARALLEL_CHILD_CHILD_H
#define DUET_PARALLEL_CHILD_CHILD_H

#include <duet/child.h>

#include "base/life.h"
#include "parallel/child/watch.h"

/* What was read from a pipe and not returned yet: `length` bytes from
 * `start`. */
typedef struct duet__child_source {
    char *bytes;
    size_t start;
    size_t length;
    size_t capacity; /* not counting the byte for a NUL */
    char under_nul;  /* the byte at `start` before it was replaced by a NUL */
    bool has_nul;
    bool is_read; /* by a task, which may be waiting */
    bool ended;
} duet__child_source;

/* Invariant: until `ended` is set, the process is running or a zombie; only
 * then may its id be reused, and it is never signalled again. */
struct duet_child {
    DUET__LIFE
    int id;
    duet__child_watch watch;
    int pipes[3];                  /* our ends, non-blocking; -1: none */
    duet__child_source sources[2]; /* standard output, standard error */
    size_t line_limit;
    int reads_in_a_row; /* reads in a row that did not wait */
    bool new_group;
    bool ended;
    duet_exit_status status; /* once ended */
    size_t output_limit;
    int64_t stop_ms; /* negative: no time limit */
};

/* It lives from here to duet_child_free(). */
void duet__child_begins(duet_child *child);

#endif
