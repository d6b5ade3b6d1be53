/* SPDX-License-Identifier: MIT */
/* timeout.c - cancels a section of code when it takes too long.
 *
 * Invariant: an expired timeout has requested cancellation of its task exactly
 * once; closing takes the request back. */
#include <duet/timeout.h>

#include <stdlib.h>

#include "base/check.h"
#include "runtime/core/clock.h"
#include "runtime/core/task.h"

struct duet_timeout {
    duet__timer timer;
    duet_task *task;
    /* Cancellation requests delivered before the timeout was opened. One
     * delivered inside comes from outside, whenever it was made. */
    int requests;
    bool expired;
};

static void expire(duet__timer *timer)
{
    duet_timeout *timeout = DUET__MEMBER(timer, duet_timeout, timer);

    timeout->expired = true;
    duet_task_cancel(timeout->task);
}

int duet_timeout_move(duet_timeout *timeout, duet_deadline deadline)
{
    duet_loop *loop = timeout->task->loop;

    if (timeout->expired)
        return duet__fail_plainly(DUET_ESTATE);
    if (deadline.at_ns > duet__loop_time(loop))
        return duet__loop_arm(loop, &timeout->timer, deadline);
    duet__loop_disarm(loop, &timeout->timer);
    expire(&timeout->timer);
    return 0;
}

int duet_timeout_open(duet_deadline deadline, duet_timeout **out_timeout)
{
    duet_task *task = duet__task_current();
    duet_timeout *timeout;
    int status;

    *out_timeout = NULL;
    if (task == NULL)
        return DUET_ENOLOOP;
    timeout = malloc(sizeof *timeout);
    if (timeout == NULL)
        return DUET_ENOMEM;
    *timeout =
        (duet_timeout){.timer.fired = expire,
                       .task = task,
                       .requests = duet__cancel_delivered(&task->cancel)};
    status = duet_timeout_move(timeout, deadline);
    if (status != 0) {
        free(timeout);
        return status;
    }
    task->unclosed++;
    *out_timeout = timeout;
    return 0;
}

bool duet_timeout_has_expired(const duet_timeout *timeout)
{
    return timeout->expired;
}

int duet_timeout_close(duet_timeout *timeout, int status)
{
    duet_task *task;

    if (timeout == NULL)
        return status;
    task = timeout->task;
    DUET__CHECK(task == duet__task_current(),
                "a timeout is closed by the task that opened it");
    task->unclosed--;
    duet__loop_disarm(task->loop, &timeout->timer);
    if (timeout->expired && duet_task_uncancel(task) <= timeout->requests) {
        duet__cancel_drop(&task->cancel); /* ours, and too late */
        if (status == DUET_ECANCELED)
            status = duet__fail(DUET_ETIMEDOUT, "the timeout has passed");
    }
    free(timeout);
    return status;
}
