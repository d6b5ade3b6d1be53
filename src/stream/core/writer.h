/* SPDX-License-Identifier: MIT */
/* writer.h - what the files of the streams, and those that have a writer inside
 * an object of theirs, know of a writer. */
#ifndef DUET_STREAM_CORE_WRITER_H
#define DUET_STREAM_CORE_WRITER_H

#include <duet/writer.h>

#include "base/life.h"

typedef enum duet__writer_state {
    DUET__WRITER_OPEN,
    DUET__WRITER_ENDED,
    DUET__WRITER_GIVEN_UP,
} duet__writer_state;

struct duet_writer {
    DUET__LIFE
    const duet_writer_functions *functions;
    void *context;
    duet__writer_state state;
    int failure; /* the code that each call returns from now on; 0: none */
    uint64_t count;
    bool is_busy;  /* a task is in a call */
    bool is_inner; /* a part of an object that outlives it */
    bool is_apart; /* allocated apart from its sink */
    bool is_closed;
};

/* Makes a writer that is a member of its sink, which outlives it: close() is
 * called once, and closing it again does nothing. */
void duet__writer_init(duet_writer *writer,
                       const duet_writer_functions *functions, void *context);

/* The same for one whose close() frees it with its sink. */
void duet__writer_init_owner(duet_writer *writer,
                             const duet_writer_functions *functions,
                             void *context);

#endif
