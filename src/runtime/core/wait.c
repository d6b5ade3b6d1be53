/* SPDX-License-Identifier: MIT */
/* wait.c - parking and waking tasks.
 *
 * Invariant: a task in the run queue is DUET__TASK_READY and waits for nothing;
 * task->wait is set exactly while the task is DUET__TASK_WAITING. */
#include "runtime/core/wait.h"

#include "runtime/core/switch.h"

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
    duet__loop_disarm(task->loop, &task->timer); /* usually nothing */
}

void duet__wait_end(duet_task *task, int status)
{
    leave_queue(task->wait);
    make_ready(task, status);
}

void duet__wait_timed_out(duet__timer *timer)
{
    duet__wait_end(DUET__MEMBER(timer, duet_task, timer), DUET_ETIMEDOUT);
}

/* Suspends the task, and counts it as waiting for `outside`. */
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
    else if (duet__cancel_take(&task->cancel))
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
    duet__cancel_resumed(&task->cancel);
    status = task->result;
    if ((wait->cancel_wins || status == DUET_ETIMEDOUT) &&
        duet__cancel_take(&task->cancel))
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
