/* SPDX-License-Identifier: MIT */
/* busy_pool.h - keeps all threads of the loop's default pool busy, so that no
 * other call begins in between. For tasks. */
#ifndef DUET_TEST_SUPPORT_BUSY_POOL_H
#define DUET_TEST_SUPPORT_BUSY_POOL_H

void test_make_pool_busy(void);
void test_make_pool_free(void);

#endif
