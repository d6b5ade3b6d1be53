/* SPDX-License-Identifier: MIT */
/* completion.c - returns calls in the order in which they end, and waits for
 * some of them.
 *
 * Locks are taken in one order: that of a pool, then that of the completion.
 * Invariant: each entry is watching its call, or in `all.ended`, or was
 * returned; a returned entry has no pointer to its call, which may be freed. */
#include <stdlib.h>

#include "parallel/thread/call.h"
#include "runtime/compose/as_ended.h"

typedef struct entry {
    duet__thread_watcher watcher;
    duet__link link; /* in completions->all.ended */
    duet_thread_completions *completions;
} entry;

struct duet_thread_completions {
    pthread_mutex_t mutex;
    duet__as_ended all; /* guarded by mutex; `waiters` is empty */
    duet__gate gate;    /* the waiters */
    entry entries[];
};

/* The pool's mutex is held. */
static void call_ended(duet__thread_watcher *watcher)
{
    entry *own = DUET__MEMBER(watcher, entry, watcher);
    duet_thread_completions *completions = own->completions;

    pthread_mutex_lock(&completions->mutex);
    duet__as_ended_add(&completions->all, &own->link);
    duet__gate_wake_one(&completions->gate);
    pthread_mutex_unlock(&completions->mutex);
}

static void watch(duet_thread_completions *completions, entry *own,
                  duet_thread_call *call)
{
    own->completions = completions;
    own->watcher.ended = call_ended;
    own->watcher.call = call;
    duet__link_init(&own->link);
    duet__link_init(&own->watcher.link);
    duet__counted_mutex_lock(call->guard);
    if (call->state == DUET__THREAD_CALL_DONE)
        call_ended(&own->watcher);
    else
        duet__list_push_back(&call->watchers, &own->watcher.link);
    duet__counted_mutex_unlock(call->guard);
}

int duet_thread_completions_open(duet_thread_call *const *calls, size_t count,
                                 duet_thread_completions **out_completions)
{
    duet_thread_completions *completions =
        duet__as_ended_alloc(sizeof *completions, count, sizeof(entry));

    *out_completions = completions;
    if (completions == NULL)
        return DUET_ENOMEM;
    pthread_mutex_init(&completions->mutex, NULL);
    duet__as_ended_init(&completions->all, count);
    duet__gate_init(&completions->gate, DUET__FOR_WORK);
    for (size_t i = 0; i < count; i++)
        watch(completions, &completions->entries[i], calls[i]);
    return 0;
}

int duet_thread_completions_next(duet_thread_completions *completions,
                                 duet_thread_call **out_call,
                                 duet_deadline deadline)
{
    entry *first;
    int status = 0;

    *out_call = NULL;
    pthread_mutex_lock(&completions->mutex);
    while (duet__list_is_empty(&completions->all.ended) && status == 0)
        status = completions->all.left == 0
                     ? DUET_EEMPTY
                     : duet__gate_wait(&completions->gate, &completions->mutex,
                                       "the next of several calls", deadline);
    if (status == DUET_ETIMEDOUT &&
        !duet__list_is_empty(&completions->all.ended))
        status = 0;
    if (status == 0) {
        first =
            DUET__MEMBER(duet__as_ended_take(&completions->all), entry, link);
        *out_call = first->watcher.call;
        first->watcher.call = NULL;
        if (completions->all.left == 0) /* the others need not wait */
            duet__gate_wake_all(&completions->gate);
    }
    pthread_mutex_unlock(&completions->mutex);
    if (status == 0)
        duet__thread_call_show_detail(*out_call);
    return status;
}

void duet_thread_completions_close(duet_thread_completions *completions)
{
    if (completions == NULL)
        return;
    for (size_t i = 0; i < completions->all.count; i++) {
        duet__thread_watcher *watcher = &completions->entries[i].watcher;
        duet__counted_mutex *guard;

        if (watcher->call == NULL)
            continue;
        guard = watcher->call->guard;
        duet__counted_mutex_lock(guard);
        duet__list_remove(&watcher->link);
        duet__counted_mutex_unlock(guard);
    }
    pthread_mutex_destroy(&completions->mutex);
    free(completions);
}

/* --- some of them -------------------------------------------------------- */

static bool has_failed(const duet_thread_call *ended)
{
    return ended->result < 0 && ended->result != DUET_ECANCELED;
}

static size_t count_done(duet_thread_call *const *calls, size_t count)
{
    size_t done = 0;

    for (size_t i = 0; i < count; i++)
        done += duet_thread_call_is_done(calls[i]);
    return done;
}

int duet_thread_calls_wait(duet_thread_call *const *calls, size_t count,
                           duet_until until, size_t *out_done,
                           duet_deadline deadline)
{
    duet_thread_completions *completions;
    duet_thread_call *ended;
    int status = duet_thread_completions_open(calls, count, &completions);

    while (status == 0) {
        status = duet_thread_completions_next(completions, &ended, deadline);
        if (status == 0 && duet__until_is_met(until, has_failed(ended)))
            break;
    }
    duet_thread_completions_close(completions);
    if (out_done != NULL)
        *out_done = count_done(calls, count);
    return status == DUET_EEMPTY ? 0 : status;
}
