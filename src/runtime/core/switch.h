/* SPDX-License-Identifier: MIT */
/* switch.h - passing control between tasks and the loop. */
#ifndef DUET_RUNTIME_CORE_SWITCH_H
#define DUET_RUNTIME_CORE_SWITCH_H

#include "runtime/core/task.h"

/* How many ready things run before timers and descriptors are looked at again:
 * enough to make their cost small, few enough to keep them prompt. */
enum { DUET__STEPS_PER_TURN = 256 };

/* True if something ready may run in this turn still; counts it. A turn ends
 * after so many steps, or when it has taken long: the clock is read now and
 * then only, for that costs more than a switch. */
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

/* Gives back the memory of a task that has ended and left its stack. */
void duet__task_free(duet_task *task);

#endif
