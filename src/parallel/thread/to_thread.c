/* SPDX-License-Identifier: MIT */
/* to_thread.c - the default pool of a loop, and single calls on it.
 *
 * Invariant: a loop has at most one default pool, found by its `run` among the
 * things that end with the loop. */
#include <stdio.h>
#include <stdlib.h>

#include "parallel/thread/call.h"
#include "runtime/core/loop.h"
#include "runtime/core/report.h"
#include "runtime/run/run.h"

typedef struct default_pool {
    duet__loop_end end;
    duet_loop *loop;
    duet_thread_pool *pool;
} default_pool;

/* A running call can only end by itself. */
static void end_default_pool(duet__loop_end *end)
{
    default_pool *own = DUET__MEMBER(end, default_pool, end);
    int64_t bound_ms = own->loop->shutdown_ms;
    duet_deadline deadline = bound_ms < 0 ? DUET_NEVER : duet_in_ms(bound_ms);

    if (duet_thread_pool_shutdown(own->pool, true, deadline) != 0) {
        dprintf(duet__report_descriptor(own->loop),
                "duet: a call of the loop's default thread pool still runs "
                "after %.1f s (duet_loop_options.shutdown_ms); "
                "duet_loop_free() waits for its end\n",
                (double)bound_ms / 1000);
        duet_thread_pool_shutdown(own->pool, true, DUET_NEVER);
    }
    duet_thread_pool_free(own->pool);
    free(own);
}

static duet_thread_pool *find_default_pool(duet_loop *loop)
{
    duet__link *link = loop->ends.next;

    for (; link != &loop->ends; link = link->next) {
        duet__loop_end *end = DUET__MEMBER(link, duet__loop_end, link);

        if (end->run == end_default_pool)
            return DUET__MEMBER(end, default_pool, end)->pool;
    }
    return NULL;
}

int duet_default_thread_pool(duet_thread_pool **out_pool)
{
    duet_loop *loop = duet_current_loop();
    default_pool *own;
    int status;

    *out_pool = NULL;
    if (loop == NULL)
        return DUET_ENOLOOP;
    *out_pool = find_default_pool(loop);
    if (*out_pool != NULL)
        return 0;
    own = malloc(sizeof *own);
    if (own == NULL)
        return DUET_ENOMEM;
    status = duet_thread_pool_new(NULL, &own->pool);
    if (status != 0) {
        free(own);
        return status;
    }
    own->end.run = end_default_pool;
    own->loop = loop;
    duet__list_push_front(&loop->ends, &own->end.link);
    *out_pool = own->pool;
    return 0;
}

/* The task has stopped waiting, or never began: from now on only the pool may
 * use the argument. */
static void give_up(duet_thread_call *call)
{
    duet_thread_call_cancel(call);
    duet_thread_call_free(call);
}

int duet_to_thread_owned(duet_thread_function *function, void *argument,
                         void (*free_argument)(void *argument), int *out_result,
                         duet_deadline deadline)
{
    duet_thread_pool *pool;
    duet_thread_call *call;
    int status = duet_current_task() == NULL ? DUET_ENOLOOP
                                             : duet_default_thread_pool(&pool);

    if (status != 0) {
        if (free_argument != NULL)
            free_argument(argument);
        return status;
    }
    status = duet_thread_pool_submit(pool, function, argument, free_argument,
                                     &call, deadline);
    if (status != 0)
        return status;
    status = duet_thread_call_wait(call, out_result, deadline);
    if (status != 0) {
        give_up(call);
        return status;
    }
    call->free_argument = NULL; /* no other user: the call has ended */
    duet_thread_call_free(call);
    return 0;
}

int duet_to_thread(duet_thread_function *function, void *argument,
                   int *out_result, duet_deadline deadline)
{
    return duet_to_thread_owned(function, argument, NULL, out_result, deadline);
}
