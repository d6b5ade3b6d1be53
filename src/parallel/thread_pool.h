/* SPDX-License-Identifier: MIT */
/* thread_pool.h - a pool and its calls, as the files around them see it. */
#ifndef DUET_PARALLEL_THREAD_POOL_H
#define DUET_PARALLEL_THREAD_POOL_H

#include <pthread.h>

#include <duet/thread_pool.h>

#include "base/error.h"
#include "base/life.h"
#include "base/list.h"
#include "parallel/gate.h"

typedef enum duet__call_state {
    DUET__CALL_PENDING, /* in pool->queue */
    DUET__CALL_RUNNING,
    DUET__CALL_DONE,
} duet__call_state;

/* All but what never changes is guarded by pool->mutex. */
struct duet_thread_call {
    duet__link link; /* in pool->queue */
    duet_thread_pool *pool;
    duet_thread_function *function;
    void *argument;
    void (*free_argument)(void *argument); /* or NULL */
    duet__call_state state;
    int references; /* the pool's, until its end was told, and the handle's */
    int result;     /* DUET_ECANCELED or DUET_EBROKEN if never_ran */
    bool never_ran; /* it ended before it began */
    duet__detail detail; /* of the function */
    duet__gate done;
    duet__list watchers;  /* of duet__call_watcher */
    duet__list listeners; /* what duet_thread_call_on_end() added */
};

/* A completion that wants to hear of a call's end. */
typedef struct duet__call_watcher {
    duet__link link; /* in call->watchers */
    /* Called once, with pool->mutex held. */
    void (*ended)(struct duet__call_watcher *watcher);
    duet_thread_call *call;
} duet__call_watcher;

/* 0 if stack_bytes of a thread's options is in its range; DUET_EINVAL with
 * detail. */
int duet__thread_stack_check(size_t bytes);

struct duet_thread_pool {
    DUET__LIFE
    pthread_mutex_t mutex;
    int references; /* the owner's, each thread's, each call's */
    duet__list queue;
    size_t queued;
    size_t queue_limit;
    int threads;
    int threads_limit;
    int64_t idle_ms; /* negative: without end */
    size_t stack_bytes;
    duet_thread_function *initializer;
    void *initializer_argument;
    char name[16];
    bool closed;
    bool broken;
    char broken_because[256]; /* once broken; then it changes no more */
    bool abandoned;           /* nobody will join the threads */
    bool has_ended;           /* `ended_thread` wants to be joined */
    pthread_t ended_thread;
    duet__gate work;  /* threads without work */
    duet__gate room;  /* who waits to submit */
    duet__gate ended; /* who waits for the last thread's end */
};

/* A pending call with one reference, in no queue. Returns 0 or DUET_ENOMEM. */
int duet__call_new(duet_thread_pool *pool, duet_thread_function *function,
                   void *argument, void (*free_argument)(void *argument),
                   duet_thread_call **out_call);

/* The call has ended: wakes who waits. With pool->mutex held; then
 * duet__call_tell_end(), without it. */
void duet__call_finish(duet_thread_call *call, int result);

/* Calls what the user wants called, and drops the pool's reference. */
void duet__call_tell_end(duet_thread_call *call);

/* Makes the detail of the call, which has ended, the calling task's or
 * thread's, if it failed; both keep a copy. */
void duet__call_show_detail(const duet_thread_call *call);

/* Drops a reference. With pool->mutex held, which it releases. */
void duet__thread_pool_unlock_and_release(duet_thread_pool *pool);

#endif
