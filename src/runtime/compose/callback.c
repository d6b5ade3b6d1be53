/* SPDX-License-Identifier: MIT */
/* callback.c - functions that the loop calls.
 *
 * Invariant: a callback is freed when it will not be called (any more) and its
 * handle was released. While it may still be called, it is in the loop's list
 * of ends, so that freeing the loop frees it, too. */
#include <duet/callback.h>

#include <stdlib.h>

#include "runtime/core/clock.h"
#include "runtime/core/task.h"
#include "runtime/core/task_local.h"

struct duet_callback {
    duet__ready ready;
    duet__timer timer;
    duet__loop_end end;
    duet_loop *loop;
    void (*function)(void *argument);
    void *argument;
    duet__locals *locals; /* of the task or callback that added it */
    bool held;            /* the handle was not released yet */
    bool queued;          /* in the run queue */
    bool dropped;         /* cancelled while queued */
};

/* A callback that is called when a task ends; its argument is itself. */
typedef struct end_callback {
    duet_callback callback; /* first: they are freed as one */
    duet__wait wait;        /* among the task's joiners */
    void (*function)(int result, void *argument);
    void *argument;
    int result;
} end_callback;

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
    if (!one->dropped)
        one->function(one->argument);
    loop->callback_locals = NULL;
    one->queued = false;
    one->dropped = true; /* too late: nothing to cancel */
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

static void loop_ends(duet__loop_end *end)
{
    duet_callback *one = DUET__MEMBER(end, duet_callback, end);

    duet__loop_disarm(one->loop, &one->timer);
    one->dropped = true;
    one->held = false;
    if (!one->queued)
        callback_free(one);
}

static void begin(duet_callback *one, duet_loop *loop,
                  void (*function)(void *argument), void *argument)
{
    one->ready.run = call;
    one->timer.fired = time_has_come;
    one->end.run = loop_ends;
    one->loop = loop;
    one->function = function;
    one->argument = argument;
    one->locals = duet__locals_hold_current();
    duet__list_push_front(&loop->ends, &one->end.link);
}

static duet_callback *
callback_new(duet_loop *loop, void (*function)(void *argument), void *argument)
{
    duet_callback *one = calloc(1, sizeof *one);

    if (one != NULL)
        begin(one, loop, function, argument);
    return one;
}

int duet_call_soon(void (*function)(void *argument), void *argument)
{
    duet_loop *loop = duet__loop_current;
    duet_callback *one;

    if (loop == NULL)
        return DUET_ENOLOOP;
    one = callback_new(loop, function, argument);
    if (one == NULL)
        return DUET_ENOMEM;
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
    one = callback_new(loop, function, argument);
    if (one == NULL)
        return DUET_ENOMEM;
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

/* --- a task's end ----------------------------------------------------------
 */

static void task_ended(duet__wait *wait, int status)
{
    end_callback *one = DUET__MEMBER(wait, end_callback, wait);
    const duet_task *task = wait->object;

    (void)status;
    one->result = task->result;
    enqueue(&one->callback);
}

static void tell_result(void *argument)
{
    end_callback *one = argument;

    one->function(one->result, one->argument);
}

int duet_task_on_end(duet_task *task,
                     void (*function)(int result, void *argument),
                     void *argument)
{
    end_callback *one = calloc(1, sizeof *one);

    if (one == NULL)
        return DUET_ENOMEM;
    begin(&one->callback, task->loop, tell_result, one);
    one->wait =
        (duet__wait){.what = "callback", .object = task, .woken = task_ended};
    one->function = function;
    one->argument = argument;
    if (task->state == DUET__TASK_DONE)
        task_ended(&one->wait, 0);
    else
        duet__list_push_back(&task->joiners, &one->wait.link);
    return 0;
}
