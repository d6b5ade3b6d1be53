/* SPDX-License-Identifier: MIT */
/* over.h - what readers over readers have in common.
 *
 * Invariant: what the inner reader has lent is consumed there when the outer
 * one asks again, so that a failure in between loses nothing. */
#ifndef DUET_STREAM_ADAPT_OVER_H
#define DUET_STREAM_ADAPT_OVER_H

#include "stream/core/reader.h"

typedef struct duet__over {
    duet_reader reader; /* the outer one */
    duet_reader *inner; /* owned */
} duet__over;

/* Makes an object whose first member is a duet__over, all zero behind it; NULL
 * if there is no memory. */
void *duet__over_new(size_t size, const duet_reader_functions *functions,
                     duet_reader *inner);

/* The functions that are the same for all: close, and what passes on. */
void duet__over_close(void *context);
int duet__over_rewind(void *context, duet_deadline deadline);
int64_t duet__over_remaining(void *context);

#endif
