/* SPDX-License-Identifier: MIT */
/* thread_check.h - which thread may touch what, asked in debug builds.
 *
 * With DUET_THREAD_CHECKS a call from a thread that may not make it ends the
 * program and is named; without, nothing is asked and nothing is stored. Loops
 * know their thread. What tasks share (locks, queues) does not know its loop:
 * it keeps the number of the run in which it was used last, and belongs to that
 * run's thread until the run has ended. Freeing is not asked about: whoever
 * held it last may be another thread. */
#ifndef DUET_RUNTIME_CORE_THREAD_CHECK_H
#define DUET_RUNTIME_CORE_THREAD_CHECK_H

#include <stdint.h>

#include <duet/loop.h>

#ifdef DUET_THREAD_CHECKS

/* The calling thread is the loop's. */
#define DUET__OWN_THREAD(loop) duet__check_thread((loop), __func__)

/* The first member of what tasks share. */
#define DUET__USER uint64_t user;

/* The calling thread may use `object`. */
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
