/* SPDX-License-Identifier: MIT */
/* pool.c - a queue of calls, and how many threads take them.
 *
 * Owns the queue. Invariant: while calls are queued, there is a thread that
 * will check the queue; so without threads the queue is empty. */
#include "parallel/thread/pool.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/limit.h"
#include "parallel/thread/thread.h"
#include "parallel/thread/call.h"
#include "parallel/thread/worker.h"
#include "runtime/core/loop.h"

DUET__LIVES("thread pool")

enum {
    THREADS_MOST = 1024,
    QUEUE_DEFAULT = 1024,
    IDLE_DEFAULT_MS = 10000,
};

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
        status = duet__pool_worker_start(pool);
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
        duet__pool_finish_pending(pool, DUET_ECANCELED, &finished);
    duet__gate_wake_all(&pool->work);
    duet__gate_wake_all(&pool->room);
    duet__counted_mutex_unlock(pool->guard);
    duet__pool_tell_ends(&finished);
}

int duet_thread_pool_shutdown(duet_thread_pool *pool, bool cancel_pending,
                              duet_deadline deadline)
{
    int status = 0;

    DUET__LIFE_GOES_ON(pool);
    if (duet__pool_worker_is_of(pool))
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
        duet__pool_join_ended(pool);
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
    duet__pool_join_ended(pool);
    duet__counted_mutex_lock(pool->guard);
    duet__pool_unlock_and_release(pool);
}
