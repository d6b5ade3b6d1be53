/* SPDX-License-Identifier: MIT */
/* call.c - single calls, awaited immediately or submitted and awaited later.
 *
 * A submitted call is a task of the pool. Invariant: its memory is freed with
 * the last reference: the task, the handle and each listener have one. */
#include <stdlib.h>
#include <string.h>

#include "parallel/process/call.h"
#include "parallel/process/pool.h"
#include "runtime/core/task.h"

DUET__LIVES("process call")

typedef struct listener {
    duet__link link; /* in call->listeners */
    duet__ready ready;
    duet_process_call *call; /* held, once it has ended */
    void (*function)(duet_process_call *call, void *argument);
    void *argument;
} listener;

/* Makes one call, whatever the state of the pool. */
static int call_now(duet_process_pool *pool,
                    duet_process_call_function *function, const void *input,
                    size_t length, duet_process_output *output,
                    duet_deadline deadline)
{
    const duet_process_input one = {input, length};
    duet__pool_run run = {
        .function = function, .inputs = &one, .outputs = output, .count = 1};
    int status = duet__process_pool_run(pool, &run, deadline);

    if (status == 0) {
        int failure = output->status != 0 ? output->status : output->result;

        if (output->detail != NULL)
            duet__fail(failure, "%s", output->detail);
        else if (failure < 0)
            duet__fail_plainly(failure);
        status = output->status;
    }
    if (status != 0)
        duet_process_output_clear(output);
    return status;
}

int duet_process_pool_call(duet_process_pool *pool,
                           duet_process_call_function *function,
                           const void *input, size_t length,
                           duet_process_output *out_output,
                           duet_deadline deadline)
{
    int status = duet__process_pool_check(pool, length);

    *out_output = (duet_process_output){0};
    if (status == 0)
        status = duet__process_pool_enter(pool);
    if (status != 0)
        return status;
    status = call_now(pool, function, input, length, out_output, deadline);
    duet__process_pool_leave(pool);
    return status;
}

static void release(duet_process_call *call)
{
    if (--call->references > 0)
        return;
    duet_process_output_clear(&call->output);
    duet__detail_free(&call->detail);
    free(call);
}

/* The body of the task. */
static int run_call(void *argument)
{
    duet_process_call *call = argument;

    call->status = call_now(call->pool, call->function, call->input,
                            call->length, &call->output, DUET_NEVER);
    return call->status;
}

static void tell(duet__ready *ready)
{
    listener *own = DUET__MEMBER(ready, listener, ready);

    own->function(own->call, own->argument);
    release(own->call);
    free(own);
}

static void tell_soon(duet_process_call *call, listener *own)
{
    own->ready.run = tell;
    own->call = call;
    call->references++;
    duet__loop_append(duet_current_loop(), &own->ready);
}

static void tell_all(duet_process_call *call)
{
    duet__link *link;

    while ((link = duet__list_pop_front(&call->watchers)) != NULL) {
        duet__process_watcher *watcher =
            DUET__MEMBER(link, duet__process_watcher, link);

        watcher->ended(watcher);
    }
    while ((link = duet__list_pop_front(&call->listeners)) != NULL)
        tell_soon(call, DUET__MEMBER(link, listener, link));
    duet__wake_all(&call->waiters, 0);
}

/* A task that was cancelled before its start never runs its body, so the end is
 * announced by the scope, which is notified of every end. */
static void task_ended(duet__scope *scope, duet_task *task)
{
    duet_process_call *call = task->argument;

    (void)scope;
    duet__process_pool_leave(call->pool);
    call->task = NULL;
    call->detail = task->detail;
    task->detail = (duet__detail){0};
    call->failed = (call->status != 0 && call->status != DUET_ECANCELED) ||
                   call->output.result < 0;
    tell_all(call);
    release(call);
}

int duet_process_pool_submit(duet_process_pool *pool,
                             duet_process_call_function *function,
                             const void *input, size_t length,
                             duet_process_call **out_call)
{
    const duet_spawn_options options = {.name = "process call"};
    duet_process_call *call;
    int status = duet__process_pool_check(pool, length);

    *out_call = NULL;
    if (status != 0)
        return status;
    call = malloc(sizeof *call + length);
    if (call == NULL)
        return DUET_ENOMEM;
    *call = (duet_process_call){.pool = pool,
                                .function = function,
                                .references = 2,
                                .status = DUET_ECANCELED,
                                .length = length};
    duet__link_init(&call->waiters);
    duet__link_init(&call->watchers);
    duet__link_init(&call->listeners);
    if (length > 0)
        memcpy(call->input, input, length);
    pool->calls.task_ended = task_ended;
    status = duet__process_pool_enter(pool);
    if (status == 0) {
        status = duet__task_spawn(pool->loop, &pool->calls, run_call, call,
                                  &options, &call->task);
        if (status != 0)
            duet__process_pool_leave(pool);
    }
    if (status != 0) {
        free(call);
        return status;
    }
    duet_task_release(call->task); /* valid until task_ended() */
    DUET__LIFE_BEGINS(call);
    *out_call = call;
    return 0;
}

int duet_process_call_wait(duet_process_call *call,
                           duet_process_output *out_output,
                           duet_deadline deadline)
{
    int status = 0;

    *out_output = (duet_process_output){0};
    while (call->task != NULL && status == 0) {
        duet__wait wait = {.what = "a call in a process",
                           .object = call,
                           .outside = DUET__FOR_WORK};

        duet__list_push_back(&call->waiters, &wait.link);
        status = duet__park(&wait, deadline);
    }
    if (status != 0)
        return status;
    status = call->status != 0 ? call->status : call->output.result;
    if (status < 0)
        duet__detail_adopt(&call->detail, status);
    *out_output = call->output;
    call->output = (duet_process_output){0};
    status = call->status;
    call->status = DUET_EALREADY;
    return status;
}

bool duet_process_call_cancel(duet_process_call *call)
{
    return call->task != NULL && duet_task_cancel(call->task);
}

bool duet_process_call_is_done(const duet_process_call *call)
{
    return call->task == NULL;
}

int duet_process_call_on_end(duet_process_call *call,
                             void (*function)(duet_process_call *call,
                                              void *argument),
                             void *argument)
{
    listener *own = malloc(sizeof *own);

    if (own == NULL)
        return DUET_ENOMEM;
    *own = (listener){.function = function, .argument = argument};
    duet__link_init(&own->link);
    if (call->task == NULL)
        tell_soon(call, own);
    else
        duet__list_push_back(&call->listeners, &own->link);
    return 0;
}

void duet_process_call_free(duet_process_call *call)
{
    if (call == NULL)
        return;
    DUET__LIFE_ENDS(call);
    if (call->task != NULL)
        duet_task_cancel(call->task);
    release(call);
}
