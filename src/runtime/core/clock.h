/* SPDX-License-Identifier: MIT */
/* clock.h - the loop that runs in this thread, and its time. */
#ifndef DUET_RUNTIME_CORE_CLOCK_H
#define DUET_RUNTIME_CORE_CLOCK_H

#include <stdint.h>

#include "runtime/core/loop.h"

/* The loop that runs in this thread; NULL: none. */
extern _Thread_local duet_loop *duet__loop_current
    __attribute__((tls_model("initial-exec")));

/* CLOCK_MONOTONIC: real time, not affected by setting the clock. */
int64_t duet__clock_real_ns(void);

/* The time now on the loop's clock. */
int64_t duet__loop_time(const duet_loop *loop);

#endif
