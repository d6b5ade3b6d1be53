/* SPDX-License-Identifier: MIT */
/* watchdog.h - reporting tasks that run too long without suspending.
 *
 * A separate thread reads the loop's counters periodically, at no cost for the
 * loop. When they do not change for too long, it gets the call stack of the
 * loop's thread with a signal (SIGURG). */
#ifndef DUET_RUNTIME_LOOK_WATCHDOG_H
#define DUET_RUNTIME_LOOK_WATCHDOG_H

#include <duet/loop.h>

typedef struct duet__watchdog duet__watchdog;

/* Starts watching the loop of the calling thread.
 *
 *   slow_ns       how long one step may take, at least 1
 *   out_watchdog  returned-owned (duet__watchdog_stop()); NULL on failure
 *
 * One in each thread at a time. Returns 0, DUET_ENOMEM, or DUET_EAGAIN if no
 * thread can be created. */
int duet__watchdog_start(duet_loop *loop, int64_t slow_ns,
                         duet__watchdog **out_watchdog);

/* Stops it and frees it, in the thread that started it; NULL does nothing. */
void duet__watchdog_stop(duet__watchdog *watchdog);

#endif
