/* SPDX-License-Identifier: MIT */
/* task.h - a task's control block, which lives at the high end of the task's
 * own stack: a task that waits costs about one page.
 *
 *     low                                                    high
 *     | guard | ... free ... frames of the task | duet_task |
 */
#ifndef DUET_RUNTIME_TASK_H
#define DUET_RUNTIME_TASK_H

#include <stdint.h>

#include <duet/task.h>

#include "base/error.h"
#include "runtime/loop.h"

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
    int result;                   /* once done; the wake-up status before */
    int cancel_requests;          /* counted, see duet_task_cancel() */
    const char *cancel_reason;    /* of the newest request that gave one */
    bool cancel_pending;          /* the newest request is not delivered yet */
    int cancel_held;              /* nor is it while this is not 0 */
    int cancels_due;              /* requests in loop->cancelling for it */
    duet_task *cancel_next;       /* the next in loop->cancelling */
    uint64_t cancel_passed;       /* in which call it passed one on last */
    bool woken_by_cancel;         /* ready because a request was delivered */
    bool handle_held;             /* somebody has the handle */
    bool returned;                /* its function has; its tasks may go on */
    int unclosed;                 /* groups and timeouts that it opened */
    duet__wait *wait;             /* what it waits for, while waiting */
    int64_t waits_since_ns;       /* the turn's time when it began to */
    duet__timer timer;            /* the deadline of `wait` */
    duet__scope *scope;           /* the owner's */
    unsigned depth;               /* more than that of the owner */
    duet__link scope_link;        /* in scope->running or scope->ended */
    duet__scope children;         /* tasks that this one spawned */
    duet__list joiners;           /* of duet__wait: who waits for its end */
    struct duet__locals *locals;  /* task_local.h; NULL: none */
    const void *spawned_at;       /* an address in the code that spawned it */
    duet_task_function *function; /* for people, once it has begun */
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

/* Makes a task in `scope`, not yet ready. As duet_spawn() else. */
int duet__task_new(duet_loop *loop, duet__scope *scope,
                   duet_task_function *function, void *argument,
                   const duet_spawn_options *options, duet_task **out_task);

/* duet_spawn() into a given scope.
 *
 *   spawned_at  for people: an address in the code that spawns */
int duet__task_spawn_at(const void *spawned_at, duet_loop *loop,
                        duet__scope *scope, duet_task_function *function,
                        void *argument, const duet_spawn_options *options,
                        duet_task **out_task);

/* The same; the code that spawns is what called the calling function. */
__attribute__((always_inline)) static inline int
duet__task_spawn(duet_loop *loop, duet__scope *scope,
                 duet_task_function *function, void *argument,
                 const duet_spawn_options *options, duet_task **out_task)
{
    return duet__task_spawn_at(__builtin_return_address(0), loop, scope,
                               function, argument, options, out_task);
}

/* Whether the caller may wait for the end of `task`: 0, or DUET_EDEADLK if that
 * is the caller, owns it, or joins a task that does. (That a task which `task`
 * owns may join the caller is not looked for.) */
int duet__task_may_join(const duet_task *task);

/* Waits until `task` has ended; a request to cancel the caller goes to `task`
 * instead. As duet_join() else, but the handle stays. */
int duet__task_end(duet_task *task, duet_deadline deadline);

/* For people who look at the calling task: what it runs for its user, in place
 * of duet's own function around that. */
static inline void duet__task_runs(void (*code)(void))
{
    duet__loop_current->current->function = (duet_task_function *)code;
}

/* Gives back the memory of a task that has ended and left its stack. */
void duet__task_free(duet_task *task);

/* --- switching, switch.c -------------------------------------------------- */

/* Gives control away; returns when somebody runs `task`, the current one,
 * again. */
void duet__task_suspend(duet_task *task);

/* Gives control away for good; `task` has ended. What its entry returns. */
void *duet__task_leave(duet_task *task);

/* The first thing that a task calls on its own stack. */
void duet__task_entered(duet_task *task);

/* Runs `task` from the loop's stack until control comes back to the loop. */
void duet__task_step(duet_task *task);

/* Runs a new task, from the loop's stack, until it waits or ends; for drivers
 * that call back in the middle of their own work. Nothing else runs meanwhile.
 * The task may be gone on return unless its handle is held. */
void duet__task_run_inline(duet_task *task);

/* Runs `task` in the same way once more if it is ready and nothing else is: it
 * gave way to others, and there are none. Returns whether it did. */
bool duet__task_run_again_inline(duet_task *task);

/* --- waiting, wait.c ------------------------------------------------------ */

/* Takes delivery of a request to cancel; false if there is none. */
static inline bool duet__take_cancel(duet_task *task)
{
    if (!task->cancel_pending || task->cancel_held > 0)
        return false;
    task->cancel_pending = false;
    return true;
}

/* duet_current_task() for our own files. */
static inline duet_task *duet__task_current(void)
{
    return duet__loop_current != NULL ? duet__loop_current->current : NULL;
}

/* Begins a stretch in which requests to cancel the calling task are not
 * delivered: for calls that clean up, and whose result is easily dropped.
 * Stretches nest; outside tasks nothing happens. */
static inline void duet__hold_cancel(void)
{
    if (duet__task_current() != NULL)
        duet__task_current()->cancel_held++;
}

/* Ends it: the next wait delivers what was held. */
static inline void duet__release_cancel(void)
{
    if (duet__task_current() != NULL)
        duet__task_current()->cancel_held--;
}

/* What a task's timer calls. */
void duet__wait_timed_out(duet__timer *timer);

#endif
