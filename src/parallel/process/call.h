/* SPDX-License-Identifier: MIT */
/* call.h - struct duet_process_call, for the other source files of this
 * room. */
#ifndef DUET_PARALLEL_PROCESS_CALL_H
#define DUET_PARALLEL_PROCESS_CALL_H

#include <duet/process_pool.h>
#include <duet/task.h>

#include "base/error.h"
#include "base/life.h"
#include "base/list.h"

struct duet_process_call {
    DUET__LIFE
    duet_process_pool *pool;
    duet_process_call_function *function;
    duet_task *task;      /* NULL once it has ended */
    duet__list waiters;   /* of duet__wait */
    duet__list watchers;  /* of duet__process_watcher */
    duet__list listeners; /* what duet_process_call_on_end() added */
    int references;       /* the handle's, the task's, each listener's */
    int status;           /* set once ended; valid until the output is taken */
    bool failed;          /* ended with a failure other than cancellation */
    duet__detail detail;
    duet_process_output output;
    size_t length;
    _Alignas(16) char input[];
};

/* A completion's notification of a call's end; called once. */
typedef struct duet__process_watcher {
    duet__link link; /* in call->watchers */
    void (*ended)(struct duet__process_watcher *watcher);
    duet_process_call *call;
} duet__process_watcher;

#endif
