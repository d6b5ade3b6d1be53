/* SPDX-License-Identifier: MIT */
/* future.c - results that are settled once.
 *
 * Invariant: `waiters` and `callbacks` are empty once `done`. Only the loop's
 * thread uses the future, except for `holders`, `claimed` and what the thread
 * that set `claimed` writes. */
#include <duet/future.h>

#include <stdatomic.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/life.h"
#include "runtime/core/clock.h"
#include "runtime/core/task.h"
#include "runtime/core/task_local.h"

DUET__LIVES("future")

struct duet_future {
    DUET__LIFE
    duet_loop *loop;
    atomic_int holders;
    bool done;
    int code; /* 0: it has a value */
    void *value;
    duet__list waiters;   /* of duet__wait */
    duet__list callbacks; /* of callback */

    /* Settling from another thread. */
    atomic_bool claimed;
    duet__ready arrival;
    int arriving_code;
    void *arriving_value;
};

typedef struct callback {
    duet__link link;
    duet__ready ready;
    duet_future *future;
    void (*function)(duet_future *future, void *argument);
    void *argument;
    duet__locals *locals; /* of the task or callback that added it */
} callback;

static void callback_free(callback *one)
{
    duet__locals_free(one->locals);
    free(one);
}

int duet_future_new(duet_future **out_future)
{
    duet_loop *loop = duet__loop_current;
    duet_future *future;

    *out_future = NULL;
    if (loop == NULL)
        return DUET_ENOLOOP;
    future = calloc(1, sizeof *future);
    if (future == NULL)
        return DUET_ENOMEM;
    DUET__LIFE_BEGINS(future);
    future->loop = loop;
    atomic_init(&future->holders, 1);
    duet__link_init(&future->waiters);
    duet__link_init(&future->callbacks);
    *out_future = future;
    return 0;
}

duet_future *duet_future_hold(duet_future *future)
{
    atomic_fetch_add_explicit(&future->holders, 1, memory_order_relaxed);
    return future;
}

void duet_future_free(duet_future *future)
{
    duet__link *link;

    if (future == NULL)
        return;
    DUET__LIFE_GOES_ON(future);
    if (atomic_fetch_sub_explicit(&future->holders, 1, memory_order_acq_rel) !=
        1)
        return;
    DUET__LIFE_ENDS(future);
    while ((link = duet__list_pop_front(&future->callbacks)) != NULL)
        callback_free(DUET__MEMBER(link, callback, link));
    free(future);
}

/* --- settling ------------------------------------------------------------ */

static void run_callback(duet__ready *ready)
{
    callback *one = DUET__MEMBER(ready, callback, ready);
    duet_loop *loop = one->future->loop;

    loop->callback_locals = one->locals;
    one->function(one->future, one->argument);
    loop->callback_locals = NULL;
    duet_future_free(one->future);
    callback_free(one);
}

static void schedule(duet_future *future, callback *one)
{
    one->ready.run = run_callback;
    one->future = duet_future_hold(future);
    duet__loop_append(future->loop, &one->ready);
}

static int settle(duet_future *future, int code, void *value)
{
    duet__link *link;

    if (future->done)
        return duet__fail_plainly(DUET_EALREADY);
    future->done = true;
    future->code = code;
    future->value = value;
    duet__wake_all(&future->waiters, 0);
    while ((link = duet__list_pop_front(&future->callbacks)) != NULL)
        schedule(future, DUET__MEMBER(link, callback, link));
    return 0;
}

int duet_future_set(duet_future *future, void *value)
{
    return settle(future, 0, value);
}

int duet_future_fail(duet_future *future, int code)
{
    if (code >= 0)
        return duet__fail(DUET_EINVAL, "%d is not an error", code);
    return settle(future, code, NULL);
}

int duet_future_cancel(duet_future *future)
{
    return settle(future, DUET_ECANCELED, NULL);
}

static void arrive(duet__ready *ready)
{
    duet_future *future = DUET__MEMBER(ready, duet_future, arrival);

    settle(future, future->arriving_code, future->arriving_value);
    duet_future_free(future);
}

static int settle_from_thread(duet_future *future, int code, void *value)
{
    if (atomic_exchange(&future->claimed, true))
        return duet__fail_plainly(DUET_EALREADY);
    future->arriving_code = code;
    future->arriving_value = value;
    future->arrival.run = arrive;
    duet_future_hold(future);
    duet__loop_append_from_thread(future->loop, &future->arrival);
    return 0;
}

int duet_future_set_from_thread(duet_future *future, void *value)
{
    return settle_from_thread(future, 0, value);
}

int duet_future_fail_from_thread(duet_future *future, int code)
{
    if (code >= 0)
        return duet__fail_plainly(DUET_EINVAL);
    return settle_from_thread(future, code, NULL);
}

/* --- waiting ------------------------------------------------------------- */

int duet_future_wait(duet_future *future, void **out_value,
                     duet_deadline deadline)
{
    duet__wait wait = {.what = "future", .object = future, .cancel_wins = true};
    int status = 0;

    if (out_value != NULL)
        *out_value = NULL;
    duet_future_hold(future); /* the task that settles it may release it */
    if (!future->done) {
        duet__list_push_back(&future->waiters, &wait.link);
        status = duet__park(&wait, deadline);
    }
    if (status == 0) {
        status = future->code;
        if (out_value != NULL)
            *out_value = future->value;
        if (status < 0)
            duet__fail_plainly(status);
    }
    duet_future_free(future);
    return status;
}

bool duet_future_is_done(const duet_future *future)
{
    return future->done;
}

int duet_future_add_callback(duet_future *future,
                             void (*function)(duet_future *future,
                                              void *argument),
                             void *argument)
{
    callback *one = malloc(sizeof *one);

    if (one == NULL)
        return DUET_ENOMEM;
    *one = (callback){.function = function,
                      .argument = argument,
                      .locals = duet__locals_hold_current()};
    if (future->done)
        schedule(future, one);
    else
        duet__list_push_back(&future->callbacks, &one->link);
    return 0;
}
