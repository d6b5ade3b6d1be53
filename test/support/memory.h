/* SPDX-License-Identifier: MIT */
/* memory.h - makes duet's allocations fail, one after the other.
 *
 * All calls of malloc, calloc, realloc, reallocarray and strdup in duet's own
 * objects and in the tests come through here (the linker's --wrap); those
 * inside other libraries do not. Each thread counts its own. */
#ifndef DUET_TEST_SUPPORT_MEMORY_H
#define DUET_TEST_SUPPORT_MEMORY_H

#include <stdbool.h>

/* From now on the `nth` allocation fails, once (1 is the next one); 0 lets all
 * succeed, as when a test case begins. */
void test_fail_allocation(int nth);

/* From now on all fail, until the next test_fail_allocation(). */
void test_fail_all_allocations(void);

/* Has the allocation failed that test_fail_allocation() asked for? */
bool test_allocation_failed(void);

/* Calls `call` again and again, failing its first, its second ... allocation,
 * until it gets through without one. It must return DUET_ENOMEM whenever one
 * failed, 0 at the end, and leave nothing behind either way (the sanitizers
 * tell). Fails the test if it allocates less than `least` times. */
void test_each_allocation_failing(int (*call)(void), int least);

#endif
