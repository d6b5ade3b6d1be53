/* SPDX-License-Identifier: MIT */
/* sweep.h - goes through all faults, and through all calls that each can
 * strike. */
#ifndef DUET_TEST_SWEEP_SWEEP_H
#define DUET_TEST_SWEEP_SWEEP_H

#include <stdbool.h>
#include <stddef.h>

#include "fault.h"

typedef struct sweep {
    const char *name; /* of what is tried */
    const fault *faults;
    size_t count;
    /* Does it once while the nth call fails. Returns whether one did. */
    bool (*try)(const struct sweep *sweep, const fault *fault, int nth);
    const void *trial;
    /* From this one on only each sixteenth call fails, or fewer; 0: all do. */
    int sparse_from;
} sweep;

/* Calls try() with nth = 1, 2, ... for each fault, until none is struck or
 * until there are too many complaints. */
void sweep_all(const sweep *sweep);

/* Says what came of a trial that should not have. */
void sweep_complain(const sweep *sweep, const fault *fault, int nth,
                    const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* How many complaints there were in this program. */
int sweep_complaints(void);

#endif
