/* SPDX-License-Identifier: MIT */
/* task.h - a task's control block, which lives at the high end of the task's
 * own stack: a task that waits costs about one page.
 *
 *     low                                                    high
 *     | guard | ... free ... frames of the task | duet_task |
 */
#ifndef DUET_RUNTIME_CORE_TASK_H
#define DUET_RUNTIME_CORE_TASK_H

#include <stdint.h>

#include <duet/task.h>

#include "base/error.h"
#include "runtime/core/cancel.h"
#include "runtime/core/clock.h"
#include "runtime/core/loop.h"

typedef enum duet__task_state {
    DUET__TASK_READY,   /* in the run queue, or about to be */
    DUET__TASK_RUNNING, /* the loop's current task */
    DUET__TASK_WAITING, /* in duet__park() */
    DUET__TASK_DONE,
} duet__task_state;

struct duet_task {
    duet__ready ready; /* its place in the run queue */
    duet__context context;
    duet__exceptions exceptions; /* while it does not run, in C++ programs */
    duet_loop *loop;
    duet__task_state state;
    int result; /* once done; the wake-up status before */
    duet__cancel cancel;
    bool handle_held;             /* the handle was not released yet */
    bool returned;                /* its function has; its tasks may still
                                   * run */
    int unclosed;                 /* groups and timeouts that it opened */
    duet__wait *wait;             /* what it waits for, while waiting */
    int64_t waits_since_ns;       /* the turn's time when it began to */
    duet__timer timer;            /* the deadline of `wait` */
    duet__scope *scope;           /* the owner's */
    unsigned depth;               /* more than that of the owner */
    duet__link scope_link;        /* in scope->running or scope->ended */
    duet__scope children;         /* tasks that this one spawned */
    duet__list joiners;           /* of duet__wait: waits for its end */
    struct duet__locals *locals;  /* task_local.h; NULL: none */
    const void *spawned_at;       /* an address in the code that spawned it */
    duet_task_function *function; /* for messages, once it has begun */
    void *argument;
    duet__detail detail;
    duet__stack stack;
    char name[32];
};

/* Rounded so that the stack below starts on a cache line. */
enum { DUET__TASK_BYTES = (sizeof(duet_task) + 63) & ~63 };

/* The task whose stack that is, or was. */
static inline duet_task *duet__task_of_stack(duet__stack stack)
{
    char *high = (char *)stack.low + stack.bytes;

    return (duet_task *)(void *)(high - DUET__TASK_BYTES);
}

/* Makes a task in `scope`, not yet ready. Otherwise like duet_spawn(). */
int duet__task_new(duet_loop *loop, duet__scope *scope,
                   duet_task_function *function, void *argument,
                   const duet_spawn_options *options, duet_task **out_task);

/* duet_spawn() into a given scope.
 *
 *   spawned_at  for messages: an address in the code that spawns the task */
int duet__task_spawn_at(const void *spawned_at, duet_loop *loop,
                        duet__scope *scope, duet_task_function *function,
                        void *argument, const duet_spawn_options *options,
                        duet_task **out_task);

/* The same; spawned_at is the return address of the calling function. */
__attribute__((always_inline)) static inline int
duet__task_spawn(duet_loop *loop, duet__scope *scope,
                 duet_task_function *function, void *argument,
                 const duet_spawn_options *options, duet_task **out_task)
{
    return duet__task_spawn_at(__builtin_return_address(0), loop, scope,
                               function, argument, options, out_task);
}

/* May the caller wait for the end of `task`? Returns 0, or DUET_EDEADLK if
 * `task` is the caller, owns it, or joins a task that does. (Whether a task
 * that `task` owns joins the caller is not checked.) */
int duet__task_may_join(const duet_task *task);

/* Waits until `task` has ended; a request to cancel the caller goes to `task`
 * instead. Otherwise like duet_join(), but the handle is kept. */
int duet__task_end(duet_task *task, duet_deadline deadline);

/* For inspection: sets the user's function that the calling task runs, instead
 * of duet's own wrapper. */
static inline void duet__task_runs(void (*code)(void))
{
    duet__loop_current->current->function = (duet_task_function *)code;
}

/* duet_current_task() for our own files. */
static inline duet_task *duet__task_current(void)
{
    return duet__loop_current != NULL ? duet__loop_current->current : NULL;
}

/* Frees the handles of the tasks of a scope that have ended. */
void duet__task_release_ended(duet__scope *scope);

#endif
