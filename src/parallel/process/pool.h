/* SPDX-License-Identifier: MIT */
/* pool.h - struct duet_process_pool, and the protocol between pool and worker.
 *
 * The pool sends a new worker a duet__worker_setup, then the initializer's
 * argument; the worker answers with an int, the initializer's status. Then,
 * repeatedly: the pool sends a duet__worker_request and its inputs, each a
 * length and the bytes; the worker answers each input with a
 * duet__worker_reply, its bytes and its detail. No struct that is sent has
 * padding: its bytes would be sent as they happen to be in memory. */
#ifndef DUET_PARALLEL_PROCESS_POOL_H
#define DUET_PARALLEL_PROCESS_POOL_H

#include <duet/process_pool.h>

#include "base/life.h"
#include "runtime/core/loop.h"
#include "runtime/core/wait.h"

typedef struct duet__worker_setup {
    duet_process_function *initializer; /* or NULL */
    uint64_t message_limit;
} duet__worker_setup;

typedef struct duet__worker_request {
    duet_process_call_function *function; /* or NULL */
    duet_process_function *plain;         /* in its place: no output */
    uint64_t count;
} duet__worker_request;

typedef struct duet__worker_reply {
    uint64_t length;
    uint32_t detail_length;
    int32_t status; /* DUET_ETOOLARGE if the output was not sent */
    int32_t result;
    uint32_t unused; /* 0 */
} duet__worker_reply;

_Static_assert(sizeof(duet__worker_setup) ==
                   sizeof(duet_process_function *) + sizeof(uint64_t),
               "no padding");
_Static_assert(sizeof(duet__worker_request) ==
                   sizeof(duet_process_call_function *) +
                       sizeof(duet_process_function *) + sizeof(uint64_t),
               "no padding");
_Static_assert(sizeof(duet__worker_reply) ==
                   sizeof(uint64_t) + 4 * sizeof(uint32_t),
               "no padding");

/* A place for a worker. `process` is NULL until a call needs a worker. */
typedef struct duet__worker_slot {
    duet__link link; /* in pool->idle */
    duet_process *process;
    int socket;
    int calls; /* that this worker has run */
} duet__worker_slot;

struct duet_process_pool {
    DUET__LIFE
    duet_loop *loop;
    duet__scope calls;  /* tasks of submitted calls */
    duet__list idle;    /* slots; the newest is first */
    duet__list waiting; /* tasks that wait for a slot, first in first out */
    size_t queue_limit;
    size_t message_limit;
    int running;          /* calls that have begun and not ended */
    duet__list closers;   /* tasks that wait for `running` to be 0 */
    int calls_per_worker; /* 0: any number */
    bool closed;
    bool cancelled; /* closed, and calls that have no worker are cancelled */
    bool broken;
    char *setup; /* for each worker */
    size_t setup_length;
    duet_process_options process_options;
    int slots_n;
    duet__worker_slot slots[];
};

/* Inputs that go to one worker, and to another after a death. */
typedef struct duet__pool_run {
    duet_process_call_function *function;
    duet_process_function *plain; /* if there is no function */
    const duet_process_input *inputs;
    duet_process_output *outputs; /* empty at first */
    size_t count;
    size_t done; /* outputs that have arrived */
    /* Called for each output when it arrives; a negative code ends the run.
     * NULL for none. */
    int (*came)(void *context, duet_process_output *output);
    void *context;
} duet__pool_run;

/* 0 if the pool takes calls with inputs of this length. */
int duet__process_pool_check(const duet_process_pool *pool, size_t length);

/* Begins a call; duet__process_pool_leave() must be called when it has ended.
 * Returns 0, or DUET_EFULL. */
int duet__process_pool_enter(duet_process_pool *pool);
void duet__process_pool_leave(duet_process_pool *pool);

/* Returns 0 if all outputs have arrived, or the codes of
 * duet_process_pool_call(). */
int duet__process_pool_run(duet_process_pool *pool, duet__pool_run *run,
                           duet_deadline deadline);

/* The connection between pool and worker. `life` becomes readable once the
 * process at the other end has ended, which need not close the socket, as a
 * process that it forked may have inherited it. Only a task can wait for both;
 * -1: wait for the socket alone. */
typedef struct duet__worker_line {
    int socket;
    int life;
} duet__worker_line;

#endif
