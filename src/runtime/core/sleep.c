/* SPDX-License-Identifier: MIT */
/* sleep.c - suspends a task for a time. */
#include "runtime/core/sleep.h"

#include "runtime/core/clock.h"
#include "runtime/core/switch.h"

int duet_yield(void)
{
    duet_task *task = duet__task_current();

    if (task == NULL)
        return DUET_ENOLOOP;
    if (duet__cancel_take(&task->cancel))
        return DUET_ECANCELED;
    task->state = DUET__TASK_READY;
    duet__loop_append(task->loop, &task->ready);
    duet__task_suspend(task);
    return duet__cancel_take(&task->cancel) ? DUET_ECANCELED : 0;
}

static int sleep_until(duet_deadline deadline, duet__outside outside)
{
    duet__wait wait = {
        .what = "sleep", .cancel_wins = true, .outside = outside};
    duet_loop *loop = duet__loop_current;
    int status;

    if (loop == NULL)
        return DUET_ENOLOOP;
    if (!duet_deadline_is_never(deadline) &&
        deadline.at_ns <= duet__loop_time(loop))
        return duet_yield();
    status = duet__park(&wait, deadline);
    return status == DUET_ETIMEDOUT ? 0 : status;
}

int duet_sleep(duet_deadline deadline)
{
    return sleep_until(deadline, DUET__FOR_TASKS);
}

int duet__sleep_between_looks(duet_deadline deadline)
{
    return sleep_until(deadline, DUET__FOR_PEER);
}
