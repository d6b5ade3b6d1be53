/* SPDX-License-Identifier: MIT */
/* pool.c - threads that take calls from a queue.
 *
 * Owns the queue and the threads. Invariant: while calls are queued, there is a
 * thread that will check the queue; so without threads the queue is empty. */
#include "parallel/thread/pool.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limit.h"
#include "parallel/thread/thread.h"
#include "parallel/thread/call.h"
#include "runtime/core/loop.h"

DUET__LIVES("thread pool")

enum {
    THREADS_MOST = 1024,
    QUEUE_DEFAULT = 1024,
    IDLE_DEFAULT_MS = 10000,
};

/* The pool that the calling thread works for. */
static _Thread_local duet_thread_pool *pool_of_thread;

/* --- references ---------------------------------------------------------- */

/* Drops a reference. With the mutex held, which it releases. */
static void unlock_and_release(duet_thread_pool *pool)
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

/* Ends all calls that have not begun. With the mutex held. */
static void finish_pending(duet_thread_pool *pool, int result,
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

/* Without the mutex, as the listeners are the user's code. */
static void tell_ends(duet__list *finished)
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
    finish_pending(pool, DUET_EBROKEN, &finished);
    duet__gate_wake_all(&pool->work);
    duet__gate_wake_all(&pool->room);
    duet__counted_mutex_unlock(pool->guard);
    tell_ends(&finished);
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
    unlock_and_release(pool);
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

/* With the mutex held. Signals go to the program's own threads. */
static int start_thread(duet_thread_pool *pool)
{
    pthread_attr_t attributes;
    sigset_t all;
    sigset_t before;
    pthread_t thread;
    int error = 0;

    pthread_attr_init(&attributes);
    if (pool->stack_bytes != 0)
        error = pthread_attr_setstacksize(&attributes, pool->stack_bytes);
    sigfillset(&all);
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

/* --- submitting ---------------------------------------------------------- */

/* Waits until the queue has room. With the mutex held. */
static int wait_for_room(duet_thread_pool *pool, bool may_wait,
                         duet_deadline deadline)
{
    int status = 0;

    for (;;) {
        if (pool->broken)
            return duet__fail(DUET_EBROKEN, "%s", pool->broken_because);
        if (pool->closed)
            return duet__fail_plainly(DUET_ECLOSED);
        if (status == DUET_ECANCELED || pool->queued < pool->queue_limit)
            return status == DUET_ETIMEDOUT ? 0 : status;
        if (status != 0 || !may_wait)
            return duet__fail_plainly(status != 0 ? status : DUET_EFULL);
        status = duet__gate_wait(&pool->room, &pool->guard->mutex,
                                 "room in a thread pool", deadline);
    }
}

/* Queues the call and makes sure that a thread will take it. With the mutex
 * held. */
static int queue_call(duet_thread_pool *pool, duet_thread_call *call)
{
    int status = 0;

    if (!duet__gate_wake_one(&pool->work) &&
        pool->threads < pool->threads_limit)
        status = start_thread(pool);
    if (status != 0 && pool->threads == 0)
        return status;
    duet__list_push_back(&pool->queue, &call->link);
    pool->queued++;
    pool->guard->references++;
    return 0;
}

static int submit(duet_thread_pool *pool, duet_thread_function *function,
                  void *argument, void (*free_argument)(void *argument),
                  duet_thread_call **out_call, bool may_wait,
                  duet_deadline deadline)
{
    duet_thread_call *call;
    int status = duet__thread_call_new(pool, pool->guard, function, argument,
                                       free_argument, &call);

    if (out_call != NULL)
        *out_call = NULL;
    if (status == 0) {
        duet__counted_mutex_lock(pool->guard);
        status = wait_for_room(pool, may_wait, deadline);
        if (status == 0)
            status = queue_call(pool, call);
        if (status == 0 && out_call != NULL) {
            duet__thread_call_become_handle(call);
            *out_call = call;
        }
        duet__counted_mutex_unlock(pool->guard);
    }
    if (status == 0)
        return 0;
    free(call);
    if (free_argument != NULL)
        free_argument(argument);
    return status;
}

int duet_thread_pool_submit(duet_thread_pool *pool,
                            duet_thread_function *function, void *argument,
                            void (*free_argument)(void *argument),
                            duet_thread_call **out_call, duet_deadline deadline)
{
    return submit(pool, function, argument, free_argument, out_call, true,
                  deadline);
}

int duet_thread_pool_try_submit(duet_thread_pool *pool,
                                duet_thread_function *function, void *argument,
                                void (*free_argument)(void *argument),
                                duet_thread_call **out_call)
{
    return submit(pool, function, argument, free_argument, out_call, false,
                  DUET_NOW);
}

/* Defined here, as it removes a call from the queue. */
bool duet_thread_call_cancel(duet_thread_call *call)
{
    bool pending;
    bool cancelled;

    duet__counted_mutex_lock(call->guard);
    pending = call->state == DUET__THREAD_CALL_PENDING;
    if (pending) {
        duet__list_remove(&call->link);
        call->pool->queued--;
        duet__thread_call_finish(call, DUET_ECANCELED);
        duet__gate_wake_one(&call->pool->room);
    }
    cancelled = call->never_ran && call->result == DUET_ECANCELED;
    duet__counted_mutex_unlock(call->guard);
    if (pending)
        duet__thread_call_tell_end(call);
    return cancelled;
}

/* --- life ---------------------------------------------------------------- */

/* min(32, cores + 4), counting the cores that this process may use. */
static int default_threads(void)
{
    cpu_set_t cores;
    int count = 1;

    if (sched_getaffinity(0, sizeof cores, &cores) == 0)
        count = CPU_COUNT(&cores);
    return count + 4 < 32 ? count + 4 : 32;
}

static int read_options(duet_thread_pool *pool,
                        const duet_thread_pool_options *options)
{
    const char *name = options->name != NULL ? options->name : "duet-pool";
    int status;

    if (options->threads < 0 || options->threads > THREADS_MOST)
        return duet__fail(DUET_EINVAL, "threads is %d, allowed are 1 to %d",
                          options->threads, THREADS_MOST);
    if (options->idle_ms < DUET_NO_LIMIT)
        return duet__fail(DUET_EINVAL, "idle_ms is negative");
    pool->threads_limit =
        options->threads != 0 ? options->threads : default_threads();
    pool->idle_ms = options->idle_ms != 0 ? options->idle_ms : IDLE_DEFAULT_MS;
    pool->stack_bytes = options->stack_bytes;
    pool->initializer = options->initializer;
    pool->initializer_argument = options->initializer_argument;
    memcpy(pool->name, name, strnlen(name, sizeof pool->name - 1));
    status = duet__thread_stack_check(options->stack_bytes);
    return status != 0 ? status
                       : duet__limit_read("queue_limit", options->queue_limit,
                                          QUEUE_DEFAULT, &pool->queue_limit);
}

int duet_thread_pool_new(const duet_thread_pool_options *options,
                         duet_thread_pool **out_pool)
{
    static const duet_thread_pool_options defaults;
    duet_thread_pool *pool = calloc(1, sizeof *pool);
    int status;

    *out_pool = NULL;
    if (pool == NULL)
        return DUET_ENOMEM;
    status = read_options(pool, options != NULL ? options : &defaults);
    if (status == 0 && (pool->guard = duet__counted_mutex_new()) == NULL)
        status = DUET_ENOMEM;
    if (status != 0) {
        free(pool);
        return status;
    }
    pool->references = 1;
    duet__link_init(&pool->queue);
    duet__gate_init(&pool->work, DUET__FOR_WORK);
    pool->work.newest_first = true;
    duet__gate_init(&pool->room, DUET__FOR_WORK);
    duet__gate_init(&pool->ended, DUET__FOR_WORK);
    DUET__LIFE_BEGINS(pool);
    *out_pool = pool;
    return 0;
}

/* With the mutex held, which it releases. */
static void close_pool(duet_thread_pool *pool, bool cancel_pending)
{
    duet__list finished = DUET__LIST_EMPTY(finished);

    pool->closed = true;
    if (cancel_pending)
        finish_pending(pool, DUET_ECANCELED, &finished);
    duet__gate_wake_all(&pool->work);
    duet__gate_wake_all(&pool->room);
    duet__counted_mutex_unlock(pool->guard);
    tell_ends(&finished);
}

/* With the mutex held, which it releases: joins the last thread that ended. */
static void join_ended(duet_thread_pool *pool)
{
    bool has_ended = pool->has_ended;
    pthread_t thread = pool->ended_thread;

    pool->has_ended = false;
    duet__counted_mutex_unlock(pool->guard);
    if (has_ended)
        pthread_join(thread, NULL);
}

int duet_thread_pool_shutdown(duet_thread_pool *pool, bool cancel_pending,
                              duet_deadline deadline)
{
    int status = 0;

    DUET__LIFE_GOES_ON(pool);
    if (pool_of_thread == pool)
        return duet__fail_plainly(DUET_EDEADLK);
    duet__counted_mutex_lock(pool->guard);
    close_pool(pool, cancel_pending);
    duet__counted_mutex_lock(pool->guard);
    while (pool->threads > 0 && status == 0)
        status = duet__gate_wait(&pool->ended, &pool->guard->mutex,
                                 "the end of a thread pool", deadline);
    if (pool->threads == 0 && status == DUET_ETIMEDOUT)
        status = 0;
    if (status == 0)
        join_ended(pool);
    else
        duet__counted_mutex_unlock(pool->guard);
    return status;
}

void duet_thread_pool_free(duet_thread_pool *pool)
{
    if (pool == NULL)
        return;
    DUET__LIFE_ENDS(pool);
    duet__counted_mutex_lock(pool->guard);
    pool->abandoned = true;
    close_pool(pool, true);
    duet__counted_mutex_lock(pool->guard);
    join_ended(pool);
    duet__counted_mutex_lock(pool->guard);
    unlock_and_release(pool);
}
