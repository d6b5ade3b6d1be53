/* SPDX-License-Identifier: MIT */
/* group.c - groups and gather.
 *
 * Invariant: `failure` is the code of the first task that failed; from then on
 * the group is cancelling, and the body has been cancelled once. */
#include <duet/group.h>

#include <stdlib.h>

#include "runtime/core/clock.h"
#include "runtime/core/task.h"

struct duet_group {
    duet__scope scope;
    duet_task *body;
    /* Cancellation requests that the body received before the group was
     * opened. */
    int requests;
    int failure;
    duet__detail detail; /* of the failed task */
    bool cancelling;
    bool closing;        /* the body is in duet_group_close() */
    bool body_cancelled; /* by us, on the first failure */
};

static void task_ended(duet__scope *scope, duet_task *task)
{
    duet_group *group = DUET__MEMBER(scope, duet_group, scope);
    int result = task->result;

    if (result >= 0 || result == DUET_ECANCELED || group->failure != 0)
        return;
    group->failure = result;
    group->detail = task->detail;
    task->detail = (duet__detail){0};
    duet_group_cancel(group);
    if (!group->closing) {
        group->body_cancelled = true;
        duet_task_cancel(group->body);
    }
}

int duet_group_open(duet_group **out_group)
{
    duet_task *body = duet__task_current();
    duet_group *group;

    *out_group = NULL;
    if (body == NULL)
        return DUET_ENOLOOP;
    group = malloc(sizeof *group);
    if (group == NULL)
        return DUET_ENOMEM;
    *group = (duet_group){.body = body,
                          .requests = duet__cancel_delivered(&body->cancel)};
    duet__scope_init(&group->scope, body);
    group->scope.task_ended = task_ended;
    body->unclosed++;
    *out_group = group;
    return 0;
}

int duet_group_spawn(duet_group *group, duet_task_function *function,
                     void *argument, const duet_spawn_options *options,
                     duet_task **out_task)
{
    if (group->cancelling) {
        if (out_task != NULL)
            *out_task = NULL;
        return DUET_ECANCELED;
    }
    return duet__task_spawn(group->body->loop, &group->scope, function,
                            argument, options, out_task);
}

void duet_group_cancel(duet_group *group)
{
    group->cancelling = true;
    duet__scope_cancel(&group->scope);
}

int duet_group_close(duet_group *group, int status)
{
    bool cancelled;
    int failure;

    if (group == NULL)
        return status;
    group->closing = true;
    group->body->unclosed--;
    if (group->body_cancelled) {
        /* Our own request is taken back; any other is passed on. */
        cancelled = duet_task_uncancel(group->body) > group->requests;
        if (!cancelled)
            duet__cancel_drop(&group->body->cancel);
        if (status == DUET_ECANCELED && !cancelled)
            status = 0;
    } else {
        cancelled = status == DUET_ECANCELED;
    }
    if (status < 0 && !group->cancelling)
        duet_group_cancel(group);
    if (duet__scope_wait(&group->scope) == DUET_ECANCELED)
        cancelled = true;
    duet__task_release_ended(&group->scope);
    failure = group->failure;
    if (failure != 0 && cancelled)
        duet__cancel_put_back(
            &group->body->cancel); /* the failure is told first */
    if (failure != 0)
        duet__detail_adopt(&group->detail, failure);
    free(group);
    if (failure != 0)
        return failure;
    return cancelled ? DUET_ECANCELED : status;
}

/* --- gather -------------------------------------------------------------- */

typedef struct gather {
    duet__scope scope;
    bool collect_errors;
    bool ending; /* by deadline or cancellation: later failures are ignored */
    int failure;
    duet__detail detail; /* of the failed task */
} gather;

static int run_call(void *argument)
{
    duet_call *call = argument;

    duet__task_runs((void (*)(void))call->function);
    call->result = call->function(call->argument);
    return call->result;
}

