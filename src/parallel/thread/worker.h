/* SPDX-License-Identifier: MIT */
/* worker.h - the threads of a pool, and the ends of its calls. */
#ifndef DUET_PARALLEL_THREAD_WORKER_H
#define DUET_PARALLEL_THREAD_WORKER_H

#include "parallel/thread/pool.h"

/* Does the calling thread work for the pool? */
bool duet__pool_worker_is_of(const duet_thread_pool *pool);

/* Starts a thread, which has a reference to the pool. With the mutex held.
 *
 * Returns 0, or DUET_ELIMIT, with detail */
int duet__pool_worker_start(duet_thread_pool *pool);

/* Joins the last thread that ended. With the mutex held, which it releases. */
void duet__pool_join_ended(duet_thread_pool *pool);

/* Drops a reference. With the mutex held, which it releases. */
void duet__pool_unlock_and_release(duet_thread_pool *pool);

/* Ends all calls that have not begun. With the mutex held.
 *
 *   finished  gets the calls, for duet__pool_tell_ends() */
void duet__pool_finish_pending(duet_thread_pool *pool, int result,
                               duet__list *finished);

/* Tells the listeners of calls that have ended. Without the mutex, as they are
 * the user's code. */
void duet__pool_tell_ends(duet__list *finished);

#endif
