/* SPDX-License-Identifier: MIT */
/* switch.c - switches between tasks and the loop.
 *
 * During a turn, control passes directly from one task to the next; the loop's
 * own stack is switched to only when the loop has something to do. Invariant:
 * at most one task is DUET__TASK_RUNNING, and it is loop->current. */
#include "runtime/core/switch.h"

#include <errno.h>

#include "base/check.h"
#include "runtime/core/clock.h"

/* A turn that takes longer delays timers and descriptors. */
enum { LONG_TURN_NS = 1000000 };

bool duet__loop_turn_took_long(duet_loop *loop)
{
    if (loop->steps_left == DUET__STEPS_PER_TURN ||
        loop->options.virtual_time ||
        duet__loop_time(loop) - loop->now_ns < LONG_TURN_NS)
        return false;
    loop->steps_left = 0;
    return true;
}

/* The next task if control may pass to it directly from another one; NULL if
 * the loop must run in between. Inline, while the slow path is not, so that a
 * switch has fewer registers to save. */
__attribute__((always_inline)) static inline duet_task *
next_without_loop(duet_loop *loop)
{
    duet__ready *next = loop->ready.first;

    if (next == NULL || next->run != NULL || loop->inline_runs > 0)
        return NULL;
    /* A task that yields to itself may take long between two steps. */
    if (loop->current != NULL && next == &loop->current->ready &&
        duet__loop_turn_took_long(loop))
        return NULL;
    if (!duet__loop_may_step(loop))
        return NULL;
    return DUET__MEMBER(duet__run_queue_take(&loop->ready), duet_task, ready);
}

__attribute__((noinline)) void duet__task_free(duet_task *task)
{
    if (task->detail.text != NULL)
        duet__detail_free(&task->detail);
    duet__context_discard(&task->context);
    duet__stack_give(&task->loop->stacks, task->stack);
}

static void reap(duet_loop *loop)
{
    duet_task *dead = loop->dead;

    if (dead == NULL)
        return;
    loop->dead = NULL;
    duet__task_free(dead);
}

/* A task may wait inside a catch block, so each has its own exceptions. */
__attribute__((noinline)) static void switch_exceptions(duet_loop *loop,
                                                        duet_task *task)
{
    duet__exceptions *from =
        loop->current != NULL ? &loop->current->exceptions : &loop->exceptions;

    *from = *loop->thread_exceptions;
    *loop->thread_exceptions =
        task != NULL ? task->exceptions : loop->exceptions;
}

static void become_current(duet_loop *loop, duet_task *task)
{
    if (loop->thread_exceptions != NULL)
        switch_exceptions(loop, task);
    loop->current = task;
    loop->counters.switches++;
    if (task == NULL) {
        duet__detail_current = NULL;
        return;
    }
    task->state = DUET__TASK_RUNNING;
    duet__detail_current = &task->detail;
}

void duet__task_suspend(duet_task *task)
{
    duet_loop *loop = task->loop;
    duet_task *next = next_without_loop(loop);
    int error = errno;

    become_current(loop, next);
    if (next == task) /* the task itself is next */
        return;
    duet__context_switch(&task->context,
                         next != NULL ? &next->context : &loop->context);
    reap(loop);
    errno = error;
}

void *duet__task_leave(duet_task *task)
{
    duet_loop *loop = task->loop;
    duet_task *next = next_without_loop(loop);

    if (!task->handle_held)
        loop->dead = task;
    become_current(loop, next);
    return duet__context_last(&task->context,
                              next != NULL ? &next->context : &loop->context);
}

void duet__task_entered(duet_task *task)
{
    duet__context_entered(&task->context);
    reap(task->loop);
}

void duet__task_step(duet_task *task)
{
    duet_loop *loop = task->loop;

    become_current(loop, task);
    duet__context_switch(&loop->context, &task->context);
    reap(loop);
}

void duet__task_run_inline(duet_task *task)
{
    duet_loop *loop = task->loop;

    DUET__CHECK(loop->current == NULL, "inline runs start on the loop's stack");
    loop->inline_runs++;
    duet__task_step(task);
    loop->inline_runs--;
}

bool duet__task_run_again_inline(duet_task *task)
{
    duet__run_queue *ready = &task->loop->ready;

    if (ready->first != &task->ready || task->ready.next != NULL)
        return false;
    duet__run_queue_take(ready);
    duet__task_run_inline(task);
    return true;
}
