/* SPDX-License-Identifier: MIT */
/* thread_check.h - checks in debug builds that objects are used by the right
 * thread.
 *
 * With DUET_THREAD_CHECKS, a call from the wrong thread is reported and ends
 * the program; without it, nothing is checked or stored. Loops know their
 * thread. Objects that tasks share (locks, queues) do not know their loop: they
 * keep the number of the run in which they were used last, and belong to that
 * run's thread until the run has ended. Freeing is not checked, as the last
 * holder may be another thread. */
#ifndef DUET_RUNTIME_CORE_THREAD_CHECK_H
#define DUET_RUNTIME_CORE_THREAD_CHECK_H

#include <stdint.h>

#include <duet/loop.h>

#ifdef DUET_THREAD_CHECKS

/* Checks that the calling thread is the loop's. */
#define DUET__OWN_THREAD(loop) duet__check_thread((loop), __func__)

/* The first member of objects that tasks share. */
#define DUET__USER uint64_t user;

/* Checks that the calling thread may use `object`. */
#define DUET__OWN_USE(object)                                                  \
    duet__check_user((uint64_t *)(uintptr_t) & (object)->user, __func__)

/* From the beginning to the end of a run of `loop` in this thread. */
#define DUET__RUN_BEGINS(loop) duet__check_begin(loop)
#define DUET__RUN_ENDS(loop) duet__check_end(loop)

void duet__check_thread(const duet_loop *loop, const char *function);
void duet__check_user(uint64_t *user, const char *function);
void duet__check_begin(duet_loop *loop);
void duet__check_end(duet_loop *loop);

#else

#define DUET__OWN_THREAD(loop) ((void)(loop))
#define DUET__USER
#define DUET__OWN_USE(object) ((void)(object))
#define DUET__RUN_BEGINS(loop) ((void)(loop))
#define DUET__RUN_ENDS(loop) ((void)(loop))

#endif

#endif
