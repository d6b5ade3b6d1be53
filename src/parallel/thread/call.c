/* SPDX-License-Identifier: MIT */
/* call.c - the handle of a call, its end, and the listeners.
 *
 * Invariant: a call that is DUET__THREAD_CALL_DONE does not change any more,
 * except for its references and the listeners, which the thread that ended it
 * still has to call. */
#include "parallel/thread/call.h"

#include <stdlib.h>

DUET__LIVES("thread call")

typedef struct listener {
    duet__link link; /* in call->listeners */
    void (*function)(duet_thread_call *call, void *argument);
    void *argument;
} listener;

int duet__thread_call_new(duet_thread_pool *pool, duet__counted_mutex *guard,
                          duet_thread_function *function, void *argument,
                          void (*free_argument)(void *argument),
                          duet_thread_call **out_call)
{
    duet_thread_call *call = malloc(sizeof *call);

    *out_call = call;
    if (call == NULL)
        return DUET_ENOMEM;
    *call = (duet_thread_call){.guard = guard,
                               .pool = pool,
                               .function = function,
                               .argument = argument,
                               .free_argument = free_argument,
                               .references = 1};
    duet__link_init(&call->link);
    duet__link_init(&call->watchers);
    duet__link_init(&call->listeners);
    duet__gate_init(&call->done, DUET__FOR_WORK);
    return 0;
}

void duet__thread_call_become_handle(duet_thread_call *call)
{
    call->references++;
    DUET__LIFE_BEGINS(call);
}

static void release(duet_thread_call *call)
{
    duet__counted_mutex *guard = call->guard;
    bool last;

    duet__counted_mutex_lock(guard);
    last = --call->references == 0;
    duet__counted_mutex_unlock(guard);
    if (!last)
        return;
    if (call->free_argument != NULL)
        call->free_argument(call->argument);
    duet__detail_free(&call->detail);
    free(call);
    duet__counted_mutex_lock(guard);
    duet__counted_mutex_unlock_and_release(guard);
}

/* --- the end ------------------------------------------------------------- */

void duet__thread_call_finish(duet_thread_call *call, int result)
{
    call->never_ran = call->state == DUET__THREAD_CALL_PENDING;
    call->state = DUET__THREAD_CALL_DONE;
    call->result = result;
    duet__gate_wake_all(&call->done);
    while (!duet__list_is_empty(&call->watchers)) {
        duet__thread_watcher *watcher = DUET__MEMBER(
            duet__list_pop_front(&call->watchers), duet__thread_watcher, link);

        watcher->ended(watcher);
    }
}

void duet__thread_call_show_detail(const duet_thread_call *call)
{
    if (call->result < 0)
        duet__detail_show(&call->detail, call->result);
}

void duet__thread_call_tell_end(duet_thread_call *call)
{
    while (!duet__list_is_empty(&call->listeners)) {
        listener *one = DUET__MEMBER(duet__list_pop_front(&call->listeners),
                                     listener, link);

        duet__thread_call_show_detail(call);
        one->function(call, one->argument);
        free(one);
    }
    release(call);
}

int duet_thread_call_on_end(duet_thread_call *call,
                            void (*function)(duet_thread_call *call,
                                             void *argument),
                            void *argument)
{
    listener *one = malloc(sizeof *one);
    bool done;

    if (one == NULL)
        return DUET_ENOMEM;
    *one = (listener){.function = function, .argument = argument};
    duet__counted_mutex_lock(call->guard);
    done = call->state == DUET__THREAD_CALL_DONE;
    if (done)
        call->references++;
    else
        duet__list_push_back(&call->listeners, &one->link);
    duet__counted_mutex_unlock(call->guard);
    if (!done)
        return 0;
    free(one);
    duet__thread_call_show_detail(call);
    function(call, argument);
    release(call);
    return 0;
}

/* --- the handle ---------------------------------------------------------- */

int duet__thread_call_await(duet_thread_call *call, duet_deadline deadline)
{
    int status = 0;

    duet__counted_mutex_lock(call->guard);
    while (call->state != DUET__THREAD_CALL_DONE && status == 0)
        status = duet__gate_wait(&call->done, &call->guard->mutex,
                                 "a call in a thread", deadline);
    if (call->state == DUET__THREAD_CALL_DONE && status == DUET_ETIMEDOUT)
        status = 0;
    duet__counted_mutex_unlock(call->guard);
    return status;
}

int duet_thread_call_wait(duet_thread_call *call, int *out_result,
                          duet_deadline deadline)
{
    int status = duet__thread_call_await(call, deadline);

    if (status != 0)
        return status;
    duet__thread_call_show_detail(call);
    if (out_result != NULL)
        *out_result = call->result;
    return 0;
}

static duet__thread_call_state state_of(const duet_thread_call *call)
{
    duet__thread_call_state state;

    duet__counted_mutex_lock(call->guard);
    state = call->state;
    duet__counted_mutex_unlock(call->guard);
    return state;
}

bool duet_thread_call_is_done(duet_thread_call *call)
{
    return state_of(call) == DUET__THREAD_CALL_DONE;
}

bool duet_thread_call_is_running(duet_thread_call *call)
{
    return state_of(call) == DUET__THREAD_CALL_RUNNING;
}

int duet_thread_call_result(duet_thread_call *call)
{
    return duet_thread_call_is_done(call) ? call->result : DUET_ESTATE;
}

void *duet_thread_call_argument(const duet_thread_call *call)
{
    return call->argument;
}

void duet_thread_call_free(duet_thread_call *call)
{
    if (call == NULL)
        return;
    DUET__LIFE_ENDS(call);
    release(call);
}
