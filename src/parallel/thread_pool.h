/* SPDX-License-Identifier: MIT */
/* thread_pool.h - a pool and its calls, as the files around them see it. */
#ifndef DUET_PARALLEL_THREAD_POOL_H
#define DUET_PARALLEL_THREAD_POOL_H

#include <pthread.h>

#include <duet/thread_pool.h>

#include "base/error.h"
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
    int references; /* the pool's, until it is done, and the handle's */
    int result;
    duet__detail detail; /* of the function */
    duet__gate done;
    duet__list watchers; /* of duet__call_watcher */
};

/* A completion that wants to hear of a call's end. */
typedef struct duet__call_watcher {
    duet__link link; /* in call->watchers */
    /* Called once, with pool->mutex held. */
    void (*ended)(struct duet__call_watcher *watcher);
    duet_thread_call *call;
} duet__call_watcher;

struct duet_thread_pool {
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
    bool abandoned; /* nobody will join the threads */
    bool has_ended; /* `ended_thread` wants to be joined */
    pthread_t ended_thread;
    duet__gate work;  /* threads without work */
    duet__gate room;  /* who waits to submit */
    duet__gate ended; /* who waits for the last thread's end */
};

/* Makes `detail` the calling task's or thread's; both keep a copy. */
void duet__call_show_detail(const duet_thread_call *call);

#endif
