/* SPDX-License-Identifier: MIT */
/* thread.h - checks the options of threads. */
#ifndef DUET_PARALLEL_THREAD_THREAD_H
#define DUET_PARALLEL_THREAD_THREAD_H

#include <stddef.h>

/* 0 if stack_bytes of the options of a thread or a pool is in its range;
 * DUET_EINVAL with detail. */
int duet__thread_stack_check(size_t bytes);

#endif
