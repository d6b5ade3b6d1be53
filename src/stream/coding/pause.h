/* SPDX-License-Identifier: MIT */
/* pause.h - lets other tasks run in the middle of long work. */
#ifndef DUET_STREAM_CODING_PAUSE_H
#define DUET_STREAM_CODING_PAUSE_H

#include <stddef.h>

#include <duet/error.h>
#include <duet/export.h>
#include <duet/task.h>
#include <duet/time.h>

#include "base/error.h"

/* Counts work, and yields after some of it. Nothing waits if the caller wants
 * to wait for nothing, or is not a task.
 *
 *   done  bytes of work since it last yielded
 *   most  that may be done without
 *
 * Returns 0, DUET_ECANCELED, or DUET_ETIMEDOUT. */
DUET_MUST_USE static inline int duet__pause(size_t *done, size_t most,
                                            duet_deadline deadline)
{
    if (*done < most)
        return 0;
    *done = 0;
    if (duet_deadline_is_now(deadline))
        return 0;
    if (duet_deadline_left_ns(deadline) == 0)
        return duet__fail(DUET_ETIMEDOUT,
                          "the deadline passed in the middle of coding");
    return duet_current_task() != NULL ? duet_yield() : 0;
}

#endif
