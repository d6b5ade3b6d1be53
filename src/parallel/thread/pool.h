/* SPDX-License-Identifier: MIT */
/* pool.h - struct duet_thread_pool, for the other source files of this room. */
#ifndef DUET_PARALLEL_THREAD_POOL_H
#define DUET_PARALLEL_THREAD_POOL_H

#include <pthread.h>

#include <duet/thread_pool.h>

#include "base/life.h"
#include "base/list.h"
#include "parallel/gate/counted_mutex.h"
#include "parallel/gate/gate.h"

/* Everything that changes is guarded by `guard`, which the calls share: it
 * stays valid for a call that is freed after the pool. */
struct duet_thread_pool {
    DUET__LIFE
    duet__counted_mutex *guard;
    int references; /* the owner's, each thread's */
    duet__list queue;
    size_t queued;
    size_t queue_limit;
    int threads;
    int threads_limit;
    int64_t idle_ms; /* negative: for ever */
    size_t stack_bytes;
    duet_thread_function *initializer;
    void *initializer_argument;
    char name[16];
    bool closed;
    bool broken;
    char broken_because[256]; /* set once, when broken */
    bool abandoned;           /* the threads will not be joined */
    bool has_ended;           /* `ended_thread` is to be joined */
    pthread_t ended_thread;
    duet__gate work;  /* threads without work */
    duet__gate room;  /* waiters for room to submit */
    duet__gate ended; /* waiters for the last thread's end */
};

#endif
