/* SPDX-License-Identifier: MIT */
/* wait.c - parking, waking and cancelling tasks.
 *
 * Invariant: a task in the run queue is DUET__TASK_READY and waits for nothing;
 * task->wait is set exactly while the task is DUET__TASK_WAITING. */
#include "runtime/wait.h"

#include "runtime/task.h"

/* --- parking ------------------------------------------------------------- */

static void leave_queue(duet__wait *wait)
{
    if (wait->leave != NULL)
        wait->leave(wait);
    else if (wait->link.next != NULL)
        duet__list_remove(&wait->link);
}

static void make_ready(duet_task *task, int status)
{
    task->wait = NULL;
    task->result = status;
    task->state = DUET__TASK_READY;
    task->loop->counters.wake_ups++;
    duet__loop_append(task->loop, &task->ready);
    duet__loop_disarm(task->loop, &task->timer); /* mostly, nothing */
}

void duet__wait_timed_out(duet__timer *timer)
{
    duet_task *task = DUET__MEMBER(timer, duet_task, timer);

    leave_queue(task->wait);
    make_ready(task, DUET_ETIMEDOUT);
}

/* Suspends the task, and counts it among those who wait for the outside. */
static void suspend(duet_task *task, duet__outside outside)
{
    if (outside == DUET__FOR_TASKS) {
        duet__task_suspend(task);
        return;
    }
    task->loop->waiting_outside[outside]++;
    duet__task_suspend(task);
    task->loop->waiting_outside[outside]--;
}

int duet__park(duet__wait *wait, duet_deadline deadline)
{
    duet_task *task = duet__task_current();
    int status = 0;

    if (task == NULL)
        status = duet_deadline_is_now(deadline) ? DUET_ETIMEDOUT : DUET_ENOLOOP;
    else if (duet__take_cancel(task))
        status = DUET_ECANCELED;
    else if (duet_deadline_is_now(deadline))
        status = DUET_ETIMEDOUT;
    else if (!duet_deadline_is_never(deadline))
        status = duet__loop_arm(task->loop, &task->timer, deadline);
    if (status != 0) {
        leave_queue(wait);
        return duet__fail_plainly(status);
    }
    wait->task = task;
    task->wait = wait;
    task->waits_since_ns = task->loop->now_ns;
    task->state = DUET__TASK_WAITING;
    suspend(task, wait->outside);
    task->woken_by_cancel = false;
    status = task->result;
    if ((wait->hands_over_nothing || status == DUET_ETIMEDOUT) &&
        duet__take_cancel(task))
        status = DUET_ECANCELED;
    return status < 0 ? duet__fail_plainly(status) : status;
}

void duet__wake(duet__wait *wait, int status)
{
    if (wait->link.next != NULL)
        duet__list_remove(&wait->link);
    if (wait->woken != NULL)
        wait->woken(wait, status);
    else
        make_ready(wait->task, status);
}

bool duet__wake_first(duet__list *queue, int status)
{
    if (duet__list_is_empty(queue))
        return false;
    duet__wake(DUET__MEMBER(queue->next, duet__wait, link), status);
    return true;
}

void duet__wake_all(duet__list *queue, int status)
{
    while (duet__wake_first(queue, status))
        continue;
}

/* --- cancelling ---------------------------------------------------------- */

/* True if the task's wait goes on because it passes the request to others: in
 * one call to duet_task_cancel() once, for chains may meet or go round. */
static bool pass_on(duet_task *task, duet__wait *wait)
{
    uint64_t call = task->loop->cancelling.calls;

    if (wait->cancelled == NULL)
        return false;
    if (task->cancel_passed == call)
        return true;
    task->cancel_passed = call;
    return wait->cancelled(wait);
}

static void deliver(duet_task *task)
{
    if (task->state == DUET__TASK_WAITING && task->cancel_held == 0) {
        duet__wait *wait = task->wait;

        if (pass_on(task, wait))
            return;
        leave_queue(wait);
        task->woken_by_cancel = true;
        make_ready(task, DUET_ECANCELED);
    } else if (!task->woken_by_cancel) {
        task->cancel_pending = true;
    }
}

/* Notes a request that a wait passes on: those of one wait in their order, and
 * before what is due already. */
static void deliver_soon(duet_loop *loop, duet_task *task)
{
    duet_task **place = loop->cancelling.newest != NULL
                            ? &loop->cancelling.newest->cancel_next
                            : &loop->cancelling.first;

    if (task->cancels_due++ > 0)
        return;
    task->cancel_next = *place;
    *place = task;
    loop->cancelling.newest = task;
}

/* Not by recursion: joins make chains as long as there are tasks. */
static void deliver_all(duet_loop *loop)
{
    duet_task *task;

    while ((task = loop->cancelling.first) != NULL) {
        int due = task->cancels_due;

        loop->cancelling.first = task->cancel_next;
        loop->cancelling.newest = NULL;
        task->cancels_due = 0;
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
    task->cancel_requests++;
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
        task->cancel_reason = reason;
    return duet_task_cancel(task);
}

const char *duet_task_cancel_reason(const duet_task *task)
{
    return task->cancel_reason;
}

int duet_task_uncancel(duet_task *task)
{
    DUET__OWN_THREAD(task->loop);
    if (task->cancel_requests > 0 && --task->cancel_requests == 0)
        task->cancel_pending = false;
    return task->cancel_requests;
}

int duet_task_cancel_requests(const duet_task *task)
{
    return task->cancel_requests;
}
