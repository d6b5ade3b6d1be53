/* SPDX-License-Identifier: MIT */
/* thread_call.c - the handle of a call: its end, and who hears of it.
 *
 * Invariant: a call that is DUET__CALL_DONE changes no more, but for its
 * references and the listeners that the thread which ended it still tells. */
#include <stdlib.h>

#include "parallel/thread_pool.h"

typedef struct listener {
    duet__link link; /* in call->listeners */
    void (*function)(duet_thread_call *call, void *argument);
    void *argument;
} listener;

int duet__call_new(duet_thread_pool *pool, duet_thread_function *function,
                   void *argument, void (*free_argument)(void *argument),
                   duet_thread_call **out_call)
{
    duet_thread_call *call = malloc(sizeof *call);

    *out_call = call;
    if (call == NULL)
        return DUET_ENOMEM;
    *call = (duet_thread_call){.pool = pool,
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

static void release(duet_thread_call *call)
{
    duet_thread_pool *pool = call->pool;
    bool last;

    pthread_mutex_lock(&pool->mutex);
    last = --call->references == 0;
    pthread_mutex_unlock(&pool->mutex);
    if (!last)
        return;
    if (call->free_argument != NULL)
        call->free_argument(call->argument);
    duet__detail_free(&call->detail);
    free(call);
    pthread_mutex_lock(&pool->mutex);
    duet__thread_pool_unlock_and_release(pool);
}

/* --- the end ------------------------------------------------------------- */

void duet__call_finish(duet_thread_call *call, int result)
{
    call->never_ran = call->state == DUET__CALL_PENDING;
    call->state = DUET__CALL_DONE;
    call->result = result;
    duet__gate_wake_all(&call->done);
    while (!duet__list_is_empty(&call->watchers)) {
        duet__call_watcher *watcher = DUET__MEMBER(
            duet__list_pop_front(&call->watchers), duet__call_watcher, link);

        watcher->ended(watcher);
    }
}

void duet__call_show_detail(const duet_thread_call *call)
{
    if (call->result < 0)
        duet__detail_show(&call->detail, call->result);
}

void duet__call_tell_end(duet_thread_call *call)
{
    while (!duet__list_is_empty(&call->listeners)) {
        listener *one = DUET__MEMBER(duet__list_pop_front(&call->listeners),
                                     listener, link);

        duet__call_show_detail(call);
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
    pthread_mutex_lock(&call->pool->mutex);
    done = call->state == DUET__CALL_DONE;
    if (done)
        call->references++;
    else
        duet__list_push_back(&call->listeners, &one->link);
    pthread_mutex_unlock(&call->pool->mutex);
    if (!done)
        return 0;
    free(one);
    duet__call_show_detail(call);
    function(call, argument);
    release(call);
    return 0;
}

/* --- the handle ---------------------------------------------------------- */

int duet_thread_call_wait(duet_thread_call *call, int *out_result,
                          duet_deadline deadline)
{
    duet_thread_pool *pool = call->pool;
    int status = 0;

    pthread_mutex_lock(&pool->mutex);
    while (call->state != DUET__CALL_DONE && status == 0)
        status = duet__gate_wait(&call->done, &pool->mutex,
                                 "a call in a thread", deadline);
    if (call->state == DUET__CALL_DONE && status == DUET_ETIMEDOUT)
        status = 0;
    pthread_mutex_unlock(&pool->mutex);
    if (status != 0)
        return status;
    duet__call_show_detail(call);
    if (out_result != NULL)
        *out_result = call->result;
    return 0;
}

bool duet_thread_call_cancel(duet_thread_call *call)
{
    duet_thread_pool *pool = call->pool;
    bool pending;
    bool cancelled;

    pthread_mutex_lock(&pool->mutex);
    pending = call->state == DUET__CALL_PENDING;
    if (pending) {
        duet__list_remove(&call->link);
        pool->queued--;
        duet__call_finish(call, DUET_ECANCELED);
        duet__gate_wake_one(&pool->room);
    }
    cancelled = call->never_ran && call->result == DUET_ECANCELED;
    pthread_mutex_unlock(&pool->mutex);
    if (pending)
        duet__call_tell_end(call);
    return cancelled;
}

static duet__call_state state_of(const duet_thread_call *call)
{
    duet__call_state state;

    pthread_mutex_lock(&call->pool->mutex);
    state = call->state;
    pthread_mutex_unlock(&call->pool->mutex);
    return state;
}

bool duet_thread_call_is_done(duet_thread_call *call)
{
    return state_of(call) == DUET__CALL_DONE;
}

bool duet_thread_call_is_running(duet_thread_call *call)
{
    return state_of(call) == DUET__CALL_RUNNING;
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
    if (call != NULL)
        release(call);
}
