/* SPDX-License-Identifier: MIT */
/* switch.h - switching between tasks and the loop. */
#ifndef DUET_RUNTIME_CORE_SWITCH_H
#define DUET_RUNTIME_CORE_SWITCH_H

#include "runtime/core/task.h"

/* How many ready tasks and functions run before timers and descriptors are
 * polled again: enough to make the cost of polling small, few enough to keep it
 * prompt. */
enum { DUET__STEPS_PER_TURN = 256 };

/* True if something ready may still run in this turn; counts it. A turn ends
 * after that many steps, or when it has taken long: the clock is read only now
 * and then, as that costs more than a switch. */
bool duet__loop_turn_took_long(duet_loop *loop);

static inline bool duet__loop_may_step(duet_loop *loop)
{
    enum { STEPS_PER_LOOK = 64 };

    if (loop->steps_left <= 0 || (loop->steps_left % STEPS_PER_LOOK == 0 &&
                                  duet__loop_turn_took_long(loop)))
        return false;
    loop->steps_left--;
    return true;
}

/* Suspends `task`, the current one; returns when it is resumed. */
void duet__task_suspend(duet_task *task);

/* Leaves `task`, which has ended, for ever. Its entry returns the result. */
void *duet__task_leave(duet_task *task);

/* A task must call this first on its own stack. */
void duet__task_entered(duet_task *task);

/* Runs `task` from the loop's stack until control comes back to the loop. */
void duet__task_step(duet_task *task);

/* Runs a new task, from the loop's stack, until it waits or ends; for drivers
 * that call back in the middle of their own work. Nothing else runs meanwhile.
 * The task may be gone on return unless its handle is held. */
void duet__task_run_inline(duet_task *task);

/* Runs `task` once more in the same way if it is ready and nothing else is: it
 * yielded, but there is no other task. Returns whether it did. */
bool duet__task_run_again_inline(duet_task *task);

/* Frees the memory of a task that has ended and left its stack. */
void duet__task_free(duet_task *task);

#endif
