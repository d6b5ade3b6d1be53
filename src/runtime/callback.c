/* SPDX-License-Identifier: MIT */
/* callback.c - functions that the loop calls.
 *
 * Invariant: a callback is freed when it will not be called (any more) and
 * nobody holds its handle. While it may still be called it is among the loop's
 * ends, so that freeing the loop frees it, too. */
#include <duet/callback.h>

#include <stdlib.h>

#include "runtime/task.h"
#include "runtime/task_local.h"

struct duet_callback {
    duet__ready ready;
    duet__timer timer;
    duet__wait wait; /* among a task's joiners */
    duet__loop_end end;
    duet_loop *loop;
    void (*function)(void *argument);
    void (*with_result)(int result, void *argument);
    void *argument;
    duet__locals *locals; /* of who asked for it */
    int result;
    bool held;    /* somebody has the handle */
    bool queued;  /* in the run queue */
    bool dropped; /* cancelled while queued */
};

static void callback_free(duet_callback *one)
{
    duet__locals_free(one->locals);
    free(one);
}

static void free_if_over(duet_callback *one)
{
    if (one->held || one->queued)
        return;
    duet__list_remove(&one->end.link);
    callback_free(one);
}

static void call(duet__ready *ready)
{
    duet_callback *one = DUET__MEMBER(ready, duet_callback, ready);
    duet_loop *loop = one->loop;

    loop->callback_locals = one->locals;
    if (one->dropped)
        ;
    else if (one->with_result != NULL)
        one->with_result(one->result, one->argument);
    else
        one->function(one->argument);
    loop->callback_locals = NULL;
    one->queued = false;
    one->dropped = true; /* nothing is left to prevent */
    free_if_over(one);
}

static void enqueue(duet_callback *one)
{
    one->queued = true;
    duet__loop_append(one->loop, &one->ready);
}

static void time_has_come(duet__timer *timer)
{
    enqueue(DUET__MEMBER(timer, duet_callback, timer));
}

static void task_ended(duet__wait *wait, int status)
{
    duet_callback *one = DUET__MEMBER(wait, duet_callback, wait);
    const duet_task *task = wait->object;

    (void)status;
    one->result = task->result;
    enqueue(one);
}

static void loop_ends(duet__loop_end *end)
{
    duet_callback *one = DUET__MEMBER(end, duet_callback, end);

    duet__loop_disarm(one->loop, &one->timer);
    one->dropped = true;
    one->held = false;
    if (!one->queued)
        callback_free(one);
}

static duet_callback *callback_new(duet_loop *loop, void *argument)
{
    duet_callback *one = calloc(1, sizeof *one);

    if (one == NULL)
        return NULL;
    one->ready.run = call;
    one->timer.fired = time_has_come;
    one->end.run = loop_ends;
    one->loop = loop;
    one->argument = argument;
    one->locals = duet__locals_hold_current();
    duet__list_push_front(&loop->ends, &one->end.link);
    return one;
}

int duet_call_soon(void (*function)(void *argument), void *argument)
{
    duet_loop *loop = duet__loop_current;
    duet_callback *one;

    if (loop == NULL)
        return DUET_ENOLOOP;
    one = callback_new(loop, argument);
    if (one == NULL)
        return DUET_ENOMEM;
    one->function = function;
    enqueue(one);
    return 0;
}

int duet_call_at(duet_deadline when, void (*function)(void *argument),
                 void *argument, duet_callback **out_callback)
{
    duet_loop *loop = duet__loop_current;
    duet_callback *one;
    int status;

    if (out_callback != NULL)
        *out_callback = NULL;
    if (loop == NULL)
        return DUET_ENOLOOP;
    one = callback_new(loop, argument);
    if (one == NULL)
        return DUET_ENOMEM;
    one->function = function;
    status = duet__loop_arm(loop, &one->timer, when);
    if (status != 0) {
        free_if_over(one);
        return status;
    }
    if (out_callback != NULL) {
        one->held = true;
        *out_callback = one;
    }
    return 0;
}

bool duet_callback_cancel(duet_callback *callback)
{
    bool prevented;

    if (callback == NULL)
        return false;
    prevented = !callback->dropped;
    duet__loop_disarm(callback->loop, &callback->timer);
    callback->held = false;
    callback->dropped = true;
    free_if_over(callback);
    return prevented;
}

int duet_task_on_end(duet_task *task,
                     void (*function)(int result, void *argument),
                     void *argument)
{
    duet_callback *one = callback_new(task->loop, argument);

    if (one == NULL)
        return DUET_ENOMEM;
    one->with_result = function;
    one->wait =
        (duet__wait){.what = "callback", .object = task, .woken = task_ended};
    if (task->state == DUET__TASK_DONE)
        task_ended(&one->wait, 0);
    else
        duet__list_push_back(&task->joiners, &one->wait.link);
    return 0;
}
