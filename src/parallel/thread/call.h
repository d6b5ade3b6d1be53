/* SPDX-License-Identifier: MIT */
/* call.h - struct duet_thread_call, for the other source files of this room. */
#ifndef DUET_PARALLEL_THREAD_CALL_H
#define DUET_PARALLEL_THREAD_CALL_H

#include <duet/thread_pool.h>

#include "base/error.h"
#include "base/life.h"
#include "base/list.h"
#include "parallel/gate/counted_mutex.h"
#include "parallel/gate/gate.h"

typedef enum duet__thread_call_state {
    DUET__THREAD_CALL_PENDING, /* in pool->queue */
    DUET__THREAD_CALL_RUNNING,
    DUET__THREAD_CALL_DONE,
} duet__thread_call_state;

/* Everything that changes is guarded by `guard`, the mutex of the pool and its
 * calls. */
struct duet_thread_call {
    DUET__LIFE
    duet__link link; /* in pool->queue */
    duet__counted_mutex *guard;
    duet_thread_pool *pool; /* valid only while pending */
    duet_thread_function *function;
    void *argument;
    void (*free_argument)(void *argument); /* or NULL */
    duet__thread_call_state state;
    int references;      /* the pool's, until the listeners were called, and the
                          * handle's */
    int result;          /* DUET_ECANCELED or DUET_EBROKEN if never_ran */
    bool never_ran;      /* it ended before it began */
    duet__detail detail; /* of the function */
    duet__gate done;
    duet__list watchers;  /* of duet__thread_watcher */
    duet__list listeners; /* what duet_thread_call_on_end() added */
};

/* A completion's notification of a call's end. */
typedef struct duet__thread_watcher {
    duet__link link; /* in call->watchers */
    /* Called once, with call->guard held. */
    void (*ended)(struct duet__thread_watcher *watcher);
    duet_thread_call *call;
} duet__thread_watcher;

/* Makes a pending call with one reference, in no queue. Queueing it adds its
 * reference to `guard`. Returns 0 or DUET_ENOMEM. */
int duet__thread_call_new(duet_thread_pool *pool, duet__counted_mutex *guard,
                          duet_thread_function *function, void *argument,
                          void (*free_argument)(void *argument),
                          duet_thread_call **out_call);

/* Makes the call a handle, too, to be freed by duet_thread_call_free(). The
 * caller holds the mutex. */
void duet__thread_call_become_handle(duet_thread_call *call);

/* Ends the call and wakes its waiters. The caller holds the mutex; afterwards,
 * without it, it must call duet__thread_call_tell_end(). */
void duet__thread_call_finish(duet_thread_call *call, int result);

/* Calls the user's listeners, and drops the pool's reference. */
void duet__thread_call_tell_end(duet_thread_call *call);

/* Waits like duet_thread_call_wait(), but does not show the call's detail. */
int duet__thread_call_await(duet_thread_call *call, duet_deadline deadline);

/* Copies the detail of an ended call, if it failed, to the calling task or
 * thread. */
void duet__thread_call_show_detail(const duet_thread_call *call);

#endif
