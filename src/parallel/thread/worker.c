/* SPDX-License-Identifier: MIT */
/* worker.c - the threads of a pool: they take calls, run them, tell their ends,
 * and end when there is no more to do.
 *
 * Invariant: a thread holds a reference to its pool until its last step; of the
 * threads that ended, one at most is not joined. */
#include "parallel/thread/worker.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "parallel/thread/call.h"

/* The pool that the calling thread works for. */
static _Thread_local duet_thread_pool *pool_of_thread;

bool duet__pool_worker_is_of(const duet_thread_pool *pool)
{
    return pool_of_thread == pool;
}

/* --- references ---------------------------------------------------------- */

void duet__pool_unlock_and_release(duet_thread_pool *pool)
{
    duet__counted_mutex *guard = pool->guard;

    if (--pool->references > 0) {
        duet__counted_mutex_unlock(guard);
        return;
    }
    free(pool);
    duet__counted_mutex_unlock_and_release(guard);
}

/* --- ends of calls ------------------------------------------------------- */

void duet__pool_finish_pending(duet_thread_pool *pool, int result,
                               duet__list *finished)
{
    duet__link *link = pool->queue.next;

    for (; link != &pool->queue; link = link->next) {
        duet_thread_call *call = DUET__MEMBER(link, duet_thread_call, link);

        if (result == DUET_EBROKEN)
            call->detail = (duet__detail){.text = strdup(pool->broken_because),
                                          .code = result};
        duet__thread_call_finish(call, result);
    }
    duet__list_append_all(finished, &pool->queue);
    pool->queued = 0;
    duet__gate_wake_all(&pool->room);
}

void duet__pool_tell_ends(duet__list *finished)
{
    while (!duet__list_is_empty(finished))
        duet__thread_call_tell_end(DUET__MEMBER(duet__list_pop_front(finished),
                                                duet_thread_call, link));
}

/* --- threads ------------------------------------------------------------- */

/* Takes the next call; false if the thread is to end. With the mutex held. */
static bool take_call(duet_thread_pool *pool, duet_thread_call **out_call)
{
    int status = 0;

    while (duet__list_is_empty(&pool->queue)) {
        if (pool->closed || status != 0)
            return false;
        status = duet__gate_wait(&pool->work, &pool->guard->mutex, "work",
                                 pool->idle_ms < 0 ? DUET_NEVER
                                                   : duet_in_ms(pool->idle_ms));
    }
    *out_call = DUET__MEMBER(duet__list_pop_front(&pool->queue),
                             duet_thread_call, link);
    pool->queued--;
    (*out_call)->state = DUET__THREAD_CALL_RUNNING;
    duet__gate_wake_one(&pool->room);
    return true;
}

/* With the mutex held, but not while the call runs. */
static void run_call(duet_thread_pool *pool, duet_thread_call *call)
{
    int result;

    duet__counted_mutex_unlock(pool->guard);
    duet__detail_current = &call->detail;
    result = call->function(call->argument);
    duet__detail_current = NULL;
    duet__counted_mutex_lock(pool->guard);
    duet__thread_call_finish(call, result);
    duet__counted_mutex_unlock(pool->guard);
    duet__thread_call_tell_end(call);
    duet__counted_mutex_lock(pool->guard);
}

static void break_pool(duet_thread_pool *pool, const char *because)
{
    duet__list finished = DUET__LIST_EMPTY(finished);

    duet__counted_mutex_lock(pool->guard);
    if (!pool->broken)
        snprintf(pool->broken_because, sizeof pool->broken_because,
                 "pool '%s': an initializer failed: %s", pool->name, because);
    pool->broken = pool->closed = true;
    duet__pool_finish_pending(pool, DUET_EBROKEN, &finished);
    duet__gate_wake_all(&pool->work);
    duet__gate_wake_all(&pool->room);
    duet__counted_mutex_unlock(pool->guard);
    duet__pool_tell_ends(&finished);
}

static void initialize_thread(duet_thread_pool *pool)
{
    duet__detail detail = {0};
    int result;

    if (pool->initializer == NULL)
        return;
    duet__detail_current = &detail;
    result = pool->initializer(pool->initializer_argument);
    if (result < 0)
        break_pool(pool, duet_error_message(result));
    duet__detail_current = NULL;
    duet__detail_free(&detail);
}

/* Each thread that ends joins the one that ended before it, so at most one is
 * left to be joined. The caller holds the mutex; it is released. */
static void end_thread(duet_thread_pool *pool)
{
    bool has_previous = pool->has_ended;
    pthread_t previous = pool->ended_thread;

    pool->threads--;
    pool->has_ended = !pool->abandoned;
    pool->ended_thread = pthread_self();
    if (pool->abandoned)
        pthread_detach(pthread_self());
    if (pool->threads == 0)
        duet__gate_wake_all(&pool->ended);
    duet__pool_unlock_and_release(pool);
    if (has_previous)
        pthread_join(previous, NULL);
}

static void *thread_main(void *argument)
{
    duet_thread_pool *pool = argument;
    duet_thread_call *call;

    pool_of_thread = pool;
    pthread_setname_np(pthread_self(), pool->name);
    initialize_thread(pool);
    duet__counted_mutex_lock(pool->guard);
    while (take_call(pool, &call))
        run_call(pool, call);
    end_thread(pool);
    return NULL;
}

int duet__pool_worker_start(duet_thread_pool *pool)
{
    pthread_attr_t attributes;
    sigset_t all;
    sigset_t before;
    pthread_t thread;
    int error = 0;

    pthread_attr_init(&attributes);
    if (pool->stack_bytes != 0)
        error = pthread_attr_setstacksize(&attributes, pool->stack_bytes);
    sigfillset(&all); /* signals go to the program's own threads */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (error == 0)
        error = pthread_create(&thread, &attributes, thread_main, pool);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (error != 0)
        return duet__fail(DUET_ELIMIT, "start a thread of pool '%s': %s",
                          pool->name, strerror(error));
    pool->threads++;
    pool->references++;
    return 0;
}

void duet__pool_join_ended(duet_thread_pool *pool)
{
    bool has_ended = pool->has_ended;
    pthread_t thread = pool->ended_thread;

    pool->has_ended = false;
    duet__counted_mutex_unlock(pool->guard);
    if (has_ended)
        pthread_join(thread, NULL);
}
