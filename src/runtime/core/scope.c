/* SPDX-License-Identifier: MIT */
/* scope.c - cancels and waits for the tasks that a task or group owns. */
#include "runtime/core/scope.h"

#include "base/check.h"
#include "runtime/core/task.h"

void duet__scope_init(duet__scope *scope, duet_task *owner)
{
    *scope = (duet__scope){.owner = owner};
    duet__link_init(&scope->running);
    duet__link_init(&scope->ended);
}

void duet__scope_left(duet__scope *scope)
{
    duet__wait *closer = scope->closer;

    if (closer == NULL || !duet__list_is_empty(&scope->running))
        return;
    scope->closer = NULL;
    duet__wake(closer, 0);
}

void duet__scope_cancel(duet__scope *scope)
{
    duet__link *link = scope->running.next;

    /* Cancelling only makes tasks ready; none runs now, so the list does not
     * change. */
    for (; link != &scope->running; link = link->next)
        duet_task_cancel(DUET__MEMBER(link, duet_task, scope_link));
}

static bool cancel_tasks_instead(duet__wait *wait)
{
    duet__scope_cancel(wait->object);
    return true;
}

int duet__scope_wait(duet__scope *scope)
{
    duet_task *caller = duet__task_current();
    int requests = caller->cancel.requests;
    bool cancelled = false;
    duet__wait wait = {.what = "its tasks",
                       .object = scope,
                       .cancelled = cancel_tasks_instead};

    DUET__CHECK(scope->closer == NULL, "a scope is left once");
    if (!duet__list_is_empty(&scope->running) &&
        duet__cancel_take(&caller->cancel)) {
        cancelled = true;
        duet__scope_cancel(scope);
    }
    while (!duet__list_is_empty(&scope->running)) {
        scope->closer = &wait;
        wait.link = (duet__link){NULL, NULL};
        duet__park(&wait, DUET_NEVER);
    }
    if (duet__cancel_take_since(&caller->cancel, requests))
        cancelled = true; /* also one that came after the last task had ended */
    return cancelled ? DUET_ECANCELED : 0;
}

int duet__scope_end(duet__scope *scope, int status)
{
    if (duet__scope_wait(scope) == 0)
        return status;
    if (status < 0 && status != DUET_ETIMEDOUT && status != DUET_ECANCELED) {
        duet__cancel_put_back(&duet__task_current()->cancel);
        return status;
    }
    return DUET_ECANCELED;
}