static void call_ended(duet__scope *scope, duet_task *task)
{
    gather *all = DUET__MEMBER(scope, gather, scope);

    if (task->result >= 0 || all->failure != 0 || all->collect_errors ||
        all->ending)
        return;
    all->failure = task->result;
    all->detail = task->detail;
    task->detail = (duet__detail){0};
    duet__scope_cancel(scope);
}

static void cancel_calls(gather *all)
{
    all->ending = true;
    duet__scope_cancel(&all->scope);
}

/* The deadline has passed; calls that end from now on wake no waiter. */
static void leave_scope(duet__wait *wait)
{
    gather *all = wait->object;

    all->scope.closer = NULL;
}

/* The calls are cancelled at once; the caller receives the request when they
 * have ended. */
static bool cancel_calls_instead(duet__wait *wait)
{
    cancel_calls(wait->object);
    return true;
}

/* Waits until the deadline, then without one for the remaining calls. */
static int wait_for_calls(gather *all, duet_deadline deadline)
{
    duet_task *caller = duet__task_current();
    int requests = caller->cancel.requests;
    duet__wait wait = {.what = "gather",
                       .object = all,
                       .leave = leave_scope,
                       .cancelled = cancel_calls_instead};
    int status = 0;

    if (!duet__list_is_empty(&all->scope.running)) {
        all->scope.closer = &wait;
        status = duet__park(&wait, deadline);
    }
    if ((status == 0 || status == DUET_ETIMEDOUT) &&
        duet__cancel_take_since(&caller->cancel, requests))
        status = DUET_ECANCELED; /* also one after the last end */
    /* After a failure the calls were cancelled already. */
    if (status != DUET_ETIMEDOUT || all->failure == 0)
        cancel_calls(all);
    return duet__scope_end(&all->scope, status);
}

int duet_gather(duet_call *calls, size_t count,
                const duet_gather_options *options, duet_deadline deadline)
{
    static const duet_gather_options defaults;
    duet_loop *loop = duet__loop_current;
    gather all = {0};
    int spawned = 0;
    int failure;
    int status;

    if (loop == NULL || loop->current == NULL)
        return DUET_ENOLOOP;
    if (options == NULL)
        options = &defaults;
    const duet_spawn_options spawn = {
        .name = options->name != NULL ? options->name : "gather",
        .stack_bytes = options->stack_bytes,
    };
    duet__scope_init(&all.scope, loop->current);
    all.scope.task_ended = call_ended;
    all.scope.stack_option = "duet_gather_options.stack_bytes";
    all.collect_errors = options->collect_errors;
    for (size_t i = 0; i < count; i++)
        calls[i].result = DUET_ECANCELED;
    for (size_t i = 0; i < count && spawned == 0; i++)
        spawned = duet__task_spawn(loop, &all.scope, run_call, &calls[i],
                                   &spawn, NULL);
    if (spawned != 0)
        cancel_calls(&all);
    status = wait_for_calls(&all, deadline);
    if (spawned == 0 && all.failure != 0)
        duet__detail_adopt(&all.detail, all.failure);
    failure = spawned != 0 ? spawned : all.failure;
    if (failure != 0 && status == DUET_ECANCELED)
        duet__cancel_put_back(
            &loop->current->cancel); /* the failure is told first */
    return failure != 0 ? failure : status;
}

int duet_gather_array(duet_task_function *function, void *arguments,
                      size_t count, size_t argument_bytes,
                      const duet_gather_options *options, int *results,
                      duet_deadline deadline)
{
    duet_call *calls = calloc(count + 1, sizeof *calls);
    int status;

    if (calls == NULL)
        return DUET_ENOMEM;
    for (size_t i = 0; i < count; i++)
        calls[i] =
            (duet_call){.function = function,
                        .argument = (char *)arguments + i * argument_bytes,
                        .result = DUET_ECANCELED};
    status = duet_gather(calls, count, options, deadline);
    for (size_t i = 0; i < count && results != NULL; i++)
        results[i] = calls[i].result;
    free(calls);
    return status;
}
