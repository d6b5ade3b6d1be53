/* SPDX-License-Identifier: MIT */
/* cancel.c - requests cancellation, delivers and holds requests.
 *
 * Owns loop->cancelling. Invariant: a request that waits pass on is delivered
 * to one task after the other, never by recursion. */
#include "runtime/core/cancel.h"

#include "runtime/core/task.h"

/* Passes the request on if the task's wait does that, and returns true: the
 * wait goes on. At most once for each call of duet_task_cancel(), as chains may
 * join or form a circle. */
static bool pass_on(duet_task *task, duet__wait *wait)
{
    uint64_t call = task->loop->cancelling.calls;

    if (wait->cancelled == NULL)
        return false;
    if (task->cancel.passed == call)
        return true;
    task->cancel.passed = call;
    return wait->cancelled(wait);
}

static void deliver(duet_task *task)
{
    if (task->state == DUET__TASK_WAITING && task->cancel.held == 0) {
        if (pass_on(task, task->wait))
            return;
        task->cancel.woke = true;
        duet__wait_end(task, DUET_ECANCELED);
    } else if (!task->cancel.woke) {
        task->cancel.pending = true;
    }
}

/* Queues a request that a wait passes on: requests of one wait in their order,
 * and before those already queued. */
static void deliver_soon(duet_loop *loop, duet_task *task)
{
    duet_task **place = loop->cancelling.newest != NULL
                            ? &loop->cancelling.newest->cancel.next
                            : &loop->cancelling.first;

    if (task->cancel.due++ > 0)
        return;
    task->cancel.next = *place;
    *place = task;
    loop->cancelling.newest = task;
}

/* Without recursion, as a chain of joins can include every task. */
static void deliver_all(duet_loop *loop)
{
    duet_task *task;

    while ((task = loop->cancelling.first) != NULL) {
        int due = task->cancel.due;

        loop->cancelling.first = task->cancel.next;
        loop->cancelling.newest = NULL;
        task->cancel.due = 0;
        while (due-- > 0)
            deliver(task);
    }
}

bool duet_task_cancel(duet_task *task)
{
    duet_loop *loop = task->loop;

    DUET__OWN_THREAD(loop);
    if (task->state == DUET__TASK_DONE)
        return false;
    task->cancel.requests++;
    if (loop->cancelling.is_running) {
        deliver_soon(loop, task);
        return true;
    }
    loop->cancelling.is_running = true;
    loop->cancelling.calls++;
    deliver(task);
    deliver_all(loop);
    loop->cancelling.is_running = false;
    return true;
}

bool duet_task_cancel_because(duet_task *task, const char *reason)
{
    if (task->state != DUET__TASK_DONE)
        task->cancel.reason = reason;
    return duet_task_cancel(task);
}

const char *duet_task_cancel_reason(const duet_task *task)
{
    return task->cancel.reason;
}

int duet_task_uncancel(duet_task *task)
{
    DUET__OWN_THREAD(task->loop);
    if (task->cancel.requests > 0 && --task->cancel.requests == 0)
        task->cancel.pending = false;
    return task->cancel.requests;
}

int duet_task_cancel_requests(const duet_task *task)
{
    return task->cancel.requests;
}

/* --- holding ------------------------------------------------------------- */

void duet__hold_cancel(void)
{
    if (duet__task_current() != NULL)
        duet__task_current()->cancel.held++;
}

void duet__release_cancel(void)
{
    if (duet__task_current() != NULL)
        duet__task_current()->cancel.held--;
}
