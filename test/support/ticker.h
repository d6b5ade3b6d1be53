/* SPDX-License-Identifier: MIT */
/* ticker.h - a task that shows that its loop is alive while something else
 * works.
 *
 * The proof is one of order, not of time: the work waits for the ticks, so a
 * loop that stood still would never let it end. */
#ifndef DUET_TEST_SUPPORT_TICKER_H
#define DUET_TEST_SUPPORT_TICKER_H

#include <stdatomic.h>

typedef struct test_ticker {
    atomic_int ticks;
    int descriptor; /* gets one byte for each tick; -1 for none */
} test_ticker;

/* A task: counts a tick each millisecond until it is cancelled. */
int test_tick(void *ticker);

/* Blocks the calling thread until `more` ticks were counted. */
void test_await_ticks(test_ticker *ticker, int more);

#endif
