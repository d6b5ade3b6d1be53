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
    bool is_inner; /* a member of another object: not freed by closing */
    bool is_closed;
};

/* Makes a writer that is a member of its sink. Closing it calls the sink's
 * close(), once, and frees nothing else. */
void duet__writer_init(duet_writer *writer,
                       const duet_writer_functions *functions, void *context);

#endif
