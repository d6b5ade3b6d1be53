/* SPDX-License-Identifier: MIT */
/* busy_pool.h - the loop's default pool as a test wants it. For tasks. */
#ifndef DUET_TEST_SUPPORT_BUSY_POOL_H
#define DUET_TEST_SUPPORT_BUSY_POOL_H

/* Keeps all threads busy, so that no other call begins in between. */
void test_make_pool_busy(void);
void test_make_pool_free(void);

/* Waits until every call that is given to the pool now has begun: cancelling
 * its wait does not keep it from running any more. */
void test_await_begun_calls(void);

/* Waits until every call has ended. */
void test_await_idle_pool(void);

#endif
