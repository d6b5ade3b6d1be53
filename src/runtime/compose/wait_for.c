/* SPDX-License-Identifier: MIT */
/* wait_for.c - waits for a task with a deadline, or without passing
 * cancellation on to it. */
#include <duet/wait_for.h>

#include "runtime/core/task.h"

int duet_wait_for_task(duet_task *task, int *out_result, duet_deadline deadline)
{
    int status = duet__task_end(task, deadline);
    bool late = status == DUET_ETIMEDOUT;

    if (late) {
        duet_task_cancel(task);
        status = duet__task_end(task, DUET_NEVER);
    }
    if (status != 0)
        return status;
    if (late && task->result == DUET_ECANCELED)
        return duet__fail(DUET_ETIMEDOUT, "task '%s' was too slow", task->name);
    if (out_result != NULL)
        *out_result = task->result;
    if (task->result < 0)
        duet__detail_adopt(&task->detail, task->result);
    return 0;
}

int duet_wait_for(duet_task_function *function, void *argument,
                  const duet_spawn_options *options, int *out_result,
                  duet_deadline deadline)
{
    duet_task *task;
    int status;

    if (duet__task_current() == NULL)
        return DUET_ENOLOOP;
    if (duet_deadline_left_ns(deadline) == 0)
        return duet__fail_plainly(DUET_ETIMEDOUT);
    status = duet_spawn(function, argument, options, &task);
    if (status != 0)
        return status;
    status = duet_wait_for_task(task, out_result, deadline);
    duet_task_release(task);
    return status;
}

int duet_shield(duet_task *task, int *out_result, duet_deadline deadline)
{
    int status = duet_task_wait(task, deadline);

    return status != 0 ? status : duet_join(task, out_result, deadline);
}
