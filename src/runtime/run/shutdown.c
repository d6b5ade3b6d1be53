/* SPDX-License-Identifier: MIT */
/* shutdown.c - reports and cancels the tasks that delay the end of a run.
 *
 * Invariant: the loop's shutdown timer is armed from the return of the main
 * task's function to the end of the run, unless there is no limit. */
#include "runtime/run/shutdown.h"

#include <stdio.h>

#include <duet/inspect.h>

#include "base/error.h"
#include "runtime/core/report.h"
#include "runtime/core/task.h"

int duet__shutdown_read(duet_loop *loop)
{
    int64_t given_ms = loop->options.shutdown_ms;

    if (given_ms < DUET_NO_LIMIT)
        return duet__fail(DUET_EINVAL,
                          "shutdown_ms is %lld; allowed are 1 and more, "
                          "DUET_NO_LIMIT, and 0 for %d",
                          (long long)given_ms, DUET__SHUTDOWN_DEFAULT_MS);
    loop->shutdown_ms = given_ms == 0 ? DUET__SHUTDOWN_DEFAULT_MS : given_ms;
    return 0;
}

/* Cancels tasks that belong to no other task: each passes the request on to its
 * own tasks. */
static void cancel_root(void *context, duet__stack stack)
{
    duet_task *task = duet__task_of_stack(stack);

    if (task->loop == context && task->state != DUET__TASK_DONE &&
        task->scope->owner == NULL)
        duet_task_cancel_because(task, "shutdown_ms has passed");
}

static void bound_passed(duet__timer *timer)
{
    duet_loop *loop = DUET__MEMBER(timer, duet_loop, shutdown_timer);
    int descriptor = duet__report_descriptor(loop);

    dprintf(descriptor,
            "duet: the main task has returned, and these still went on after "
            "%.1f s (duet_loop_options.shutdown_ms); they are cancelled: ",
            (double)loop->shutdown_ms / 1000);
    duet_inspect_write(loop, NULL, descriptor);
    duet__stack_pool_each(&loop->stacks, cancel_root, loop);
    duet__shutdown_begins(loop); /* some may continue nevertheless */
}

void duet__shutdown_begins(duet_loop *loop)
{
    if (loop->shutdown_timer.place != 0 || loop->shutdown_ms < 0)
        return;
    loop->shutdown_timer.fired = bound_passed;
    duet__timers_arm_reserved(&loop->timers, &loop->shutdown_timer,
                              duet_in_ms(loop->shutdown_ms));
}

void duet__shutdown_is_over(duet_loop *loop)
{
    duet__loop_disarm(loop, &loop->shutdown_timer);
}
